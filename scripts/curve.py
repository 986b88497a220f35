"""`froth curve`: how good a model is after so many labelled articles, beside TF-IDF and SetFit on the same ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.console import DeviceOption, main, progress

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["curve"]


def curve(
    labelled: Annotated[
        list[Path], typer.Argument(help="Labelled sentences to learn from (JSONL).", show_default=False)
    ],
    test: Annotated[Path, typer.Option(help="Labelled sentences of other articles to measure on.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The curve as a table (CSV).")],
    picture: Annotated[
        Path | None, typer.Option(help="The curve of assert as a picture (PNG).", show_default=False)
    ] = None,
    base: Annotated[str, typer.Option(help="default, a hub name, a folder of a model or an encoder.")] = "default",
    articles: Annotated[
        str, typer.Option(help="Numbers of articles to learn from; all stands for as many as there are.")
    ] = "10,25,50,100,all",
    seeds: Annotated[int, typer.Option(min=1, help="Draws of articles for each number.")] = 3,
    without_setfit: Annotated[bool, typer.Option("--without-setfit", help="Compare with TF-IDF alone.")] = False,
    seed: Annotated[int, typer.Option(help="The first of the seeds.")] = 0,
    device: DeviceOption = "auto",
) -> None:
    """Measure heads for few labels (`froth train --method head`), TF-IDF and SetFit after growing numbers of articles.

    Prints average precision and F1 of each narrative and answer: the median over seeds, its 95% band over test articles
    and seeds, and the paired gain of froth on the others. SetFit takes minutes a model on a processor.
    """
    from models.curve import CURVE_COLUMNS, CurvePlan, learning_curve
    from models.manifest import BUNDLED, model_folder
    from models.training_config import TrainingConfig
    from nlp.labelled import read_labelled
    from nlp.tables import check_writable, write_table

    check_writable(out, picture, read=[*labelled, test])
    rows, measured = read_labelled(labelled), read_labelled([test])
    plan = CurvePlan.parsed(articles, n_seeds=seeds, with_setfit=not without_setfit)
    with progress("training") as advance:
        table = learning_curve(
            rows,
            measured,
            base=str(model_folder(base)) if base in BUNDLED else base,
            plan=plan,
            config=TrainingConfig(seed=seed, device=device),
            on_step=advance,
        )
    write_table(table, out, list(CURVE_COLUMNS))
    if picture is not None:
        from nlp.report.curve_picture import draw_curve

        draw_curve(table, picture)
    sys.stdout.write(f"{_shown(table)}\n")
    sys.stderr.write(f"added {len(rows) + len(measured)}, skipped 0, failed 0\n")


def _shown(table: pd.DataFrame) -> str:
    """The table for the terminal: each value with its band in one cell."""
    names = [
        "median",
        *(name for name in map(str, table.columns) if name.startswith("gain") and not name.endswith(("_low", "_high"))),
    ]
    shown = table[["narrative", "answer", "measure", "n_articles", "n_sentences", "way"]].copy()
    for name in names:
        ends = ("low", "high") if name == "median" else (f"{name}_low", f"{name}_high")
        shown[name] = [
            "" if value != value else f"{value:.3f} ({low:.3f} to {high:.3f})"
            for value, low, high in zip(table[name], table[ends[0]], table[ends[1]], strict=True)
        ]
    return shown.loc[:, (shown != "").any()].to_string(index=False)


if __name__ == "__main__":
    main(curve)
