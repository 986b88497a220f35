"""`python -m scripts.measure_trend`: how long `froth trend` takes for many made article scores, as a whole process.

The scores are made by rule: addresses, titles and evidence of usual length, three in ten articles a copy of an earlier
one, two languages, ten years. Prints a Markdown table of wall and processor seconds (medians of repeats) and peak
memory; nothing is asserted.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from nlp.columns import scores_columns
from scripts.console import main
from scripts.froth_process import Measured, froth_process

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["made_scores", "measure_trend"]

_N_DAYS, _AT_ONCE = 3650, 50_000
_NARRATIVES = ("bubble", "liquidity_crisis")


def made_scores(n: int, n_sources: int, seed: int = 0) -> pd.DataFrame:
    """A table as `froth score` writes it."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    ids = np.array([f"{number:016x}" for number in rng.integers(2**63, size=n).tolist()])
    seconds = np.sort(rng.integers(_N_DAYS * 86400, size=n))
    moments = (np.datetime64("2015-01-01", "s") + seconds.astype("m8[s]")).astype(str)
    original = np.where(rng.random(n) < 0.3, np.maximum(np.arange(n) - rng.integers(1, 500, size=n), 0), np.arange(n))
    lang, source = rng.choice(["en", "zh"], n), rng.integers(n_sources, size=n)
    words = ["shares", "bonds", "credit", "bank", "funding", "yields", "prices", *"资金市场利率股票债券流动性"]
    table: dict[str, object] = {
        "article_id": ids,
        "url": [f"https://source{s}.example/markets/{i}/shares-and-bonds" for s, i in zip(source, ids, strict=True)],
        "source": [f"source {number}" for number in source.tolist()],
        "lang": lang,
        "published": [f"{moment}Z" for moment in moments.tolist()],
        "first_seen": None,
        "story": ids[original],
        "title": _texts(n, 9, words, rng),
        "n_sentences": rng.integers(3, 40, size=n),
    }
    for name in _NARRATIVES:
        table[name] = np.round(rng.beta(0.4, 3.0, size=n), 6)
        table[f"{name}_stance"] = np.round(rng.uniform(-1, 1, size=n), 6)
        table[f"{name}_evidence"] = _texts(n, 22, words, rng)
    return pd.DataFrame({**table, "model": "made@0"})[list(scores_columns(_NARRATIVES))]


def _texts(n: int, n_words: int, words: list[str], rng: np.random.Generator) -> list[str]:
    chosen: NDArray[np.str_] = rng.choice(np.array(words), size=(n, n_words))
    return [" ".join(row) for row in chosen.tolist()]


def measure_trend(
    n: Annotated[int, typer.Option(help="Article scores.")] = 1_000_000,
    sources: Annotated[str, typer.Option(help="Numbers of sources, with commas.")] = "3,500",
    freq: Annotated[str, typer.Option(help="D, W or M.")] = "D",
    repeats: Annotated[int, typer.Option(min=1, help="Counted runs of each row.")] = 3,
    scratch: Annotated[Path | None, typer.Option(help="Where there is room: 1 GB.", show_default=False)] = None,
) -> None:
    """Aggregate made scores in processes of their own and print what it took."""
    from nlp.tables import TableWriter

    sys.stdout.write(
        "| scores | sources | file | seconds | processor seconds | peak MiB |\n|---|---|---|---|---|---|\n"
    )
    for n_sources in map(int, sources.split(",")):
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            table = made_scores(n, n_sources)
            for kind in ("csv", "parquet"):
                path = Path(folder) / f"scores.{kind}"
                with TableWriter(path, list(table.columns)) as writer:
                    for start in range(0, n, _AT_ONCE):
                        writer.add_table(table[start : start + _AT_ONCE])
                runs = [
                    froth_process(["trend", str(path), "--freq", freq, "-o", f"{folder}/trend.csv"])
                    for _ in range(repeats)
                ]
                _print(n, n_sources, kind, runs)


def _print(n: int, n_sources: int, kind: str, runs: list[Measured]) -> None:
    seconds, processor = (statistics.median(getattr(r, name) for r in runs) for name in ("seconds", "processor"))
    peak = max(run.peak_mib for run in runs)
    sys.stdout.write(f"| {n} | {n_sources} | {kind} | {seconds:.1f} | {processor:.1f} | {peak:.0f} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(measure_trend)
