"""What withholds a failing verdict: reasons for which a figure that disagrees need not be wrong.

A figure is stale or contradicted only where it is plainly told (`nlp.claims.plainness`) and none of these holds; else
it is not checkable, for a wrong verdict is worse than none. They were found by reading failing claims in real articles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nlp.claims.agreement import target_of
from nlp.claims.checking import Check, Moment
from nlp.claims.indicators import Indicator
from nlp.claims.observations import observe
from nlp.claims.records import Claim
from nlp.claims.series import KnownSeries

__all__ = ["FAILING", "safeguarded"]

FAILING = ("stale", "contradicted")

_WIDEST_GAP = {"day": 4.0, "week": 10.0}
"""Usual days between the last few values: a daily series with weekly values says nothing of the other days."""
_N_LATELY = 6
_N_A_YEAR = 260
_SHORTEST_SILENCE = {"day": 5, "week": 14}
"""Days without a value that say nothing."""
_NEAR_SHARE = {"index": 0.015, "amount": 0.04, "gauge": 0.2, "spread": 0.08}
_NEAR_SHARE_OF = {"fed_assets": 0.015}
"""Told weekly to four digits."""
_NEAR_POINTS = {"rate": 0.12, "spread": 0.1}
_NEAR_GAUGE = {"fear_greed": 18.0, "vix": 4.0}
_NEAR_CHANGE = 0.5
"""How near a level of the last days may come: values from within the day, an early edition, another measure."""
_N_NEAR = 3
_NAMED_DAY = re.compile(
    r"^(?!.*(?:since|(?:19|20)\d\d))(?:.*\d月(?!份?以来)"
    r"|.*\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:\b|[a-z]))",
    re.DOTALL,
)
_YEARS = range(1, 13)
"""A day without its year may be of one of so many years before."""


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
            reason = _reason(claim, check, moment, indicators[claim.indicator], series_by_id[claim.indicator])
        found.append(_withheld(check, reason) if reason else check)
    return found


def _withheld(check: Check, reason: str) -> Check:
    return replace(check, verdict="not_checkable", reason=f"{check.reason.split(';')[0].rstrip('.')}, but {reason}.")


def _reason(claim: Claim, check: Check, moment: Moment, indicator: Indicator, series: KnownSeries) -> str:
    if not claim.plain:
        return "the text does not say plainly that the figure is of it, and of that time"
    end = series.n_known(moment.at)
    days = series.days[max(0, end - _N_A_YEAR) : end]
    silence = int(np.datetime64(moment.day, "D").astype(np.int64)) - int(days[-1])
    if silence > max(_SHORTEST_SILENCE[indicator.every], int(np.diff(days).max(initial=0))):
        return f"{series.name} ends on {series.day(end - 1)}"
    if len(days) > 1 and float(np.median(np.diff(days[-_N_LATELY:]))) > _WIDEST_GAP[indicator.every]:
        return f"{series.name} has few values around that day"
    lately = series.values[max(0, end - _N_NEAR) : end]
    if _is_near(claim, indicator, lately if claim.window.kind == "now" else np.array([check.series_value])):
        return "it is near to what was seen"
    if _of_another_year(claim, moment, indicator, series):
        return "it may be of the same days of another year"
    return ""


def _is_near(claim: Claim, indicator: Indicator, values: NDArray[np.float64]) -> bool:
    distance = target_of(claim, indicator).distance(values)
    if claim.transform != "level":
        near = _NEAR_CHANGE * (2 if claim.figure.relation == "about" else 1)
        return claim.transform == "relative_change" and bool((distance <= near).any())
    room = max(
        _NEAR_SHARE_OF.get(indicator.id, _NEAR_SHARE.get(indicator.kind, 0.0)) * abs(claim.value or 0.0),
        _NEAR_POINTS.get(indicator.kind, 0.0),
        _NEAR_GAUGE.get(indicator.id, 0.0),
    )
    return bool((distance <= room).any())


def _of_another_year(claim: Claim, moment: Moment, indicator: Indicator, series: KnownSeries) -> bool:
    """Whether a claim of days whose year is not told would be true of the same days some years before."""
    window = claim.window
    if not _NAMED_DAY.search(window.text) or window.start is None or window.end is None or window.end >= moment.day:
        return False
    target = target_of(claim, indicator)
    for years in _YEARS:
        try:
            start, end = (day.replace(year=day.year - years) for day in (window.start, window.end))
        except ValueError:
            continue
        earlier = replace(claim, window=replace(window, start=start, end=end))
        observed = observe(earlier, indicator, series, moment)
        if not observed.reason and target.agrees(observed.values).any():
            return True
    return False
