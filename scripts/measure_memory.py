"""`python -m scripts.measure_memory`: the peak memory of scoring made articles from files, from few to many.

The articles are made by rule (words and figures at random, a third of them copies or edited copies, two languages, over
3,000 days), the classifier answers by rule and at once: what is measured is everything but the encoder, whose batches
do not grow. Each size is a process of its own. Prints a Markdown table; nothing is asserted.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.decisions import Thresholds
    from models.outcomes import Scorer
    from models.passages import Passage, Reading

__all__ = ["RuleClassifier", "made_articles", "measure_memory", "rule_scorer"]

ROOT = Path(__file__).resolve().parents[1]
_N_DAYS, _WIDTH = 3000, 384
_CHARACTERS = "资金市场利率股票债券上涨下跌银行流动性紧张泡沫投资者预期经济政策央行数据风险"


class RuleClassifier:
    """Answers at once, by the length of a sentence; its vectors are drawn from the length of the passage."""

    narratives = ("bubble", "liquidity_crisis")
    classes_ = ANSWERS
    model_id = "rule@0"

    def __init__(self) -> None:
        self._vectors = np.random.default_rng(0).normal(size=(1000, _WIDTH)).astype(np.float32)

    @property
    def thresholds(self) -> Thresholds:
        """One half."""
        from models.decisions import Thresholds

        return Thresholds.even(len(self.narratives))

    def predict_proba(self, passages: Sequence[Passage]) -> NDArray[np.float64]:
        """Shape: (n_judged, n_narratives, 3)."""
        lengths = np.array([len(text) for passage in passages for text in passage.judged])
        p = np.empty((len(lengths), len(self.narratives), len(ANSWERS)))
        p[..., 1], p[..., 2] = (lengths % 7 / 10)[:, None], (lengths % 3 / 10)[:, None]
        p[..., 0] = 1 - p[..., 1] - p[..., 2]
        return p

    def predict_with_vectors(self, passages: Sequence[Passage]) -> Reading:
        """Probabilities with vectors."""
        from models.passages import Reading

        places = [sum(map(len, passage.sentences)) % len(self._vectors) for passage in passages]
        return Reading(self.predict_proba(passages), self._vectors[places])


def rule_scorer(*, sentences: bool = False) -> Scorer:
    """A scorer with that classifier."""
    from models.outcomes import Scorer

    return Scorer(RuleClassifier(), sentences=sentences)


def made_articles(n: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Rows as in a JSONL file."""
    rng = random.Random(seed)  # noqa: S311
    words = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 9))) for _ in range(5000)]
    texts: list[tuple[str, str]] = []
    for number in range(n):
        lang = rng.choice(("en", "zh"))
        if texts and rng.random() < 0.3:
            lang, text = rng.choice(texts)
            text += rng.choice(("", " (end)", " Adds a line.", "（完）"))
        else:
            text = " ".join(_sentence(lang, words, rng) for _ in range(rng.randint(2, 6)))
        texts = [*texts[-500:], (lang, text)]
        day = number * _N_DAYS // n
        published = f"{2015 + day // 365}-{day % 365 // 31 + 1:02d}-{day % 28 + 1:02d}T{rng.randrange(24):02d}:00:00Z"
        yield {
            "id": f"{rng.getrandbits(64):016x}",
            "title": f"Title {number}",
            "text": text,
            "lang": lang,
            "source": f"source {rng.randrange(40)}",
            "published": published,
        }


def _sentence(lang: str, words: list[str], rng: random.Random) -> str:
    figure = f" {rng.randrange(10 ** rng.randint(1, 6))} "
    if lang == "zh":
        return "".join(rng.choices(_CHARACTERS, k=25)) + figure.strip() + "点。"
    return " ".join(rng.choices(words, k=12)).capitalize() + figure + rng.choice(words) + "."


def measure_memory(
    sizes: Annotated[list[int] | None, typer.Argument(help="Numbers of articles.", show_default=False)] = None,
    scratch: Annotated[
        Path | None, typer.Option(help="Where there is room: 4 GB a million.", show_default=False)
    ] = None,
    child: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Score made articles in processes of their own and print their peak memory."""
    if child is not None:
        _score(child)
        return
    sys.stdout.write("| articles | peak MiB | seconds | articles/s |\n|---|---|---|---|\n")
    for n in sizes or [100, 10_000, 100_000, 1_000_000]:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            path = Path(folder) / "articles.jsonl"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made_articles(n))
            started = time.perf_counter()
            command = [sys.executable, "-m", "scripts.measure_memory", "--child", str(path)]
            done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
            seconds = time.perf_counter() - started
        sys.stdout.write(f"| {n} | {float(done.stdout):.0f} | {seconds:.0f} | {n / seconds:.0f} |\n")
        sys.stdout.flush()


def _score(articles: Path) -> None:
    """Scores a file and prints the peak memory of this process in MiB."""
    from scripts.console import Tally
    from scripts.score_files import Wanted, score_files

    score_files([str(articles)], Wanted(articles.with_name("scores.csv")), rule_scorer(), Tally())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(f"{peak / (1024 if sys.platform != 'darwin' else 1024**2)}\n")


if __name__ == "__main__":
    typer.run(measure_memory)
