"""The bundled model on the hard cases: what it gets right stays right, what it gets wrong is listed and stays listed.

Where a new model (or a mended label) changes that, the failing test prints the list for golden/hard_failures.json.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.checkpoint import load_classifier
from models.decisions import decide
from models.evaluation import predict_labelled
from models.passages import answers_of
from nlp.labelled import read_labelled

HARD = Path(__file__).parents[2] / "corpora" / "labels" / "hard.jsonl"
FAILURES = Path(__file__).parent / "golden" / "hard_failures.json"
CLOSE = 0.03
"""An answer this near to a threshold may fall on either side on another processor."""


@pytest.fixture(scope="module")
def wrong_and_close() -> tuple[set[str], set[str]]:
    classifier = load_classifier("default", device="cpu")
    rows = read_labelled([HARD])
    p = predict_labelled(classifier, rows)
    wrong = decide(p, classifier.thresholds) != answers_of(rows, classifier.narratives)
    distance = np.abs(p[:, :, 1:] - np.array(classifier.thresholds.values)[None]).min(axis=-1)
    rivals = np.abs(p[:, :, 1] - p[:, :, 2]) < CLOSE
    close = (distance < CLOSE) | (rivals & (p[:, :, 1:].max(-1) > 0.2))
    names = np.array([[f"{row.id} {name}" for name in classifier.narratives] for row in rows])
    return set(names[wrong].tolist()), set(names[close].tolist())


def test_what_was_right_is_right(wrong_and_close: tuple[set[str], set[str]]) -> None:
    wrong, close = wrong_and_close
    known = set(json.loads(FAILURES.read_text("utf-8")))
    assert not wrong - known - close, f"new failures; all of them now:\n{json.dumps(sorted(wrong), indent=1)}"


def test_what_was_mended_is_taken_off_the_list(wrong_and_close: tuple[set[str], set[str]]) -> None:
    wrong, close = wrong_and_close
    known = set(json.loads(FAILURES.read_text("utf-8")))
    assert not known - wrong - close, f"mended; all failures now:\n{json.dumps(sorted(wrong), indent=1)}"


def test_most_hard_cases_are_right(wrong_and_close: tuple[set[str], set[str]]) -> None:
    wrong, _ = wrong_and_close
    assert len(wrong) < 0.25 * 2 * len(read_labelled([HARD]))
