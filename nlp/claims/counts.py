"""Large numbers without a unit of their own (1.8亿, "60 billion"): money where their sentence shows which, else counts.

In the folded form (`nlp.claims.folding`). A sentence that names one currency for its other figures means it here too,
unless the number counts a thing (3亿人, "20 million shares").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nlp.claims.numerals import Measure
from nlp.claims.records import Figure
from nlp.claims.units import MONEY

__all__ = ["EN", "ZH", "CountWords"]


@dataclass(frozen=True, slots=True)
class CountWords:
    """The words of one language.

    Attributes:
        things: begins where the number ends, if it counts things.
        time: begins where the number ends, if it is a length of time.
        least: the magnitude word from which on a number is large.
        sentence: what ends a sentence.
    """

    things: re.Pattern[str]
    time: re.Pattern[str]
    least: float
    sentence: re.Pattern[str]

    def is_amount(self, text: str, measure: Measure) -> bool:
        """Whether a number without a unit is large and no length of time."""
        return measure.number.magnitude >= self.least and not self.time.match(text, measure.end)

    def with_currency(self, figures: Sequence[Figure], text: str) -> tuple[Figure, ...]:
        """`figures` (by place) of `text`, the counts among them as money where that is what they must be."""
        if not any(figure.unit == "count" for figure in figures):
            return tuple(figures)
        numbers = self._sentences(figures, text)
        currencies: dict[int, set[str]] = {}
        for number, figure in zip(numbers, figures, strict=True):
            if figure.unit in MONEY:
                currencies.setdefault(number, set()).add(figure.unit)
        shared: list[Figure] = []
        for number, figure in zip(numbers, figures, strict=True):
            units = currencies.get(number, set())
            if figure.unit == "count" and len(units) == 1 and not self.things.match(text, figure.end):
                figure = replace(figure, unit=next(unit for unit in MONEY if unit in units))
            shared.append(figure)
        return tuple(shared)

    def _sentences(self, figures: Sequence[Figure], text: str) -> list[int]:
        """The number of the sentence of each figure."""
        numbers, number = [0], 0
        for before, figure in pairwise(figures):
            number += self.sentence.search(text, before.end, figure.start) is not None
            numbers.append(number)
        return numbers


ZH = CountWords(
    things=re.compile(
        r" ?(?:多|余)?(?:[人户家只股手吨台辆件张份部套次名位条个桶头枚亩间座艘架吨桶颗粒支把颗笔平立千公米]|投资者"
        r"|股民|用户|散户|美国人|民众|活跃|行代码|参数|token|比特币|股票)"
    ),
    time=re.compile(r"[多余]?(?:年|个?月|天|日|岁|小时|分钟|周(?!期)|秒|个?世纪)"),
    least=1e4,
    sentence=re.compile(r"[。！？；\n]"),
)
EN = CountWords(
    things=re.compile(
        r"[ -](?!(?:in|of|from|to|at|by|on|as|and|or|for|last|this|a|per|since|during|worth|over|more|less|mark"
        r"|level|after|before|with|while|when|but|a|the"
        r"|under|each|every|than|that|it|is|was|are|were|will|now|so|into|under|through|until|among|against|today"
        r"|currently|annually|again|or|-)(?![a-z]))[a-z]"
    ),
    time=re.compile(r"[ -](?:years?|months?|days?|weeks?|hours?|minutes?|seconds?)(?![a-z])"),
    least=1e3,
    sentence=re.compile(r"(?<!\.[a-z])[.!?][”\"')]* |\n"),
)
