"""Writes translated paragraphs of the development data as articles, in which the keys of judged paragraphs are found.

Not a froth command: it needs `../shared/parallel`, whose rows hold a paragraph and its translation, not an article. The
keys are `corpora/labels/judged_paragraphs.csv`, for `restore_labels.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from nlp.tables import check_writable
from scripts.console import Tally, main
from scripts.pretraining_data import rows

__all__ = ["write_paragraphs"]

FILES = ("en_zh_finance_mt", "en_zh_general_mt")


def write_paragraphs(
    shared: Annotated[Path, typer.Option(help="The folder with parallel/.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A folder: zh/FILE.jsonl goes there.")],
) -> None:
    """Articles of one paragraph, the Chinese side of each pair."""
    tally = Tally()
    for name in FILES:
        path = out / "zh" / f"{name}.jsonl"
        check_writable(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            for article in _articles(rows(shared / f"parallel/{name}.jsonl.xz")):
                stream.write(json.dumps(article, ensure_ascii=False) + "\n")
                tally.n_added += 1
    tally.say()


def _articles(pairs: Iterator[dict[str, Any]]) -> Iterator[dict[str, str]]:
    for pair in pairs:
        text = pair["tgt"] if pair["tgt_lang"] == "zh" else pair["src"]
        yield {"id": pair["id"], "lang": "zh", "title": "", "text": text, "date": ""}


if __name__ == "__main__":
    main(write_paragraphs)
