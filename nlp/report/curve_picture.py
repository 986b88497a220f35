"""A learning curve as a picture: average precision of assert against labelled articles, a line and band a way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nlp.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw_curve"]

_INK = {"froth": "#1b6ca8", "tfidf": "#8a8a8a", "setfit": "#c8641e"}


def draw_curve(table: pd.DataFrame, path: Path) -> None:
    """Writes a PNG with a panel a narrative, from a table with the columns of `froth curve`.

    Raises:
        InputError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    shown = table[(table["answer"] == "assert") & (table["measure"] == "average_precision")]
    names = sorted(set(shown["narrative"]))
    figure = Figure(figsize=(5 * max(1, len(names)), 4), layout="constrained")
    for panel, name in zip(figure.subplots(1, max(1, len(names)), squeeze=False)[0], names, strict=False):
        for way, some in shown[shown["narrative"] == name].groupby("way", sort=False):
            colour = _INK.get(str(way), "#444444")
            panel.plot(some["n_articles"], some["median"], marker="o", color=colour, label=str(way))
            panel.fill_between(some["n_articles"], some["low"], some["high"], color=colour, alpha=0.15, linewidth=0)
        panel.set(title=name, xlabel="labelled articles", ylabel="average precision of assert", ylim=(0, 1))
        panel.set_xscale("log")
        panel.minorticks_off()
        panel.set_xticks(
            sorted(set(shown["n_articles"])), [str(n) for n in sorted(set(shown["n_articles"]))], minor=False
        )
        panel.legend(frameon=False)
    try:
        figure.savefig(path, format="png", dpi=150)
    except OSError as error:
        raise InputError(f"the picture cannot be written to {path} ({error}): choose another --picture") from error
