from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nlp.confusion import CONFUSION_COLUMNS, Confusion, ErrorRates, Reading, measure_confusion
from nlp.errors import InputError

RATES = ErrorRates(telling=Reading(40, 0.6, 0.2), quiet=Reading(160, 0.05, 0.1))


def scored(n_by_lang: dict[str, tuple[int, int]]) -> tuple[pd.DataFrame, dict[str, bool]]:
    """So many telling and quiet articles a language, read at .7 and .1 in turn with .8 and .2."""
    rows, told = [], {}
    for lang, counts in n_by_lang.items():
        for tells, n in zip((True, False), counts, strict=True):
            for i in range(n):
                article = f"{lang}-{tells}-{i}"
                rows.append({"article_id": article, "lang": lang, "bubble": (0.7 if tells else 0.1) + 0.1 * (i % 2)})
                told[article] = tells
    return pd.DataFrame(rows), told


def test_readings_are_means_by_language_and_all_together() -> None:
    scores, told = scored({"en": (6, 10), "zh-Hant": (8, 8), "ja": (1, 9)})
    table = measure_confusion(scores, {"bubble": told}, "m@1")
    assert list(table.columns) == list(CONFUSION_COLUMNS)
    assert sorted(set(table["lang"])) == ["all", "en", "zh"]
    confusion = Confusion.of_table(table)
    chinese = confusion.of("bubble", "zh-Hans")
    assert chinese == confusion.of("bubble", "zh")
    assert chinese.telling.n == 8
    assert chinese.telling.mean == pytest.approx(0.75)
    assert confusion.of("bubble", "ja") == confusion.of("bubble", "de")
    assert confusion.of("bubble", "ja").telling.n == 15
    assert confusion.of("liquidity_crisis", "en") is None


def test_the_order_of_the_articles_does_not_show() -> None:
    scores, told = scored({"en": (6, 10), "zh": (8, 8)})
    shuffled = scores.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        measure_confusion(scores, {"bubble": told}, "m"),
        measure_confusion(shuffled, {"bubble": dict(reversed(told.items()))}, "m"),
    )


def test_corrections_leave_a_mean_in_place_on_average_and_spread_with_what_was_measured() -> None:
    shift, slope = RATES.corrections(np.random.default_rng(0), 20_000)
    few = ErrorRates(Reading(5, 0.6, 0.2), Reading(20, 0.05, 0.1)).corrections(np.random.default_rng(0), 20_000)
    for intensity in (0.05, 0.3, 0.6):
        assert np.median(shift + slope * intensity) == pytest.approx(intensity, abs=0.01)
        assert np.std(few[0] + few[1] * intensity) > 2 * np.std(shift + slope * intensity)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model": ["a", "b"]}, "of 2 models"),
        ({"mean": [0.4, 0.3]}, "tell nothing apart"),
        ({"n": [9, 1]}, "no measured error"),
    ],
)
def test_errors_that_cannot_be_used_say_so(change: dict[str, list[object]], says: str) -> None:
    base = {
        "model": "m",
        "narrative": "bubble",
        "lang": "all",
        "told": [0, 1],
        "n": [9, 9],
        "mean": [0.1, 0.7],
        "sd": 0.1,
    }
    with pytest.raises(InputError, match=says):
        Confusion.of_table(pd.DataFrame({**base, **change}))
    with pytest.raises(InputError, match="lack sd"):
        Confusion.of_table(pd.DataFrame(base).drop(columns="sd"))


def test_too_few_rated_articles_are_refused() -> None:
    scores, told = scored({"en": (4, 30)})
    with pytest.raises(InputError, match="of 34 rated articles 4 tell bubble"):
        measure_confusion(scores, {"bubble": told}, "m")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sd": [0.1, None]}, "no measured error"),
        ({"mean": [10.0, 60.0]}, "no measured error"),
        ({"told": [0, None]}, "a row that is none"),
        ({"n": ["many", 9]}, "a row that is none"),
        ({"told": [1, 1]}, "twice"),
        ({"lang": ["en", "zh"]}, "lack the row"),
    ],
)
def test_a_broken_file_is_refused(change: dict[str, list[object]], says: str) -> None:
    base = {
        "model": "m",
        "narrative": "bubble",
        "lang": "all",
        "told": [0, 1],
        "n": [9, 9],
        "mean": [0.1, 0.7],
        "sd": 0.1,
    }
    with pytest.raises(InputError, match=says):
        Confusion.of_table(pd.DataFrame({**base, **change}))


def test_a_narrative_that_nobody_rated_is_left_out() -> None:
    scores, told = scored({"en": (6, 10)})
    table = measure_confusion(scores.assign(other=0.5), {"bubble": told, "other": {}}, "m")
    assert set(table["narrative"]) == {"bubble"}
    with pytest.raises(InputError, match="no article is rated"):
        measure_confusion(scores, {"bubble": {}}, "m")
