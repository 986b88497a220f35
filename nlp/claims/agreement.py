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

_WIDEST_DIGIT = 0.34
"""One unit of the last digit counts up to this share of the figure: "1 trillion" is 0.66 to 1.34."""

_ABOUT = 0.05
_FAR = 3.0
"""A value further away than so many widths disagrees; one nearer leaves room for doubt."""


@dataclass(frozen=True, slots=True)
class Target:
    """The values that agree with a figure: those from `low` to `high`, `width` on either side included.

    Attributes:
        low, high: equal for a plain figure, infinite on the open side of a bound.
        width: the tolerance, in the unit of the values.
    """

    low: float
    high: float
    width: float

    def distance(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far values are outside, 0 inside. Shape: as given."""
        return np.maximum(np.maximum(self.low - values, values - self.high), 0.0)

    def agrees(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which values agree. Shape: as given."""
        return self.distance(values) <= self.width * (1 + 1e-9)

    def disagrees(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which values are so far off that the figure is wrong of them. Shape: as given."""
        return self.distance(values) > _FAR * self.width


def target_of(claim: Claim, indicator: Indicator) -> Target:
    """What agrees with a claim that has a value; a bound on a fall is one on its size (more than 2% down).

    The ends of a range, the last digit and the slack are brought to the unit and the sign of the claim's value.
    """
    assert_value = claim.value if claim.value is not None else 0.0
    figure = claim.figure
    factor = abs(assert_value / figure.value) if figure.value else 1.0
    if claim.transform == "level":
        slack = max(indicator.tolerance * abs(assert_value), indicator.slack)
    elif claim.transform == "relative_change":
        slack = 0.05
    else:
        slack = max(indicator.tolerance * abs(assert_value), indicator.slack)
    width = max(min(figure.digit * factor, _WIDEST_DIGIT * abs(assert_value) or np.inf), slack)
    if figure.relation == "about":
        width += _ABOUT * abs(assert_value)
    low, high = _ends(claim.figure.relation, assert_value, (figure.low, figure.high), factor)
    return Target(low, high, width)


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
