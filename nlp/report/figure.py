"""The main figure of a report as a picture: narratives with bands and episodes above, market series below.

PNG at print resolution, or SVG with its letters as paths, which looks alike everywhere. It says what the page says, by
the same values (`nlp.report.market`, `nlp.report.episodes`). The same data and fonts give the same bytes.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from nlp.errors import InputError
from nlp.report.data import NamedNarrative, ReportData
from nlp.report.episodes import episode_places, episode_rule
from nlp.report.market import market_series
from nlp.safety import harmless
from nlp.tables import check_writable

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

__all__ = ["write_figure"]

Language = Literal["en", "zh"]

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType({
    "en": {
        "title": ReportData.title, "band": "95% band", "episode": "unusually loud (z ≥ {z:g})",
        "axis": "Intensity, 0 to 1", "snapshot": "froth, snapshot {id}", "made": "froth",
    },
    "zh": {
        "title": "叙事与市场", "band": "95% 区间", "episode": "异常活跃期（z ≥ {z:g}）",
        "axis": "强度，0 到 1", "snapshot": "froth，快照 {id}", "made": "froth",
    },
})  # fmt: skip
_FORMATS = (".png", ".svg")
_ALWAYS = "0123456789.,−-+%kMGT "
"""What the axes may write."""

_WIDTH, _UPPER, _STRIP, _LINE, _LEGEND, _BELOW = 7.5, 3.0, 0.78, 0.27, 0.45, 0.62
"""Inches: the figure's width, the panel of intensities, that of a series, a line of the title, the legend, the foot."""
_LEFT, _RIGHT = 0.075, 0.965
_GAP = 0.3
_TITLE_COLUMNS = 74
_PER_ROW, _SHORT, _LEGEND_ROW = 4, 24, 0.19
"""Entries of the legend in a row, half as many where one is longer than so many columns; inches of a further row."""
_DPI = 300


def write_figure(data: ReportData, path: Path, language: Language = "en") -> None:
    """Write the figure to `path`, PNG or SVG by its suffix, whole or not at all.

    Args:
        data: its `title` is the figure's, its `series` those below (else the report's own choice).
        path: where.
        language: of title, legend and narratives; a narrative without a name in it keeps the name it has.

    Raises:
        InputError: another suffix, no period to draw, a place that cannot be written, or no installed font that has
            every character.
    """
    import matplotlib

    from nlp.report.lettering import covering_family

    if path.suffix.lower() not in _FORMATS:
        raise InputError(f"{path} is no figure that can be written: name it {' or '.join(_FORMATS)}")
    if data.trend.empty:
        raise InputError("the trend has no period to draw")
    check_writable(path)
    words, made = _WORDS[language], io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        _set_up(covering_family([*_texts(data, language), *words.values(), _ALWAYS]))
        figure = _figure(data, language)
        if path.suffix.lower() == ".png":
            figure.savefig(made, format="png", dpi=_DPI, metadata={"Software": "froth"})
        else:
            figure.savefig(made, format="svg", metadata={"Date": None, "Creator": "froth"})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(made.getvalue())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _set_up(family: str) -> None:
    """Letters from one family, as paths; no dollar sign begins a formula; no random id in an SVG."""
    import matplotlib

    matplotlib.rc("font", family=[family])
    matplotlib.rc("text", parse_math=False)
    matplotlib.rc("svg", fonttype="path", hashsalt="froth")


def _texts(data: ReportData, language: Language) -> list[str]:
    names = [_name(narrative, language) for narrative in data.narratives]
    return [_title(data, language), _foot(data, language), *names, *(str(one["name"]) for one in _shown(data))]


def _figure(data: ReportData, language: Language) -> Figure:
    from matplotlib.figure import Figure

    from nlp.report.drawing import INK, MUTED, draw_intensities, draw_series, shade_episodes, share_time
    from nlp.report.lettering import n_columns, wrapped

    shown, episodes = _shown(data), episode_places(data)
    title = wrapped(_title(data, language), _TITLE_COLUMNS)
    legend = _legend(data, language)
    per_row = _PER_ROW if all(n_columns(str(entry.get_label())) <= _SHORT for entry in legend) else _PER_ROW // 2
    head = 0.2 + _LINE * len(title) + _LEGEND + _LEGEND_ROW * ((len(legend) - 1) // per_row)
    height = head + _UPPER + len(shown) * (_STRIP + _GAP) + _BELOW
    figure = Figure(figsize=(_WIDTH, height), facecolor="white")
    top = 1 - head / height
    upper = figure.add_axes((_LEFT, top - _UPPER / height, _RIGHT - _LEFT, _UPPER / height))
    panels = [upper]
    for place in range(len(shown)):
        bottom = top - (_UPPER + (place + 1) * (_STRIP + _GAP)) / height
        panels.append(figure.add_axes((_LEFT, bottom, _RIGHT - _LEFT, _STRIP / height)))
    shade_episodes(panels, data, episodes)
    draw_intensities(upper, data)
    upper.set_title(_WORDS[language]["axis"], loc="left", fontsize=8, color=INK, pad=3)
    for axes, series in zip(panels[1:], shown, strict=True):
        draw_series(axes, data, series)
    share_time(panels, data)
    figure.text(0.012, 1 - 0.2 / height, "\n".join(title), fontsize=13, color=INK, va="top", linespacing=1.3)
    figure.text(_RIGHT, 0.1 / height, _foot(data, language), fontsize=6.5, color=MUTED, ha="right")
    figure.legend(
        handles=legend, loc="lower left", bbox_to_anchor=(0.006, top + 0.19 / height), ncols=per_row, frameon=False,
        fontsize=8, handlelength=1.4, columnspacing=1.4, labelcolor=INK,
    )  # fmt: skip
    return figure


def _legend(data: ReportData, language: Language) -> list[Artist]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    from nlp.report.drawing import COLOURS

    words = _WORDS[language]
    entries: list[Artist] = [
        Line2D([], [], color=COLOURS[i % len(COLOURS)], linewidth=1.6, label=_name(narrative, language))
        for i, narrative in enumerate(data.narratives)
    ]
    entries.append(Patch(color="#dcdad4", label=words["band"]))
    if episode_places(data):
        label = words["episode"].format(z=episode_rule()["start_z"])
        entries.append(Patch(facecolor="#efede9", edgecolor="#62686f", linewidth=0.5, label=label))
    return entries


def _shown(data: ReportData) -> list[dict[str, object]]:
    return [series for series in market_series(data.trend, data.series) if series["on"]]


def _title(data: ReportData, language: Language) -> str:
    own = data.title != ReportData.title
    return harmless(data.title, 120) if own else _WORDS[language]["title"]


def _name(narrative: NamedNarrative, language: Language) -> str:
    names: Mapping[str, str] = getattr(narrative, "names", {})
    found = next((name for tag, name in names.items() if tag.split("-")[0] == language), narrative.name)
    return harmless(found, 60) or harmless(narrative.id, 60)


def _foot(data: ReportData, language: Language) -> str:
    words = _WORDS[language]
    return words["snapshot"].format(id=harmless(data.snapshot["id"], 40)) if data.snapshot else words["made"]
