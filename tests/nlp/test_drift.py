"""Drift: distances against their definitions, chance that is called chance, and change that is found."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp

from nlp.divergences import jensen_shannon, kolmogorov_smirnov, mean_difference, stability_index, total_variation
from nlp.drift import DRIFT_COLUMNS, TOO_FEW, drift
from nlp.drift_words import DRIFT_WORD_COLUMNS, drift_words
from nlp.profiles import Corpus, Text, profile_of

NONE = np.zeros(3)


def test_distances_are_what_they_are_defined_as() -> None:
    old, new = np.array([30.0, 50.0, 20.0]), np.array([10.0, 20.0, 70.0])
    assert total_variation(old, new, NONE) == pytest.approx(0.5)
    assert jensen_shannon(old, new, NONE) == pytest.approx(jensenshannon(old, new, base=2) ** 2)
    samples = [np.repeat([0, 1, 2], counts.astype(int)) for counts in (old, new)]
    assert kolmogorov_smirnov(old, new, NONE) == pytest.approx(ks_2samp(*samples).statistic)
    p, q = (old + 0.5) / 101.5, (new + 0.5) / 101.5
    assert stability_index(old, new, NONE) == pytest.approx(float(np.sum((q - p) * np.log(q / p))))
    assert mean_difference(old, new, np.array([0.0, 1.0, 2.0])) == pytest.approx(1.6 - 0.9)


def texts(rng: np.random.Generator, n: int, *, shift: float = 0.0, lang: str = "en") -> list[Text]:
    """Articles each of a theme of its own whose words it repeats, as articles do; `shift` of them of a new theme."""
    found = []
    for number in range(n):
        theme = "new" if rng.random() < shift else f"theme{rng.integers(12)}"
        words = [f"{theme}{'abcdefgh'[k]}" for k in rng.integers(0, 8, 15)] + ["market", "said", "prices"]
        length = int(rng.integers(5, 19))
        sentences = [" ".join(words[:length]) for _ in range(3)]
        found.append(Text(f"{rng.integers(1 << 60)}-{number}", lang, f"paper{rng.integers(5)}", sentences))
    return found


def by_measure(table: pd.DataFrame) -> dict[str, dict[str, object]]:
    return {str(row["measure"]): row for row in table.to_dict("records")}


@pytest.mark.parametrize("as_profile", [False, True])
def test_chance_is_called_chance(as_profile: bool) -> None:
    tested = ("sources", "vocabulary", "sentence_length")  # the other two never vary here
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        old, new = Corpus.of(texts(rng, 300)), Corpus.of(texts(rng, 60))
        found.append(by_measure(drift(profile_of(old) if as_profile else old, new)))
    p = np.array([[float(str(row["p_value"])) for row in one.values() if row["measure"] in tested] for one in found])
    # Of 36 tests one in twenty is below .05 by chance: more than 6 has a chance of four in a thousand.
    assert (p < 0.05).sum() <= 6
    assert 0.35 < p.mean() < 0.65
    vocabulary = [one["vocabulary"] for one in found]
    excess = [float(str(row["value"])) - float(str(row["expected"])) for row in vocabulary]
    assert abs(np.mean(excess)) < 0.01


def test_words_that_chance_made_frequent_are_no_drift() -> None:
    """With the words to compare chosen by the very counts that are compared, the mean of these would be .23."""
    p = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        old, new = (
            [Text(str(rng.integers(1 << 60)), "en", "", [" ".join(map(_name, rng.zipf(1.3, 60)))]) for _ in range(n)]
            for n in (400, 200)
        )
        found = by_measure(drift(profile_of(Corpus.of(old)), Corpus.of(new)))
        p.append(float(str(found["vocabulary"]["p_value"])))
    assert np.mean(p) > 0.3


def _name(rank: int) -> str:
    return "w" + "".join("abcdefghij"[int(digit)] for digit in str(rank % 20_000))


def test_change_is_found_where_it_is() -> None:
    rng = np.random.default_rng(0)
    old, new = texts(rng, 300), texts(rng, 150, shift=0.4)
    table = drift(Corpus.of(old), Corpus.of(new))
    assert tuple(table.columns) == DRIFT_COLUMNS
    found = by_measure(table)
    assert found["vocabulary"]["verdict"] == "large drift"
    assert float(str(found["vocabulary"]["low"])) > float(str(found["vocabulary"]["expected"]))
    assert found["sources"]["verdict"] == found["sentence_length"]["verdict"] == "no drift seen"
    words = drift_words(Corpus.of(old), Corpus.of(new))
    assert {str(row["word"])[:3] for row in words if row["direction"] == "new"} == {"new"}
    assert set(words[0]) == set(DRIFT_WORD_COLUMNS)


def test_what_moved_is_said() -> None:
    rng = np.random.default_rng(0)
    old = texts(rng, 180) + texts(rng, 20, lang="zh")
    found = by_measure(drift(Corpus.of(old), Corpus.of(texts(rng, 50) + texts(rng, 150, lang="zh"))))
    assert found["languages"]["value"] == pytest.approx(0.65)
    assert found["languages"]["moved"] == "en 90.0% → 25.0%; zh 10.0% → 75.0%"


def test_confidence_that_falls_is_found() -> None:
    rng = np.random.default_rng(0)

    def corpus(n: int, doubt: float) -> Corpus:
        answers = [
            {"near_threshold/bubble": Counter("1" if rng.random() < doubt else "0" for _ in range(5))} for _ in range(n)
        ]
        return Corpus.of(texts(rng, n), answers)

    row = by_measure(drift(corpus(200, 0.1), corpus(100, 0.3)))["near_threshold"]
    assert (row["old"], row["new"]) == (pytest.approx(0.1, abs=0.03), pytest.approx(0.3, abs=0.05))
    assert row["verdict"] == "large drift"


def test_too_few_articles_give_no_verdict() -> None:
    rng = np.random.default_rng(0)
    table = drift(Corpus.of(texts(rng, 100)), Corpus.of(texts(rng, 4, shift=1)))
    assert set(table["verdict"]) == {TOO_FEW}
    assert table["p_value"].isna().all()
