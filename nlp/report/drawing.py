"""The panels of a figure, drawn with matplotlib: intensities with bands and episodes, market series, the time axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, DateFormatter, date2num
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from nlp.report.data import ReportData
from nlp.trend import THIN_STORIES

__all__ = ["COLOURS", "INK", "MUTED", "draw_intensities", "draw_series", "plain_number", "shade_episodes", "share_time"]

COLOURS = ("#b4531f", "#1f5b8c", "#5d7030", "#7b4c80", "#2f7671", "#876716")
"""Of the narratives, as on the page in daylight."""
INK, MUTED = "#1c2024", "#62686f"

_GRID, _MARKET = "#e8e6e1", "#555d66"
_BAND, _SHADE = 0.17, 0.10
_HALF_PERIOD = {"D": 0.5, "W": 3.5, "M": 15.2}
_MARK, _MARK_STEP = 0.014, 0.024
_DOTTED, _HOLLOW = 80, 400
"""Up to so many periods every point has a dot; up to so many the thin ones have."""
_SOLID = 6
_THOUSAND = 1e4
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_YEARS, _MONTHS = 6 * 365, 120


def draw_intensities(axes: Axes, data: ReportData) -> None:
    """Every narrative's intensity with its 95% band; a gap where a period has no article, hollow where it is thin."""
    dates = _days(data)
    thin = (data.trend["n_stories"] < THIN_STORIES).to_numpy()
    top = 0.02
    for place, narrative in enumerate(data.narratives):
        tone = COLOURS[place % len(COLOURS)]
        value, low, high = (_values(data.trend[f"{narrative.id}{end}"]) for end in ("", "_low", "_high"))
        axes.fill_between(dates, low, high, color=tone, alpha=_BAND, linewidth=0)
        lonely = _lonely(value)
        axes.vlines(dates[lonely], low[lonely], high[lonely], color=tone, alpha=2 * _BAND, linewidth=2)
        axes.plot(dates, value, color=tone, linewidth=1.4, linestyle="-" if place < _SOLID else "--")
        dotted = lonely | (len(dates) <= _DOTTED) | (thin & (len(dates) <= _HOLLOW))
        for shown, face in ((dotted & ~thin, tone), (dotted & thin, "white")):
            axes.plot(
                dates[shown], value[shown], "o", color=tone, markerfacecolor=face, markersize=3, markeredgewidth=1
            )
        top = max(top, np.nanmax(np.append(np.concatenate([value, high]), 0.0)))
    axes.set_ylim(0, 1.06 * top)
    _plain(axes)


def draw_series(axes: Axes, data: ReportData, series: Mapping[str, Any]) -> None:
    """A market series on its own scale, with its name and its last value above it."""
    dates, values = _days(data), np.array(series["value"], dtype=float)
    axes.plot(dates, values, color=_MARKET, linewidth=1)
    lonely = _lonely(values)
    axes.plot(dates[lonely], values[lonely], "o", color=_MARKET, markersize=2.5)
    axes.set_title(str(series["name"]), loc="left", fontsize=8, color=INK, pad=3)
    known = values[~np.isnan(values)]
    if len(known):
        axes.set_title(plain_number(known[-1]), loc="right", fontsize=8, color=MUTED, pad=3)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    _plain(axes)


def shade_episodes(panels: Sequence[Axes], data: ReportData, episodes: Sequence[Mapping[str, Any]]) -> None:
    """Episodes lightly shaded through all panels, with a mark in full colour at the top of the first.

    The points stand at the first day of their period: the shade reaches half a period to either side of the outer ones.
    """
    dates, half = _days(data), _HALF_PERIOD[data.freq or "W"]
    for episode in episodes:
        place = episode["narrative"]
        tone, top = COLOURS[place % len(COLOURS)], 1 - _MARK_STEP * (place % len(COLOURS))
        start, end = dates[episode["start"]] - half, dates[episode["end"]] + half
        for axes in panels:
            axes.axvspan(start, end, color=tone, alpha=_SHADE, linewidth=0, zorder=0)
        panels[0].axvspan(start, end, ymin=top - _MARK, ymax=top, color=tone, linewidth=0, zorder=3)


def share_time(panels: Sequence[Axes], data: ReportData) -> None:
    """One time axis for all panels, labelled below the last; months and days as numbers, in any language."""
    dates = _days(data)
    pad = 10.0 if len(dates) < 2 else max(0.012 * (dates[-1] - dates[0]), 0.7)
    length = dates[-1] - dates[0]
    form = "%Y" if length > _YEARS else "%Y-%m" if length > _MONTHS else "%Y-%m-%d"
    for axes in panels:
        axes.set_xlim(dates[0] - pad, dates[-1] + pad)
        locator = AutoDateLocator(minticks=3, maxticks=8)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(DateFormatter(form))
        axes.tick_params(axis="x", labelbottom=axes is panels[-1])


def plain_number(value: float) -> str:
    """A number for an axis: four significant digits, thousands and more by their prefix, a true minus.

    >>> plain_number(-0.25), plain_number(1730.2), plain_number(23000.0)
    ('−0.25', '1730', '23k')
    """
    scale, prefix = 1.0, ""
    if abs(value) >= _THOUSAND:
        scale, prefix = next(pair for pair in _PREFIXES if abs(value) >= pair[0])
    return f"{value / scale:.4g}{prefix}".replace("-", "−")


def _plain(axes: Axes) -> None:
    axes.grid(axis="y", color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#dcdad4")
    axes.tick_params(colors=MUTED, labelsize=7.5, length=0)
    axes.tick_params(axis="x", length=3, color="#dcdad4")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: plain_number(value)))


def _days(data: ReportData) -> NDArray[np.float64]:
    days: NDArray[np.float64] = date2num(data.trend["date"].to_numpy())
    return days


def _values(column: pd.Series[float]) -> NDArray[np.float64]:
    return np.array(column, dtype=np.float64)


def _lonely(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where a value stands alone between gaps, so that a line would not show it."""
    found = np.zeros(len(values), dtype=bool)
    for run in _runs(values):
        found[run] = len(run) == 1
    return found


def _runs(values: NDArray[np.float64]) -> Iterator[list[int]]:
    for is_gap, run in groupby(range(len(values)), key=lambda i: bool(np.isnan(values[i]))):
        if not is_gap:
            yield list(run)
