"""Measures page extraction on pages with known text: what froth extracts and, on request, each extractor alone.

Not a froth command. The measure is that of scrapinghub/article-extraction-benchmark: shingles of four tokens counted as
multisets; precision and recall per page, averaged over pages (pages without shingles on that side left out); F1 of the
two averages. A token is a run of word characters; in a set named chinese*, a single Han character or such a run
of others. Speed is pages per second of the whole process, start and imports included, on the cores that it used.
"""

from __future__ import annotations

import base64
import json
import lzma
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from scripts.console import main

__all__ = ["Accuracy", "measure", "measure_extraction"]

_WORD = re.compile(r"\w+")
_HAN_OR_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
_N = 4
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """A page with its true text."""

    name: str
    url: str | None
    html: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Averages over the pages of a set, and the names of those of which less than half was found."""

    precision: float
    recall: float
    f1: float
    lost: tuple[str, ...]


def measure_extraction(
    pages: Annotated[list[Path], typer.Argument(help="JSONL.xz files of pages: id, url?, html_base64, text.")],
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
    extractor: Annotated[str, typer.Option(help="froth, or one of scrapers.voters.EXTRACTORS alone.")] = "froth",
) -> None:
    """Prints a line per set: pages, precision, recall, F1, pages under half recall; then pages per second."""
    n_pages = 0
    with ProcessPoolExecutor(workers) as pool:
        for path in pages:
            samples = list(read_samples(path))
            found = list(pool.map(_Extraction(extractor), samples, chunksize=_CHUNK))
            n_pages += len(samples)
            accuracy = measure(samples, found, chinese=path.name.startswith("chinese"))
            sys.stdout.write(
                f"{path.name.split('.')[0]:<16} {extractor}: {len(samples)} pages, precision {accuracy.precision:.4f}, "
                f"recall {accuracy.recall:.4f}, F1 {accuracy.f1:.4f}, under half recall: {len(accuracy.lost)} "
                f"{' '.join(accuracy.lost)}\n"
            )
    seconds = time.time() - _started_at()
    sys.stdout.write(f"{n_pages / seconds:.1f} pages/s, whole process, {workers} workers\n")


def read_samples(path: Path) -> Iterator[Sample]:
    """The pages of a file, in its order."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield Sample(row["id"], row.get("url"), base64.b64decode(row["html_base64"]), row["text"])


def measure(samples: Sequence[Sample], found: Sequence[str], *, chinese: bool) -> Accuracy:
    """The benchmark's averages of what was found against the samples' texts."""
    token = _HAN_OR_WORD if chinese else _WORD
    precisions, recalls, lost = [], [], []
    for sample, text in zip(samples, found, strict=True):
        ours, true = _shingles(text, token), _shingles(sample.text, token)
        n_shared = (ours & true).total()
        if ours:
            precisions.append(n_shared / ours.total())
        if true:
            recalls.append(n_shared / true.total())
            lost += [sample.name] if recalls[-1] < 1 / 2 else []
    precision, recall = _mean(precisions), _mean(recalls)
    both = precision + recall
    return Accuracy(precision, recall, 2 * precision * recall / both if both else 0.0, tuple(lost))


@dataclass(frozen=True, slots=True)
class _Extraction:
    """A function that processes can be sent: a page into the text that the named extractor finds."""

    extractor: str

    def __call__(self, sample: Sample) -> str:
        from nlp.errors import ExtractionError

        try:
            return _whole(sample) if self.extractor == "froth" else _alone(self.extractor)(sample)
        except ExtractionError:
            return ""


def _whole(sample: Sample) -> str:
    from scrapers.extraction import extract_page

    return extract_page(sample.html, url=sample.url).text


def _alone(extractor: str) -> Callable[[Sample], str]:
    from scrapers.charsets import decode_html
    from scrapers.voters import EXTRACTORS, Page, parse_markup

    return lambda sample: EXTRACTORS[extractor](Page(parse_markup(decode_html(sample.html))))


def _shingles(text: str, token: re.Pattern[str]) -> Counter[tuple[str, ...]]:
    tokens = token.findall(text)
    return Counter(tuple(tokens[i : i + _N]) for i in range(max(1, len(tokens) - _N + 1)) if tokens)


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _started_at() -> float:
    """When this process was started, in seconds of the epoch (Linux; else the time of the first import is lost)."""
    stat = Path("/proc/self/stat")
    if not stat.exists():
        return time.time() - time.process_time()
    ticks = float(stat.read_text().rsplit(")", 1)[1].split()[19])
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return time.time() - (uptime - ticks / os.sysconf("SC_CLK_TCK"))


if __name__ == "__main__":
    main(measure_extraction)
