"""The noise below an article's last sentence: counters, courtesies, editors, buttons, an author's card.

Only whole lines of a declared kind are dropped, and only from the end, so that no sentence of an article goes too.
Adding a kind is adding a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["without_footer"]

_N_TAIL = 8  # lines below a rule that may be a footer
_RULE = re.compile(r"\s*([-—–_=*·─━~])(?:\s*\1){2,}\s*")
_COURTESY = (
    r"(?:码字不易|碼字不易|欢迎|歡迎|大家|感谢|感謝|点赞|點讚|转发|轉發|收藏|评论|評論|关注|關注|分享|在看|赞赏|打赏|支持"
    r"|[和与並并及])"
)
_EDITOR = r"(?:责任编辑|責任編輯|责编|責編|编辑|編輯|校对|校對|审核|審核|主编|主編)"
_COUNTER = r"(?:阅读|閱讀|浏览|瀏覽|点赞|點讚|评论|評論|转发|轉發|收藏)[量数數]?"
# Lines that are noise wherever an article ends with them.
_FOOTER = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\d*\s*{_COUNTER}\s*[:：]?\s*\d+\s*[次人]?",
        rf"[(（\[【]?\s*(?:{_EDITOR}\s*[:：]\s*[\w·]{{1,8}}[\s、/]*){{1,4}}[)）\]】]?",
        rf"(?:{_COURTESY}[\s,，、。!！~～]*){{2,12}}",
        r"(?:点击)?(?:阅读原文|閱讀原文|查看原文|返回搜狐.{0,12}|举报/反馈)",
        r"(?:read more|read the full (?:story|article)|advertisement|share this(?: article| story| post)?)\W*",
        r"read more\s*[:：].{1,120}",
        r"(?:follow us on|sign up for our|subscribe to our)\b.{1,80}",
        r"(?:(?:©|\(c\)|copyright)\W.{0,80}\W)?all rights reserved\W*",
    )
)
# Lines that are noise only below a rule at the end.
_BELOW_RULE = (
    re.compile(r"(?:简介|簡介|作者简介|免责声明|免責聲明)\s*[:：].{0,200}"),
    re.compile(rf".{{0,60}}(?:欢迎|歡迎|感谢|感謝|求|请|請).{{0,20}}{_COURTESY}.{{0,40}}"),
)


def without_footer(lines: Sequence[str], source: str = "") -> Sequence[str]:
    """The lines above the noise at the end; a line that only repeats the source is noise there.

    >>> without_footer(["Prices doubled.", "---", "0 阅读:0", "灯塔"], "灯塔")
    ['Prices doubled.']
    >>> without_footer(["Prices doubled.", "---", "Then they fell."])
    ['Prices doubled.', '---', 'Then they fell.']
    """
    kept = list(lines)
    written = [index for index, line in enumerate(kept) if line]
    for position in range(max(0, len(written) - _N_TAIL - 1), len(written)):
        below = [kept[index] for index in written[position + 1 :]]
        if _RULE.fullmatch(kept[written[position]]) and all(_is_noise(line, source, _BELOW_RULE) for line in below):
            del kept[written[position] :]
            break
    while kept and (not kept[-1] or _is_noise(kept[-1], source)):
        kept.pop()
    return kept


def _is_noise(line: str, source: str, also: Sequence[re.Pattern[str]] = ()) -> bool:
    return line == source or any(pattern.fullmatch(line) for pattern in (_RULE, *_FOOTER, *also))
