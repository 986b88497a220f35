"""Measures a screen on articles that were read whole: what it misses, what it saves, what it changes.

Recall is of the sentences that the full reading calls assert or reject, by the thresholds of the model; its interval is
Clopper and Pearson's. The sentences of windows that are read keep their probabilities to the bit, so a missed sentence
is a changed answer, and no other is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.full_readings import FullReading, said_of
from models.scoring import sentence_score
from nlp.intensity import asserts, score_narrative
from nlp.schema import NarrativeScore, Sentence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier
    from models.screen import Screen

__all__ = ["ARTICLE_COLUMNS", "RECALL_COLUMNS", "SAVED_COLUMNS", "ScreenMeasures", "measure_screen"]

RECALL_COLUMNS = ("lang", "narrative", "n_said", "n_missed", "recall", "low", "high")
SAVED_COLUMNS = ("lang", "n_articles", "n_sentences", "candidates", "windows", "tokens", "tokens_needed")
"""Shares of sentences that are candidates, of windows and tokens that are read, and of those that hold what is said."""
ARTICLE_COLUMNS = ("lang", "narrative", "mean_change", "largest_change", "over_05", "spearman", "asserting_changed")
"""Of intensity: mean and maximum of the absolute change, the share of articles where it is over .05, rank correlation,
and in how many articles it changes whether they assert the narrative."""


@dataclass(frozen=True, slots=True)
class ScreenMeasures:
    """Tables of `RECALL_COLUMNS`, `SAVED_COLUMNS` and `ARTICLE_COLUMNS`."""

    recall: pd.DataFrame
    saved: pd.DataFrame
    articles: pd.DataFrame


def measure_screen(screen: Screen, readings: Sequence[FullReading], classifier: NarrativeClassifier) -> ScreenMeasures:
    """What the screen does on articles that `classifier` read whole, by language.

    Args:
        screen: of that classifier.
        readings: of articles that it did not learn from.
        classifier: its thresholds and narratives.
    """
    recall: list[dict[str, object]] = []
    saved: list[dict[str, object]] = []
    articles: list[dict[str, object]] = []
    by_lang: dict[str, list[FullReading]] = {}
    for reading in readings:
        by_lang.setdefault(reading.lang.partition("-")[0], []).append(reading)
    for lang, own in sorted(by_lang.items()):
        passed = _passed(screen, own, classifier)
        recall += [{"lang": lang, **row} for row in _recall(passed, classifier.narratives)]
        saved.append({"lang": lang, **_saved(passed, own)})
        articles += [{"lang": lang, **row} for row in _articles(passed, own, classifier.narratives)]
    return ScreenMeasures(
        pd.DataFrame(recall, columns=list(RECALL_COLUMNS)),
        pd.DataFrame(saved, columns=list(SAVED_COLUMNS)),
        pd.DataFrame(articles, columns=list(ARTICLE_COLUMNS)),
    )


@dataclass(frozen=True, slots=True)
class _Passed:
    """What passed the screen: sentences (n,), with what is said (n, n_narratives); windows (n_windows,)."""

    candidates: NDArray[np.bool_]
    read: NDArray[np.bool_]
    said: NDArray[np.bool_]
    windows_read: NDArray[np.bool_]
    windows_needed: NDArray[np.bool_]
    full: NDArray[np.float64]
    screened: NDArray[np.float64]


def _passed(screen: Screen, readings: Sequence[FullReading], classifier: NarrativeClassifier) -> _Passed:
    full = np.concatenate([reading.probabilities for reading in readings])
    sifted = screen.sift(
        [reading.passage for reading in readings], [reading.tokens for reading in readings], classifier.layout.sep
    )
    said = said_of(full, classifier.thresholds)
    firsts = np.cumsum([0, *(len(reading.window_tokens) for reading in readings)])
    windows = np.concatenate([reading.windows + first for reading, first in zip(readings, firsts[:-1], strict=True)])
    windows_read, windows_needed = np.zeros(firsts[-1], dtype=bool), np.zeros(firsts[-1], dtype=bool)
    windows_read[windows[sifted.candidates]] = True
    windows_needed[windows[said.any(axis=1)]] = True
    read = windows_read[windows]
    screened = np.where(read[:, None, None], full, sifted.probabilities)
    return _Passed(sifted.candidates, read, said, windows_read, windows_needed, full, screened)


def _recall(passed: _Passed, narratives: Sequence[str]) -> list[dict[str, object]]:
    """Rows per narrative, `all` first, which is of sentences that say something of any."""
    from scipy.stats import beta

    rows: list[dict[str, object]] = []
    said_by_name = {"all": passed.said.any(axis=1)} | dict(zip(narratives, passed.said.T, strict=True))
    for narrative, said in said_by_name.items():
        n, missed = int(said.sum()), int((said & ~passed.read).sum())
        hits = n - missed
        low = float(beta.ppf(0.025, hits, missed + 1)) if hits else 0.0
        high = float(beta.ppf(0.975, hits + 1, missed)) if missed else 1.0
        share = hits / n if n else float("nan")
        rows.append(
            {"narrative": narrative, "n_said": n, "n_missed": missed, "recall": share, "low": low, "high": high}
        )
    return rows


def _saved(passed: _Passed, readings: Sequence[FullReading]) -> dict[str, object]:
    sizes = np.concatenate([reading.window_tokens for reading in readings])
    return {
        "n_articles": len(readings),
        "n_sentences": len(passed.read),
        "candidates": float(passed.candidates.mean()),
        "windows": float(passed.windows_read.mean()),
        "tokens": float(sizes[passed.windows_read].sum() / sizes.sum()),
        "tokens_needed": float(sizes[passed.windows_needed].sum() / sizes.sum()),
    }


def _articles(passed: _Passed, readings: Sequence[FullReading], narratives: Sequence[str]) -> list[dict[str, object]]:
    from scipy.stats import spearmanr

    full, screened = (_scores(p, readings, narratives) for p in (passed.full, passed.screened))
    rows: list[dict[str, object]] = []
    for narrative in narratives:
        before, after = ([scores[narrative] for scores in side] for side in (full, screened))
        intensities = np.array([[score.intensity for score in side] for side in (before, after)])
        change = np.abs(intensities[1] - intensities[0])
        asserting = [
            asserts(one.intensity, one.stance) != asserts(other.intensity, other.stance)
            for one, other in zip(before, after, strict=True)
        ]
        rows.append(
            {
                "narrative": narrative,
                "mean_change": float(change.mean()),
                "largest_change": float(change.max()),
                "over_05": float((change > 0.05).mean()),
                "spearman": float(spearmanr(*intensities).statistic)
                if np.ptp(intensities, axis=1).all()
                else float("nan"),
                "asserting_changed": int(np.sum(asserting)),
            }
        )
    return rows


def _scores(
    p: NDArray[np.float64], readings: Sequence[FullReading], narratives: Sequence[str]
) -> list[dict[str, NarrativeScore]]:
    found, row = [], 0
    for reading in readings:
        scores = [
            sentence_score(Sentence(reading.article_id, index, 0, len(text), text), p[row + index], narratives)
            for index, text in enumerate(reading.passage.judged)
        ]
        row += len(scores)
        found.append({narrative: score_narrative(scores, narrative) for narrative in narratives})
    return found
