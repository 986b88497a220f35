"""Whether a figure is a change, and up or down: a verb or noun attached to it in its clause (下跌3%, "a 3% drop").

In the folded form (`nlp.claims.folding`). What a verb leads to is a level, not a change: 跌至3000点, "fell to 3,000".
Words are tables; a filler is what may stand between such a word and its figure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from nlp.claims.records import Direction

__all__ = ["EN", "ZH", "DirectionWords"]


@dataclass(frozen=True, slots=True)
class DirectionWords:
    """The words of one language.

    Attributes:
        level: ends where the figure starts and makes it a level.
        level_word: begins where the figure starts and makes it a level (rose *above 5%*).
        before: ends where the figure starts; its groups are up and down.
        after: begin where the figure ends; their groups are up and down.
        joint: all that stands between two figures of which the second says the first again (", or", 或, a bracket).
        listing: all that stands between two changes of which the second has no verb ("up 2% today and 4% this year").
        clause: ends of clauses, beyond which no word is looked for.
        reach: how far from the figure, in code points.
    """

    level: re.Pattern[str]
    level_word: re.Pattern[str]
    before: re.Pattern[str]
    after: tuple[re.Pattern[str], ...]
    joint: re.Pattern[str]
    listing: re.Pattern[str]
    clause: re.Pattern[str]
    reach: int

    def of(self, text: str, start: int, end: int, floor: int) -> Direction | None:
        """The direction of the figure `text[start:end]`; nothing before `floor` is looked at."""
        before = self.clause.split(text[max(floor, start - self.reach) : start])[-1]
        if self.level.search(before) or self.level_word.match(text, start):
            return None
        if match := self.before.search(before):
            return cast(Direction, match.lastgroup)
        for pattern in self.after:
            if match := pattern.match(text, end, end + self.reach):
                return cast(Direction, match.lastgroup)
        return None

    def is_carried_over(self, between: str, *, same_unit: bool) -> bool:
        """Whether a change without a verb is up or down as the one before it, from which `between` parts it.

        A second unit says the first change again ("200 points, or 1.2 percent"); the same unit goes on in a list.
        """
        return (self.listing if same_unit else self.joint).fullmatch(between) is not None


def _either(up: str, down: str) -> str:
    return rf"(?:(?P<up>{up})|(?P<down>{down}))"


def _any_of(*lines: str) -> str:
    return "|".join(" ".join(lines).split())


_UP_ZH = _any_of(
    "涨[了着]? 涨幅 上升 上行 上调 上修 上扬 攀升 飙升 回升 反弹 走[高强阔扩] 收高 高开 [升增]值 升幅 升了? 增幅 增长",
    "增加 新增 [激大骤]?增 增速 提升 提高 加息 扩表 扩大 扩张 扩容 流入 跃升 [多高]了 跳升 冲高 膨胀",
)
_DOWN_ZH = _any_of(
    "跌[了去掉着]? 跌幅 下[挫滑降行探调修坠] 回[落撤调] 走[低弱窄] 收低 低开 重?挫 跳水 缩水 蒸发 缩表 缩[减小窄]",
    "收[窄缩] 萎缩 减少 减[息半]? 降息 降准 [削锐骤递]减 降幅 降低 降了? 贬值? 流出 消耗 耗尽 流失 抽[走离水血出]",
    "撤出 崩跌 滑落 [少低掉落]了 砍掉? 流动性减少",
)
_FILLER_ZH = _any_of(
    r"[了过去掉的有达为就共已再又还约近个幅只仅出多也将其] :\s? ： \s 幅度 规模 高达 达到 合计 累计 总计 总共 一度",
    "[大小]幅 至少 最多 大约 总?[数金]?额 资金 速度 扩大 收窄 相当于 分别 [同环]比 单日 盘中 最[大高深] 累积 平均",
    "每个?[年月周日天] 不到 资产负债表 资产 负债 流动性 利率 股价 指数",
)
_SIZE_ZH = "的?(?:一个)?(?:最大|单日|累计|年化|显著|明显|惊人|大幅|巨大|较大|整体|[同环]比)?"
ZH = DirectionWords(
    level=re.compile(
        "(?:至|(?<!达)到|于|(?<![幅度模额])为|报|成|破|穿|[跌升涨重返落退]回|自|从|由|在|[站冲升涨]上|站稳|失守|突破"
        "|逼近|比|与|维持)了?约? ?$"
    ),
    level_word=re.compile("[高低]于|逼近|迫近|靠近|接近"),
    before=re.compile(rf"{_either(_UP_ZH, _DOWN_ZH)}(?:{_FILLER_ZH}){{0,4}}$"),
    after=(
        re.compile(rf"{_SIZE_ZH}的?" + _either("涨幅|增幅|升幅|涨势|加息", "跌幅|降幅|跌势|缩水|降息")),
        re.compile(
            f"(?=的){_SIZE_ZH}"
            + _either(
                "上涨|增长|上升|反弹|升值|增加|上行|加息|回升|扩张|提升|扩表",
                "下跌|下滑|下降|下行|回落|回撤|回调|贬值|减少|降息|萎缩|缩减|[暴大]跌|缩表",
            )
            + "(?![至到为])"
        ),
        re.compile(
            r"的(?:规模|速度|幅度|步伐|节奏|上限|额度)[^，。；：！？0-9\n]{0,8}?"
            + _either("扩[表张大]|增[加长]|上[升涨]|流入", "缩[表减]|减[少持]|收缩|下[降跌]|流出|抽走|缩小")
        ),
    ),
    joint=re.compile("，?(?:或者?|即|约合|合|相当于|也就是|亦即)|，?[(](?:或|约|合|约合)?|，?跌?涨?幅?约?合"),
    listing=re.compile("[和与及、]"),
    clause=re.compile(r"[，。；！？\n、)]|,(?![0-9])"),
    reach=22,
)

_UP_VERBS = _any_of(
    "rose risen rises? rising gain(?:ed|s|ing)? add(?:ed|s|ing) climb(?:ed|s|ing)? jump(?:ed|s|ing)?",
    "surg(?:ed?|es|ing) soar(?:ed|s|ing)? rall(?:ied|ies|ying) advanc(?:ed?|es|ing) increas(?:ed?|es|ing) grew",
    "grown? grows growing widen(?:ed|s|ing)? up higher rais(?:ed?|es|ing) hik(?:ed?|es|ing) expand(?:ed|s|ing)?",
    "leap(?:t|ed|s)? spik(?:ed?|es|ing) swell(?:ed|s)? swollen boost(?:ed|s|ing)? rebound(?:ed|s|ing)?",
    r"strengthen(?:ed|s|ing)? appreciat(?:ed?|es|ing) put\son shot\sup skyrocketed lift(?:ed|s|ing)? pick(?:ed)?\sup",
    r"tack(?:ed)?\son balloon(?:ed|ing)? recover(?:ed|s|ing)? accelerat(?:ed|es|ing) returned",
)
_DOWN_VERBS = _any_of(
    "fell fall(?:en|s|ing)? drop(?:ped|s|ping)? declin(?:ed?|es|ing) los[et] loses losing shed(?:s|ding)?",
    "slid(?:es?|ing)? slip(?:ped|s|ping)? sank sunk sinks? sinking tumbl(?:ed?|es|ing) plung(?:ed?|es|ing)",
    "plummet(?:ed|s|ing)? dove div(?:ed|es|ing) dip(?:ped|s|ping)? eas(?:ed?|es|ing) retreat(?:ed|s|ing)?",
    "decreas(?:ed?|es|ing) shr[aiu]nk(?:s|ing|en)? narrow(?:ed|s|ing)? down lower(?:ed|s|ing)? cut(?:s|ting)?",
    r"reduc(?:ed?|es|ing) contract(?:ed|s|ing)? drain(?:ed|s|ing)? roll(?:ed|ing|s)?\soff r[au]n(?:s|ning)?\soff",
    "weaken(?:ed|s|ing)? depreciat(?:ed?|es|ing) slump(?:ed|s|ing)? crash(?:ed|es|ing)? collaps(?:ed?|es|ing)",
    r"par(?:ed|es|ing) trimm(?:ed|ing) trims slash(?:ed|es|ing)? off erased? wip(?:ed?|es|ing)\s(?:out|off)",
    r"evaporated skidded stumbled lopped slowed taper(?:ed|s|ing)? backed\soff g[ai]v(?:e|en|ing)\sup sold\soff",
    r"corrected compress(?:ed|es|ing)? pull(?:ed|s|ing)?\s(?:out|back)",
)
_UP_NOUNS = _any_of(
    "gains? rise increases? rall(?:y|ies) jump surge advance climb rebound upside hikes? growth leap spike bounce",
    "expansion increments? appreciation widening",
)
_DOWN_NOUNS = _any_of(
    "drops? declines? falls? loss(?:es)? decreases? cuts? plunge slide slump tumble dip reductions? run-?off",
    "correction drawdown sell-?off retreat contraction pullback depreciation crash rout easing drain shrinkage",
    "narrowing outflows? roll-?off downside plummet collapse slip taper(?:ing)?",
)
_FILLER_EN = _any_of(
    "by another an? further sharply steeply slightly modestly only just as much in all total cumulative overall",
    "combined roughly extra additional record or some more than about nearly whopping rates? interest borrowing",
    "costs benchmark policy key assets? holdings back again also over net full mere measly many value today strong",
    "sharp solid big huge massive modest quick fresh annual(?:i[sz]ed)? daily weekly monthly least up down was were",
    "intraday between stunning hefty steep whole dramatic similar surprising large larger small",
)
_PACE_EN = "(?: (?:at|to|by))?(?: an?| the| its)?(?: [a-z-]+){0,2} (?:pace|rate|clip|speed) of"
_OF_EN = "(?: (?:of|was|is|to|totall?ing|reached|worth))?"
_CHANGES_EN = _either(
    f"(?:{_UP_VERBS})(?:{_PACE_EN})?|(?:{_UP_NOUNS}){_OF_EN}",
    f"(?:{_DOWN_VERBS})(?:{_PACE_EN})?|(?:{_DOWN_NOUNS}){_OF_EN}",
)
_NO_NOUN = "the|to|from|and|at|on|as|in|of|after|before|or|than|by|for"
EN = DirectionWords(
    level=re.compile(
        r"(?<![a-z])(?:to|at|from|above|below|near|through|past|under|around|towards?|between|reach(?:ed|ing)?|hit"
        r"|touch(?:ed|ing)?|(?:high|low|peak|close|level|value|total) of|than|of (?:a )?record)"
        r"(?: (?:an?|the|about|around|its|record|just))? ?$(?<! rate of)"
    ),
    level_word=re.compile("(?:[a-z]+ ){0,2}?(?:above|below|past|near|under|beyond|north of|south of)(?![a-z])"),
    before=re.compile(
        rf"(?<![a-z])(?:{_CHANGES_EN})"
        rf"(?:(?: (?:{_FILLER_EN})){{0,4}}|(?: [a-z'-]+){{1,6}} by(?: (?:an?|another|about|only|just|some))?) \(?$"
    ),
    after=(
        re.compile(
            rf"(?: of| in)?[ -](?!(?:{_NO_NOUN}|but|while|when|with|that|which|is|was|above|below|per|since)(?![a-z]))"
            rf"(?:(?!(?:{_NO_NOUN})(?![a-z]))[a-z'-]+ ){{0,2}}?"
            + _either(f"(?:{_UP_NOUNS}|higher|up)(?![a-z])", f"(?:{_DOWN_NOUNS}|lower|down)(?![a-z])")
        ),
    ),
    joint=re.compile(r",? (?:or|that is|equivalent to) | ?\((?:or )?| -+ or "),
    listing=re.compile(
        r"(?:(?: (?:this|last|in|on|over|for) [a-z ]{2,20})?,? and|(?: (?:this|last|in|on|over|for) [a-z ]{2,20}),)"
        r" (?:another |by )?"
    ),
    clause=re.compile(r"[.;!?:] |\n|, (?!or )|\)"),
    reach=64,
)
