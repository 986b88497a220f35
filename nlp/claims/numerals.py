"""A number as read from a text, and as measured there: with its sign and unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlp.claims.records import Unit

__all__ = ["Measure", "Numeral", "NumeralKind", "decimal_digit"]

NumeralKind = Literal["plain", "fraction", "percent"]
"""fraction: of a whole (三分之一, "two-thirds"); percent: written so in the number itself (百分之五)."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """What was read.

    Attributes:
        start: code point, the first.
        end: code point after the last; magnitude words (亿, "billion") belong to it, units do not.
        value: in units of one.
        digit: the worth of its last digit.
        magnitude: what the magnitude word multiplies by, 1 where there is none.
        exceeded: whether the number says that it is rounded down (100多点, 20余亿).
        in_words: whether it is written without a digit.
        kind: what it counts by itself.
        lowest: of two neighbouring numbers for one (七八百亿), the smaller; `value` is then the larger.
    """

    start: int
    end: int
    value: float
    digit: float = 1.0
    magnitude: float = 1.0
    exceeded: bool = False
    in_words: bool = False
    kind: NumeralKind = "plain"
    lowest: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A number in its unit.

    Attributes:
        start: code point of the first sign that belongs to it.
        end: code point after its unit.
        number: as read.
        unit: None where none stands at the number.
        factor: what brings the number to one of the unit; negative below zero.
        low: of a range its lower end, in the unit; the number is then the upper end.
    """

    start: int
    end: int
    number: Numeral
    unit: Unit | None
    factor: float = 1.0
    low: float | None = None

    @property
    def value(self) -> float:
        """The number in its unit; of a range the upper end."""
        return self.number.value * self.factor

    @property
    def digit(self) -> float:
        """The worth of the last digit, in the unit."""
        return self.number.digit * abs(self.factor)


def decimal_digit(digits: str) -> float:
    """The worth of the last digit of a number in digits.

    >>> decimal_digit("5,000"), decimal_digit("1.15")
    (1.0, 0.01)
    """
    return float(f"1e-{len(digits.partition('.')[2])}")
