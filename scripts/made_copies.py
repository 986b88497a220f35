"""Seeded copies and near misses of articles, for measuring how well copies are found (`scripts/measure_stories.py`).

Copies are what publishers do to a text: they cut it, drop and add sentences, put numbers, spelling, punctuation or
script into their own style, and set an agency's name before and a disclaimer after it. Near misses are the notices that
say the same every day with other numbers; they are written here, filled with random walks.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

__all__ = ["COPIES", "DAILY_NOTICES", "Cutting", "daily_notice", "restyled"]

_PREFIXES = {
    "en": ("LONDON (Harbour Wire) - ", "By our markets desk. ", "(Adds quotes, background) ", ""),
    "zh": ("港湾社伦敦电 ", "【转载】", "港湾财经讯，", "（原标题见正文）"),
}
_SUFFIXES = {
    "en": (
        " (Reporting by the Harbour Wire markets desk; editing by A. Clerk; desk +44 20 7946 0321)",
        " This material is for information only and is no offer to buy or sell. Past performance is no guide.",
        " Read the full story at Harbour Wire. All rights reserved 2026.",
        "",
    ),
    "zh": (
        "（港湾社记者 甲乙 编辑 丙丁 电话 010-5550123）",
        "免责声明：本文仅供参考，不构成投资建议，据此操作风险自担。投资有风险，入市须谨慎。",
        "来源：港湾财经，版权所有，未经授权不得转载。2026年。",
        "",
    ),
}
_BRITISH = {"ization": "isation", "izing": "ising", "labor": "labour", "favor": "favour", "center": "centre"}
_STYLES: Mapping[str, tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]] = {
    "en": (
        (r"(?<=\d),(?=\d{3})", ""),
        (r"(?<=\d) percent\b", "%"),
        (r"\bpct\b", "per cent"),
        (r"(?<=\d) billion\b", "bn"),
        (r"\bU\.S\.", "US"),
        (r"(\d\.\d)(?![\d.])", lambda m: m.group(1) + "0"),
        ("|".join(_BRITISH), lambda m: _BRITISH[m.group()]),
        (r'["“”]', "'"),
        (r"\s--?\s", " — "),
        (r"\b(said|says)\b", "told reporters"),
    ),
    "zh": (
        (r"(?<=\d),(?=\d{3})", ""),
        (r"(\d\.\d)(?![\d.])", lambda m: m.group(1) + "0"),
        (r"\d", lambda m: chr(ord(m.group()) + 0xFEE0)),
        (r"[“”]", "「"),
        (r"，", ","),
        (r"；", "。"),
        (r"表示", "指出"),
        (r"目前", "当前"),
    ),
}


@dataclass(frozen=True, slots=True)
class Cutting:
    """What copies of one article are made from.

    Attributes:
        sentences: of the article, in order, at least one.
        lang: `en` or `zh`.
        foreign: sentences of other articles, to add.
        traditional: simplified to traditional characters (`str.translate`); may be empty.
    """

    sentences: Sequence[str]
    lang: str
    foreign: Sequence[str]
    traditional: Mapping[int, str] = field(default_factory=dict)

    def joined(self, sentences: Sequence[str]) -> str:
        """Sentences as one text."""
        return ("" if self.lang == "zh" else " ").join(sentences)


def excerpt(cutting: Cutting, rng: random.Random) -> str:
    """The first sentences, as few as hold a share of the text's characters that is drawn from 30–90%."""
    wanted = rng.uniform(0.3, 0.9) * sum(map(len, cutting.sentences))
    kept: list[str] = []
    for sentence in cutting.sentences:
        if sum(map(len, kept)) >= wanted:
            break
        kept.append(sentence)
    return cutting.joined(kept)


def dropped(cutting: Cutting, rng: random.Random) -> str:
    """5–20% of the sentences are missing; agency and disclaimer."""
    return _signed(cutting, _drop(cutting.sentences, rng), rng)


def added(cutting: Cutting, rng: random.Random) -> str:
    """5–20% more sentences, from other articles; agency and disclaimer."""
    return _signed(cutting, _add(cutting, cutting.sentences, rng), rng)


def reworded(cutting: Cutting, rng: random.Random) -> str:
    """5–20% of the sentences in another style; agency and disclaimer."""
    return _signed(cutting, _reword(cutting, cutting.sentences, rng), rng)


def edited(cutting: Cutting, rng: random.Random) -> str:
    """All three at once, each with its own 5–20%; agency and disclaimer."""
    left = _reword(cutting, _drop(cutting.sentences, rng), rng)
    return _signed(cutting, _add(cutting, left, rng), rng)


def whole_restyled(cutting: Cutting, rng: random.Random) -> str:
    """Every sentence in another style, Chinese in traditional characters: a reprint by a publisher elsewhere."""
    return _signed(cutting, [restyled(s, cutting) for s in cutting.sentences], rng)


def edited_excerpt(cutting: Cutting, rng: random.Random) -> str:
    """An excerpt that was edited too."""
    text = excerpt(cutting, rng)
    kept = [s for s in cutting.sentences if s in text]
    return edited(Cutting(kept, cutting.lang, cutting.foreign, cutting.traditional), rng)


COPIES: Mapping[str, Callable[[Cutting, random.Random], str]] = {
    "excerpt": excerpt,
    "dropped": dropped,
    "added": added,
    "reworded": reworded,
    "edited": edited,
    "whole restyled": whole_restyled,
    "edited excerpt": edited_excerpt,
}
"""The kinds of copies; issue 5 sets its floor on the first five."""


def restyled(sentence: str, cutting: Cutting) -> str:
    """A sentence with its numbers, spelling, punctuation (and script) in another style; a word less if that is none."""
    new = sentence
    for pattern, replacement in _STYLES[cutting.lang]:
        new = re.sub(pattern, replacement, new)
    new = new.translate(cutting.traditional)
    if new != sentence:
        return new
    return re.sub(r"\s\S+(?=\s)", "", sentence, count=1) if cutting.lang == "en" else sentence[:1] + sentence[3:]


def _signed(cutting: Cutting, sentences: Sequence[str], rng: random.Random) -> str:
    return rng.choice(_PREFIXES[cutting.lang]) + cutting.joined(sentences) + rng.choice(_SUFFIXES[cutting.lang])


def _places(n_sentences: int, rng: random.Random) -> set[int]:
    """5–20% of the places, at least one."""
    return set(rng.sample(range(n_sentences), max(1, int(rng.uniform(0.05, 0.2) * n_sentences))))


def _drop(sentences: Sequence[str], rng: random.Random) -> list[str]:
    places = _places(len(sentences), rng)
    return [s for i, s in enumerate(sentences) if i not in places or len(sentences) == 1]


def _add(cutting: Cutting, sentences: Sequence[str], rng: random.Random) -> list[str]:
    places = _places(len(sentences), rng)
    return [t for i, s in enumerate(sentences) for t in ((s, rng.choice(cutting.foreign)) if i in places else (s,))]


def _reword(cutting: Cutting, sentences: Sequence[str], rng: random.Random) -> list[str]:
    places = _places(len(sentences), rng)
    return [restyled(s, cutting) if i in places else s for i, s in enumerate(sentences)]


DAILY_NOTICES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "The central bank of Harbourland set the reference rate on {day} at {a:.4f} crowns to the dollar, {b:.4f} to "
        "the euro and {c:.2f} to 100 yen. The rates are the averages of quotes from {n} banks at noon. The band is 2%.",
        "The bank said it estimated a shortage of around {n} mln stg in the market today, {day}. Bills maturing in "
        "official hands and the take-up of treasury bills will drain some {m} mln stg, partly offset by {k} mln of "
        "exchequer transactions.",
        "Shares in Harbour City {moved} on {day} as {sector} led and volume reached {n} million. The benchmark index "
        "{moved} {b:.2f} percent to {a4:.2f} points. {other} lagged. Traders said investors were waiting for the "
        "central bank's decision. The yield on ten-year bonds stood at {c:.2f} percent and oil traded at ${k}.{m} a "
        "barrel. The crown was at {a:.4f} to the dollar.",
    ),
    "zh": (
        "港湾国外汇交易中心公布，{day}银行间外汇市场克朗中间价为：1美元对克朗{a:.4f}元，1欧元对克朗{b:.4f}元，"
        "100日元对克朗{c:.4f}元，1港元对克朗0.{n}元，1英镑对克朗{d:.4f}元。",
        "港湾国央行公告称，为维护流动性合理充裕，{day}以利率招标方式开展了{n}亿元7天期逆回购操作，"
        "中标利率1.80%，与此前持平。当日有{m}亿元逆回购到期，因此实现净投放{k}亿元。",
        "{day}，港湾股市三大指数集体收{moved}，沪指{moved}{b:.2f}%，报{a4:.2f}点，全日成交{n}亿元，较上一交易日变化{m}亿元。"
        "盘面上，{sector}板块领涨，{other}板块走弱，全市场超{k}只个股{moved}。分析人士称，资金在等待央行的决定。"
        "克朗对美元报{a:.4f}，十年期国债收益率报{c:.2f}%。",
    ),
}
_WORDS = {
    "en": (("rose", "fell"), ("banks", "miners", "utilities", "carmakers", "chip makers")),
    "zh": (("涨", "跌"), ("银行", "煤炭", "电力", "汽车", "半导体")),
}


def daily_notice(template: str, lang: str, day: date, rng: random.Random) -> str:
    """One day's notice: the template with numbers near what they were and the day's winners."""
    moves, sectors = _WORDS[lang]
    sector, other = rng.sample(sectors, 2)
    return template.format(
        day=f"{day.month}月{day.day}日" if lang == "zh" else f"{day:%B} {day.day}",
        a=7.1 + rng.gauss(0, 0.03),
        a4=3300 + rng.gauss(0, 60),
        b=abs(rng.gauss(0, 1)),
        c=abs(2.4 + rng.gauss(0, 0.1)),
        d=9.2 + rng.gauss(0, 0.05),
        n=50 * rng.randint(2, 30),
        m=10 * rng.randint(1, 40),
        k=10 * rng.randint(5, 60),
        moved=rng.choice(moves),
        sector=sector,
        other=other,
    )
