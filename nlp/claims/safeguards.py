"""What withholds a failing verdict: reasons for which a figure that disagrees need not be wrong.

A figure is stale or contradicted only where none of these holds; else it is not checkable, for a wrong verdict is worse
than none. They were found by reading failing claims in real articles, nearly all of which were the reader's error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nlp.claims.agreement import Target, target_of
from nlp.claims.checking import Check, Moment
from nlp.claims.indicators import Indicator
from nlp.claims.records import Claim
from nlp.claims.series import KnownSeries

__all__ = ["FAILING", "safeguarded"]

FAILING = ("stale", "contradicted")

_LONGEST_SILENCE = {"day": 2, "week": 9}
"""Weekdays from the last known value to the article: a series that ended says nothing of what came after."""
_WIDEST_GAP = {"day": 4.0, "week": 10.0}
"""Usual days between the last few values: a daily series with weekly values says nothing of the other days."""
_N_LATELY = 6
_SPANS = (*range(1, 11), 21, 22, 42, 63, 126, 252)
"""Sessions over which changes are usually told: days, weeks, a month, a quarter, half a year, a year."""
_NEAR_SHARE = {"index": 0.015, "amount": 0.05, "gauge": 0.1}
_NEAR_POINTS = {"rate": 0.15, "spread": 0.15}
"""How near a level of the last days may come: values from within the day, an early edition, another measure."""
_FARTHEST_SHARE = 0.4
_FARTHEST_POINTS = 1.0
"""A price told so much off, or a rate, all that it was within the last days is rather one of another market."""
_OF_PRICES = 0.01
"""The tolerance of share indices; the VIX, which can double in a day, has more."""
_ALIKE = (("nasdaq_composite", "nasdaq100"), ("shanghai_composite", "csi300"), ("dax", "eurostoxx50"))
"""Indicators that writers name alike, or in one breath."""
_MANY = 3


def safeguarded(
    checks: Sequence[tuple[Claim, Check]],
    moment: Moment | None,
    indicators: Mapping[str, Indicator],
    series_by_id: Mapping[str, KnownSeries],
) -> list[Check]:
    """The checks of one article's claims in their order, failing verdicts withheld where there is a reason to."""
    if moment is None:
        return [check for _, check in checks]
    found = []
    for claim, check in checks:
        reason = ""
        if check.verdict in FAILING and claim.indicator is not None:
            reason = _reason(claim, moment, indicators[claim.indicator], series_by_id)
        found.append(_withheld(check, reason) if reason else check)
    failing = [check for check in found if check.verdict in FAILING]
    n_agree = sum(check.verdict == "consistent" for check in found)
    if len(failing) >= _MANY and n_agree < len(failing) / 2:
        reason = "most figures of the article disagree, so its date or its subject may be another"
        return [_withheld(check, reason) if check.verdict in FAILING else check for check in found]
    return found


def _withheld(check: Check, reason: str) -> Check:
    return replace(check, verdict="not_checkable", reason=f"{check.reason.split(';')[0].rstrip('.')}, but {reason}.")


def _reason(claim: Claim, moment: Moment, indicator: Indicator, series_by_id: Mapping[str, KnownSeries]) -> str:
    series = series_by_id[indicator.id]
    end = series.n_known(moment.at)
    days = series.days[max(0, end - _N_LATELY) : end]
    if np.busday_count(series.day(end - 1), moment.day) > _LONGEST_SILENCE[indicator.every]:
        return f"{series.name} ends on {series.day(end - 1)}"
    if len(days) > 1 and float(np.median(np.diff(days))) > _WIDEST_GAP[indicator.every]:
        return f"{series.name} has few values around that day"
    if claim.transform == "level" and claim.window.kind == "now" and _is_far(claim, indicator, series.values[:end]):
        return "it is so far off that another thing may be meant"
    names = next((group for group in _ALIKE if indicator.id in group), (indicator.id,))
    for name in names:
        other = series_by_id.get(name)
        if other is not None and _near(claim, target_of(claim, indicator), indicator, other, moment):
            return "it is near to what the last days were" if name == indicator.id else f"{other.name} may be meant"
    return ""


def _is_far(claim: Claim, indicator: Indicator, known: NDArray[np.float64]) -> bool:
    value, off = claim.value or 0.0, np.abs(known[-_N_LATELY:] - (claim.value or 0.0))
    if indicator.kind == "rate":
        return bool((off > _FARTHEST_POINTS).all())
    is_price = indicator.kind == "index" and indicator.tolerance <= _OF_PRICES
    return is_price and bool((off > _FARTHEST_SHARE * max(abs(value), float(known[-1]))).all())


def _near(claim: Claim, target: Target, indicator: Indicator, series: KnownSeries, moment: Moment) -> bool:
    end = series.n_known(moment.at)
    if claim.transform == "level":
        lately = series.values[max(0, end - _N_LATELY) : end]
        room = max(
            _NEAR_SHARE.get(indicator.kind, 0.0) * abs(claim.value or 0.0), _NEAR_POINTS.get(indicator.kind, 0.0)
        )
        return bool((target.distance(lately) <= room).any())
    changes = _usual_changes(series, end, relative=claim.transform == "relative_change")
    return bool(target.agrees(changes).any())


def _usual_changes(series: KnownSeries, end: int, *, relative: bool) -> NDArray[np.float64]:
    """Changes over the usual spans to each of the last few values, and since the beginnings of its month and year."""
    ends = np.arange(max(1, end - _N_LATELY), end)
    bases = [ends - span for span in _SPANS]
    for period in ("M", "Y"):
        starts = [np.datetime64(int(day), "D").astype(f"datetime64[{period}]") for day in series.days[ends]]
        firsts = np.array(starts).astype("datetime64[D]").astype(np.int64)
        bases.append(np.searchsorted(series.days, firsts) - 1)
    base = np.concatenate(bases)
    last = np.tile(ends, len(bases))
    last, base = last[base >= 0], base[base >= 0]
    change = series.values[last] - series.values[base]
    usual: NDArray[np.float64] = 100 * change / series.values[base] if relative else change
    return usual
