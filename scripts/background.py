"""Draws background rows for training: headlines and flashes that touch no narrative's cues, taken as `none`.

Not a froth command. Judged sentences are mostly drawn to be informative, so that a model trained on them alone has
hardly seen what most headlines are like. A random headline asserts a narrative in two to four cases of a hundred, one
without any cue or driver phrase in far fewer; as weak negatives they cost little and teach what is ordinary.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from nlp.errors import Failure
from nlp.labelled import LabelledSentence, write_labelled

__all__ = ["background"]

FILES = {
    "en/reuters_headlines_2007_2016": 800,
    "en/sp500_headlines_2008_2024": 500,
    "zh/cls_telegraph_2026": 350,
    "zh/jin10_flash_2026": 350,
    "zh/netease_finance_2018_2020": 150,
    "zh/stockcrash_news": 200,
    "zh/cctv_news_2022_2026": 200,
}
"""Rows wanted of each file, by its name below the folder of texts."""

_LONGEST = 160


def background(
    texts: Annotated[Path, typer.Argument(help="The folder with en/ and zh/ (*.jsonl.xz).")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Labelled sentences (JSONL).")],
) -> None:
    """Writes the rows; the same files give the same rows."""
    rows = [row for name, wanted in FILES.items() for row in _rows(texts / f"{name}.jsonl.xz", wanted)]
    typer.echo(f"{write_labelled(out, rows)} rows in {out}", err=True)


def _rows(path: Path, wanted: int) -> Iterator[LabelledSentence]:
    from nlp.language import normalise
    from nlp.narratives import DriverMatcher, load_narratives
    from nlp.reading.json_lines import json_rows

    narratives = load_narratives()
    matcher = DriverMatcher(narratives)
    rows = [row.value for row in json_rows(path) if not isinstance(row, Failure)]
    random.Random(0).shuffle(rows)  # noqa: S311 - sampling, not secrets
    for row in rows:
        text = normalise(str(row["title"] or row["text"])).strip()
        lang = str(row["lang"])
        if wanted and 0 < len(text) <= _LONGEST and not matcher.cues(text, lang) and not matcher.drivers(text, lang):
            wanted -= 1
            labels = {narrative.id: 0 for narrative in narratives}
            yield LabelledSentence(
                id=f"background-{row['id']}",
                lang=lang,
                text=text,
                labels=labels,
                date=str(row["date"]),
                source=path.name,
                article=str(row["id"]),
                stratum="background",
            )


if __name__ == "__main__":
    typer.run(background)
