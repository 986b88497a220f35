"""Whether a value of a series is what a figure says: the width that rounding and everyday use leave it.

"equal" allows one unit of the last digit written, in either direction, for writers round and truncate; "about" five per
cent more; above and below are bounds. None of it is ever so wide that a value off by a factor of three would pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.claims.indicators import Indicator
from nlp.claims.records import Claim, Relation

__all__ = ["Target", "target_of"]

_WIDEST_DIGIT = 0.25
"""One unit of the last digit counts up to this share of the figure: "1 trillion" is 0.75 to 1.25."""

_WIDEST_AT_PEAK = 0.5
"""A peak may be that much higher than a figure of one digit (2 trillion at a peak of 2.55): it was reached."""

_ABOUT = 0.05
_SHARE_SLACK = 0.05
"""Percentage points by which a relative change may be off."""

_OUT = 1.5
_FAR = 3.0
"""A value further away than so many widths disagrees; one nearer leaves room for doubt."""


@dataclass(frozen=True, slots=True)
class Target:
    """The values that agree with a figure: those from `low` to `high`, `width` on either side included.

    Attributes:
        low, high: equal for a plain figure, infinite on the open side of a bound.
        width: the tolerance, in the unit of the values.
        slack: the part of it that is the series' own (intraday values, another measure), not the writer's rounding.
        loose: the part that a word such as "about" adds.
    """

    low: float
    high: float
    width: float
    slack: float
    loose: float = 0.0

    def distance(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far values are outside, 0 inside. Shape: as given."""
        return np.maximum(np.maximum(self.low - values, values - self.high), 0.0)

    def agrees(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which values agree. Shape: as given."""
        return self.distance(values) <= self.width * (1 + 1e-9)

    def misses(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which values surely do not agree: outside by more than rounding and half the slack again. Shape: as given."""
        return self.distance(values) > max(self.width * (1 + 1e-9), _OUT * self.slack)

    def disagrees(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which values are so far off that the figure is wrong of them. Shape: as given."""
        return self.distance(values) > _FAR * (self.width - self.loose) + self.loose


def target_of(claim: Claim, indicator: Indicator) -> Target:
    """What agrees with a claim that has a value; a bound on a fall is one on its size (more than 2% down).

    The ends of a range, the last digit and the slack are brought to the unit and the sign of the claim's value.
    """
    value, figure = claim.value or 0.0, claim.figure
    size = abs(value)
    factor = size / abs(figure.value) if figure.value else 1.0
    digit = figure.digit * factor
    slack = _SHARE_SLACK if claim.transform == "relative_change" else max(indicator.tolerance * size, indicator.slack)
    width = max(min(digit, _WIDEST_DIGIT * size) if size else digit, slack)
    loose = _ABOUT * size if figure.relation == "about" else 0.0
    width += loose
    low, high = _ends(figure.relation, value, (figure.low, figure.high), factor)
    if claim.window.kind == "peak" and claim.transform == "level":
        high += max(0.0, min(digit, _WIDEST_AT_PEAK * size) - width)
    return Target(low, high, width, slack, loose)


def _ends(
    relation: Relation, value: float, span: tuple[float | None, float | None], factor: float
) -> tuple[float, float]:
    sign = -1.0 if value < 0 else 1.0
    if relation == "range" and span[0] is not None and span[1] is not None:
        ends = sorted((sign * abs(span[0]) * factor, sign * abs(span[1]) * factor))
        return ends[0], ends[1]
    if relation in ("above", "below"):
        more = (relation == "above") == (sign > 0)
        return (value, np.inf) if more else (-np.inf, value)
    return value, value
