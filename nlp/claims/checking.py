"""Whether a claim was true when it was made: against the series as it was known at that moment, with a reason.

consistent: a value that the claim can mean agrees. stale: none does, but one of the last 400 days did. contradicted:
none did, and all that can be meant is off by more than three times the tolerance (a change: of the other sign, or off
by more than half). Anything between, and whatever is doubtful, is not checkable: a wrong verdict is worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.claims.agreement import Target, target_of
from nlp.claims.indicators import Indicator
from nlp.claims.observations import observe
from nlp.claims.observed import Moment, Observed
from nlp.claims.quantities import quantity
from nlp.claims.records import Claim, Verdict
from nlp.claims.series import KnownSeries

__all__ = ["Check", "Moment", "check_claim"]

_LOOK_BACK_DAYS = 400
_OFF_BY_HALF = 0.5
_LEAST_SHARE = 0.05
"""An amount is not wrong before it is off by this share: 3,000亿 is a round number, whatever its last digit."""

_FAR_MOVE = 1.5
"""Nothing is wrong that so many of the last month's largest moves, on a day not known yet, would make right."""

_FARTHEST = 8.0
"""An index or amount that is told this many times too high or too low was taken for another."""

_FARTHEST_RATE = 2.5
"""So was a rate with a name that others share, if it is told so many points off all that it has been lately."""


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict and what it rests on.

    Attributes:
        verdict: see the module.
        reason: one sentence in plain English.
        as_of: the moment as which the series was read, None where none was.
        series: its file's stem.
        series_value: level or change that was compared, in the claim's unit.
        series_date: the day of it (of its end).
    """

    verdict: Verdict
    reason: str
    as_of: datetime | None = None
    series: str | None = None
    series_value: float | None = None
    series_date: date | None = None


def check_claim(
    claim: Claim, moment: Moment | None, indicators: Mapping[str, Indicator], series_by_id: Mapping[str, KnownSeries]
) -> Check:
    """The verdict on a claim of an article that counted from `moment` (None: undated)."""
    if claim.indicator is None:
        return Check("not_checkable", "it speaks of no known indicator")
    name = indicators[claim.indicator].names.get("en", claim.indicator)
    series = series_by_id.get(claim.indicator)
    if claim.value is None:
        return Check("not_checkable", f"its unit does not fit the {name}")
    if claim.doubt:
        return Check("not_checkable", claim.doubt)
    if moment is None:
        return Check("not_checkable", "the article has no date")
    if series is None:
        return Check("not_checkable", f"no series of the {name} in the market folder")
    if claim.window.kind == "unknown":
        return Check("not_checkable", f"the time that it is about is not clear ({claim.window.text})")
    return _compare(claim, moment, indicators[claim.indicator], series)


def _compare(claim: Claim, moment: Moment, indicator: Indicator, series: KnownSeries) -> Check:
    n_known = series.n_known(moment.at)
    observed = observe(claim, indicator, series, moment)
    if observed.reason:
        return Check("not_checkable", observed.reason, moment.at, series.name)
    first = series.place(moment.day - timedelta(days=_LOOK_BACK_DAYS))
    lately = series.values[first:n_known]
    if _is_another_thing(claim, indicator, observed, lately):
        return Check("not_checkable", "it is so far off that another thing must be meant", moment.at, series.name)
    target = target_of(claim, indicator)
    distance = target.distance(observed.values)
    if claim.transform != "level" and claim.value is not None:
        distance = np.where(observed.values * claim.value > 0, distance, np.inf)
    agrees = distance <= target.width * (1 + 1e-9)
    nearest = _telling(claim, agrees, target.distance(observed.values))
    seen = _Seen(claim, indicator, series, float(observed.values[nearest]), int(observed.places[nearest]))
    if agrees.any():
        return seen.check("consistent", moment, f"{seen.text()}.")
    if claim.caution:
        return seen.check("not_checkable", moment, f"{seen.text()}, but {claim.caution}.")
    earlier = _last_true(claim, target, lately)
    earlier = None if earlier is None else first + earlier
    if earlier is not None and _is_past(target, observed):
        was = f"{seen.told(claim.value or 0.0)} was last true on {series.day(earlier)}"
        return seen.check("stale", moment, f"{seen.text()}; {was}.")
    if earlier is None and observed.certain and _is_wrong(claim, indicator, target, observed):
        never = f", and {seen.told(claim.value or 0.0)} was not true in the {_LOOK_BACK_DAYS} days before"
        return seen.check("contradicted", moment, f"{seen.text()}{never if claim.transform == 'level' else ''}.")
    return seen.check("not_checkable", moment, f"{seen.text()}: too near to be wrong, or the time is not clear.")


def _is_another_thing(claim: Claim, indicator: Indicator, observed: Observed, lately: NDArray[np.float64]) -> bool:
    """A level that is no market's move away: the price of a fund on an index, another country's yield.

    Neither from what it is compared with nor, a rate, from all that it has been `lately`.
    """
    if claim.transform != "level" or not claim.value:
        return False
    if indicator.kind == "rate" and indicator.weak:
        seen = np.concatenate([observed.values, lately])
        return bool((np.abs(seen - claim.value) > _FARTHEST_RATE).all())
    if indicator.kind not in ("index", "amount"):
        return False
    ratio = np.abs(observed.values / claim.value)
    return bool(((ratio > _FARTHEST) | (ratio < 1 / _FARTHEST)).all())


def _telling(claim: Claim, agrees: NDArray[np.bool_], distance: NDArray[np.float64]) -> int:
    """Which of the values compared is told: the last that agrees, else the last of a present, else the nearest."""
    if agrees.any():
        return int(np.flatnonzero(agrees)[-1])
    return len(distance) - 1 if claim.window.kind == "now" else int(np.argmin(distance))


def _is_wrong(claim: Claim, indicator: Indicator, target: Target, observed: Observed) -> bool:
    value = claim.value or 0.0
    if claim.transform == "level":
        wrong = target.disagrees(observed.values) & (target.distance(observed.values) > _FAR_MOVE * observed.unseen)
        if indicator.kind == "amount":
            wrong &= target.distance(observed.values) > _LEAST_SHARE * abs(value)
        return bool(wrong.all())
    far = np.abs(observed.values - value) > _OFF_BY_HALF * np.abs(observed.values)
    other_sign = observed.values * value <= 0
    far &= np.abs(observed.values - value) > _FAR_MOVE * observed.unseen
    other_sign &= np.abs(observed.values - value) > _FAR_MOVE * observed.unseen
    return bool((target.disagrees(observed.values) & (far | other_sign)).all())


def _is_past(target: Target, observed: Observed) -> bool:
    """Whether the last value is surely off, and a usual move of the day would not make it right."""
    last = observed.values[-1:]
    return bool((target.misses(last) & (target.distance(last) > observed.unseen)).all())


def _last_true(claim: Claim, target: Target, lately: NDArray[np.float64]) -> int | None:
    """Which of the levels of late agrees, the last; of changes only the one that is told counts."""
    if claim.transform != "level":
        return None
    found = np.flatnonzero(target.agrees(lately))
    return int(found[-1]) if len(found) else None


@dataclass(frozen=True, slots=True)
class _Seen:
    """The value that a claim is set against, in words and as the row of claims.csv."""

    claim: Claim
    indicator: Indicator
    series: KnownSeries
    value: float
    place: int

    def told(self, value: float) -> str:
        return quantity(value, "percent" if self.claim.transform == "relative_change" else self.indicator.unit)

    def text(self) -> str:
        day, told = self.series.day(self.place), self.told(self.value)
        if self.claim.transform == "level":
            verb = {"peak": "peaked at", "trough": "was lowest at"}.get(self.claim.window.kind, "stood at")
            return f"{self.series.name} {verb} {told} on {day}"
        if self.claim.transform == "pace":
            return f"{self.series.name} changed by {told} a {self.claim.figure.per or 'month'} to {day}"
        return f"{self.series.name} changed by {told} to {day}"

    def check(self, verdict: Verdict, moment: Moment, reason: str) -> Check:
        return Check(verdict, reason, moment.at, self.series.name, self.value, self.series.day(self.place))
