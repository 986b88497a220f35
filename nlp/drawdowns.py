"""Drawdowns of a price, and episodes of narratives set against them and against spells of exuberance.

A drawdown is one of Lunde and Timmermann's (2004) bear markets: it is there once the price has fallen by `fall` from
its highest since the last trough, and over once it has risen by `rise` from its lowest. A rule by new highs alone would
take the Shanghai market since 2007 for one single drawdown. A rally of `rise` inside a long decline makes two of it.

Point in time: a peak is final when its drawdown is known, a trough when its drawdown is over; prices that come later
change neither. Beside the market an episode is seen in hindsight, and a row says whether it is final.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import pandas as pd

from nlp.episodes import Episode
from nlp.errors import InputError

__all__ = [
    "BESIDE_COLUMNS",
    "DRAWDOWN_COLUMNS",
    "Drawdown",
    "Spell",
    "beside_market",
    "drawdown_table",
    "drawdowns",
    "settled_before",
]


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of days, both included, such as one of exuberance; `end` is None while it goes on."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise InputError(f"a spell from {self.start} cannot end on {self.end}, before it")


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One drawdown.

    Attributes:
        peak: day of the high it fell from.
        known_on: day when it had fallen far enough.
        trough: day of the low; may still move while the drawdown goes on.
        depth: the fall from peak to trough as a share of the peak, in (0, 1).
        over_on: day when the price had risen far enough; None while the drawdown goes on.
    """

    peak: date
    known_on: date
    trough: date
    depth: float
    over_on: date | None = None


DRAWDOWN_COLUMNS = tuple(field.name for field in fields(Drawdown))
BESIDE_COLUMNS = (
    "narrative", "start", "peak", "peak_intensity", "end", "exuberant", "in_drawdown", "drawdown_peak",
    "drawdown_trough", "depth", "days_to_trough", "trough_is_final", "is_final",
)  # fmt: skip
_OF_EPISODE, _OF_DRAWDOWN = BESIDE_COLUMNS[:5], BESIDE_COLUMNS[7:12]


def drawdowns(prices: pd.Series[float], *, fall: float = 0.2, rise: float = 0.2) -> tuple[Drawdown, ...]:
    """The drawdowns of a price, in order; the last may go on.

    Args:
        prices: positive, over ascending days; missing ones are passed over.
        fall: share of the high that must be lost, in (0, 1).
        rise: share of the low that must be gained for it to be over, above 0.

    Raises:
        InputError: another share, a price that is not positive and finite, days that do not ascend.
    """
    if not (0 < fall < 1 and 0 < rise < np.inf):
        raise InputError(f"fall {fall} must lie between 0 and 1, rise {rise} above 0")
    known = prices.dropna()
    if not (known.index.is_unique and known.index.is_monotonic_increasing):
        raise InputError("the price's days do not ascend without repeats: sort them")
    values = known.to_numpy(dtype=float)
    if not ((values > 0) & np.isfinite(values)).all():
        raise InputError("a price is not positive and finite: drawdowns are of prices and indices, not of spreads")
    days = [pd.Timestamp(day).date() for day in known.index]
    found: list[Drawdown] = []
    high = low = known_at = 0
    falling = False
    for place, value in enumerate(values):
        if not falling:
            high = place if value > values[high] else high
            if value <= values[high] * (1 - fall):
                falling, low, known_at = True, place, place
            continue
        low = place if value < values[low] else low
        if value >= values[low] * (1 + rise):
            found.append(_drawdown(days, values.tolist(), (high, known_at, low), days[place]))
            falling, high = False, place
    if falling:
        found.append(_drawdown(days, values.tolist(), (high, known_at, low), None))
    return tuple(found)


def settled_before(prices: pd.Series[float], found: Sequence[Drawdown]) -> date:
    """The day before which no price that comes later can put another drawdown, or change one.

    It is the peak of the drawdown that goes on, else the highest day since the last was over, from which the next may
    turn out to have begun.

    Args:
        prices: as for `drawdowns`.
        found: what it gave for them.
    """
    known = prices.dropna()
    if found:
        over_on = found[-1].over_on
        if over_on is None:
            return found[-1].peak
        known = known[pd.DatetimeIndex(known.index) >= pd.Timestamp(over_on)]
    return pd.DatetimeIndex(known.index)[int(known.to_numpy().argmax())].date() if len(known) else date.min


def drawdown_table(found: Iterable[Drawdown]) -> pd.DataFrame:
    """One row per drawdown, columns `DRAWDOWN_COLUMNS`, days as ISO text, None where one goes on."""
    rows = [[_text(getattr(item, name)) for name in DRAWDOWN_COLUMNS] for item in found]
    return pd.DataFrame(rows, columns=list(DRAWDOWN_COLUMNS), dtype=object).astype({"depth": float})


def beside_market(
    episodes: Iterable[Episode], exuberance: Sequence[Spell] | None, falls: Sequence[Drawdown], settled: date = date.min
) -> pd.DataFrame:
    """One row per episode, columns `BESIDE_COLUMNS`, days as ISO text, None where there is none.

    `exuberant` and `in_drawdown` say whether the episode shares a day with a spell of exuberance, or with a drawdown
    from its peak to its trough. The drawdown named is the deepest of those, else the next that begins after the
    episode; `days_to_trough` counts from the narrative's peak to its trough, negative where the trough came first.
    What goes on is taken to go on without end; `trough_is_final` is False for a trough that may still move, `is_final`
    for a row in which anything may.

    Args:
        episodes: of one narrative or several.
        exuberance: spells of it; None where there was no telling.
        falls: drawdowns of the same price.
        settled: nothing that comes later can change spells or drawdowns of days before this one (`settled_before`).
    """
    rows = [_beside(episode, exuberance, falls, settled) for episode in episodes]
    return pd.DataFrame(rows, columns=list(BESIDE_COLUMNS), dtype=object)


def _beside(
    episode: Episode, exuberance: Sequence[Spell] | None, falls: Sequence[Drawdown], settled: date
) -> dict[str, object]:
    span = Spell(episode.start, episode.end)
    during = [item for item in falls if _overlap(span, Spell(item.peak, item.trough if item.over_on else None))]
    after = [item for item in falls if episode.end is not None and item.peak > episode.end]
    chosen = max(during, key=lambda item: item.depth, default=None) or min(after, key=lambda d: d.peak, default=None)
    row: dict[str, object] = {
        **{name: _text(getattr(episode, name)) for name in _OF_EPISODE},
        "exuberant": None if exuberance is None else any(_overlap(span, spell) for spell in exuberance),
        "in_drawdown": bool(during),
    }
    if chosen is None:
        return row | dict.fromkeys(_OF_DRAWDOWN) | {"is_final": False}
    is_over = chosen.over_on is not None
    return row | {
        "drawdown_peak": _text(chosen.peak),
        "drawdown_trough": _text(chosen.trough),
        "depth": chosen.depth,
        "days_to_trough": (chosen.trough - episode.peak).days,
        "trough_is_final": is_over,
        "is_final": is_over and episode.end is not None and episode.end < settled,
    }


def _overlap(a: Spell, b: Spell) -> bool:
    return a.start <= (b.end or date.max) and b.start <= (a.end or date.max)


def _drawdown(days: list[date], values: list[float], places: tuple[int, int, int], over_on: date | None) -> Drawdown:
    high, known, low = places
    return Drawdown(days[high], days[known], days[low], 1 - values[low] / values[high], over_on)


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
