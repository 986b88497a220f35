"""What a number counts: the words and signs of its unit, behind it and, for currencies, before it.

A table per language of words in the folded form (`nlp.claims.folding`); adding a unit is adding a word. `factor` brings
the number to one of the unit (cents to dollars, per mille to percent).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nlp.claims.records import Unit

__all__ = [
    "EN",
    "MONEY",
    "OTHER_MONEY",
    "ZH",
    "ZH_HANT",
    "CurrencyFound",
    "UnitFound",
    "UnitWords",
    "after_signs",
    "currency_before",
]

MONEY: frozenset[Unit] = frozenset({"usd", "cny", "hkd", "eur", "gbp", "jpy", "money"})


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit in a text: it ends before `end`, a number before it counts `factor` of the unit."""

    unit: Unit
    factor: float
    end: int


class UnitWords:
    """Finds the unit that stands behind a number."""

    def __init__(self, words_by_unit: Mapping[tuple[Unit, float], Iterable[str]], *, gap: str, beyond: str) -> None:
        """Take the words (regular expressions) by unit and factor, what parts them from a number, what must follow."""
        self._keys = list(words_by_unit)
        groups = (
            f"(?P<u{index}>{'|'.join(sorted(words, key=len, reverse=True))})"
            for index, words in enumerate(words_by_unit.values())
        )
        self._pattern = re.compile(rf"{gap}(?:{'|'.join(groups)}){beyond}")

    def match(self, text: str, start: int) -> UnitFound | None:
        """The unit that begins at `start`, a gap allowed, None where none does."""
        match = self._pattern.match(text, start)
        if match is None:
            return None
        unit, factor = self._keys[int(str(match.lastgroup)[1:])]
        return UnitFound(unit, factor, match.end())


_NOT_SHARE = "不立为交长本员功果熟绩分都品型就语份全因风千群双"


_OTHER_ZH = (
    *(
        "韩元",
        "韩币",
        "卢比",
        "卢布",
        "元?新?台币",
        "澳元",
        "加元",
        "瑞郎",
        "瑞士法郎",
        "法郎",
        "纽元",
        "新元",
        "新加坡元",
    ),
    *("比索", "里拉", "雷亚尔", "林吉特", "泰铢", "马克", "克朗", "澳币", "加币", "越南盾", "印尼盾", "兰特", "里亚尔"),
)
_OTHER_EN = (
    *(r"(?:canadian|australian|singapore|new zealand|taiwan|aussie) dollars?", "(?:south )?(?:korean )?won"),
    *("(?:indian )?rupees?", "(?:swiss )?francs?", "chf", "rou?bles?", "lira", "kronor", "krona", "kroner?", "pesos?"),
    *("reais", "rand", "ringgit", "baht", "deutschemarks?", "marks"),
)
OTHER_MONEY = re.compile("|".join((*_OTHER_ZH, *_OTHER_EN, r"[a-z]\$|chf|sfr|rs|inr|krw|skr|nkr|[₹₩]")))
"""In a sum of the unit `money`: a currency that is none of the other units."""


def _chinese(yuan: Unit) -> UnitWords:
    """The units of Chinese text, with what a bare 元 is: Chinese in simplified text, open in traditional text."""
    words: dict[tuple[Unit, float], tuple[str, ...]] = {
        ("usd", 1.0): ("美元", "美金", "美刀", "刀(?![片具口锋法])", "usd(?![a-z])", "us dollars?", "dollars?"),
        ("usd", 0.01): ("美分",),
        ("cny", 1.0): ("元 ?人民币", "块人民币", "人民币", "rmb", "cny"),
        ("hkd", 1.0): ("港元", "港币", "港纸", "元港币"),
        ("eur", 1.0): ("欧元",),
        ("gbp", 1.0): ("英镑",),
        ("jpy", 1.0): ("日元",),
        ("percent", 1.0): ("%(?!个?百?分点)", "percent", "pct", "厘(?![米毫定清正头革])"),
        ("percent", 0.1): ("‰",),
        ("percentage_point", 1.0): ("%?个?百分点", "%个?点", "pp"),
        ("basis_point", 1.0): ("个?基点", "个?bps?(?![a-z])", "个基本点", "点子"),
        ("multiple", 1.0): ("倍(?![速频镜股])", "x(?![a-z0-9])"),
        ("point", 1.0): (
            "个点(?![评赞])",
            "点(?![评击燃名赞亮头缀睛金子]|心(?!理))",
        ),
        ("share", 0.1): (rf"成(?![{_NOT_SHARE}])",),
    }
    bare = ("块钱?(?![头状链])", "元(?![件素宇宙旦老首器宝]|港币|新?台币)")
    words["money", 1.0] = (*_OTHER_ZH, *bare) if yuan == "money" else _OTHER_ZH
    if yuan != "money":
        words[yuan, 1.0] = (*words[yuan, 1.0], *bare)
    return UnitWords(words, gap=" ?", beyond="")


ZH, ZH_HANT = _chinese("cny"), _chinese("money")
EN = UnitWords(
    {
        ("usd", 1.0): (r"(?:u\.?s\.?[ -]|american )?dollars?", "usd", "us\\$", "bucks"),
        ("usd", 0.01): (r"(?:u\.?s\.? )?cents?",),
        ("cny", 1.0): ("(?:chinese )?yuan", "renminbi", "rmb", "cny"),
        ("hkd", 1.0): ("hong kong dollars?", r"hk\$", "hkd"),
        ("eur", 1.0): ("euros?", "eur", "€"),
        ("gbp", 1.0): ("pounds?(?:[ -]sterling)?", "sterling", "gbp", "quid"),
        ("gbp", 0.01): ("pence",),
        ("jpy", 1.0): ("(?:japanese )?yen", "jpy"),
        ("money", 1.0): _OTHER_EN,
        ("percent", 1.0): ("%", "per[ -]?cent", "pct", "pc"),
        ("percentage_point", 1.0): (
            *(r"(?:of an? |of one )?(?:full )?(?:percentage|percent|pct|%)[ -]points?", "ppts?", "pps?", "%[ -]?pts?"),
        ),
        ("basis_point", 1.0): ("basis[ -]points?", "bps?", "bips?"),
        ("multiple", 1.0): ("x", "-?fold", "times"),
        ("point", 1.0): ("(?:index |full )?points?", "pts?"),
    },
    gap="[ -]?",
    beyond="(?![a-z0-9])",
)  # fmt: skip

_SIGNS: Mapping[str, Unit] = {
    "$": "usd", "us$": "usd", "u.s.$": "usd", "usd": "usd", "美元": "usd", "美金": "usd",
    "hk$": "hkd", "hkd": "hkd", "港币": "hkd", "港元": "hkd", "€": "eur", "eur": "eur", "欧元": "eur",
    "£": "gbp", "gbp": "gbp", "英镑": "gbp", "¥": "money", "jpy": "jpy", "日元": "jpy",
    "rmb": "cny", "cny": "cny", "cn¥": "cny", "人民币": "cny",
    "c$": "money", "a$": "money", "nt$": "money", "s$": "money", "nz$": "money", "au$": "money", "ca$": "money",
    "r$": "money", "chf": "money", "sfr": "money", "rs": "money", "rs.": "money", "inr": "money", "krw": "money",
    "₹": "money", "₩": "money", "skr": "money", "nkr": "money", "台币": "money", "新台币": "money",
}  # fmt: skip


_SIGN_WORDS = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_SIGN_BEFORE = re.compile(rf"(?:(?<![a-z])|(?=[$€£¥₹₩]))({_SIGN_WORDS}) ?$")
_SIGN_AHEAD = re.compile(rf"[+-]?(?:(?:{_SIGN_WORDS}) ?)?")


@dataclass(frozen=True, slots=True)
class CurrencyFound:
    """A currency before a number: it starts at `start`."""

    unit: Unit
    start: int


def currency_before(text: str, start: int, floor: int) -> CurrencyFound | None:
    """The currency directly before a number at `start`; nothing before `floor` is looked at."""
    match = _SIGN_BEFORE.search(text[max(floor, start - 6) : start])
    return CurrencyFound(_SIGNS[match[1]], start - len(match.string) + match.start()) if match else None


def after_signs(text: str, start: int) -> int:
    """Where the number starts that a sign and a currency at `start` open, `start` itself where none stand there."""
    match = _SIGN_AHEAD.match(text, start)
    return match.end() if match else start
