from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nlp.errors import InputError
from nlp.published import Published, read_published
from nlp.trend import TrendOptions, trend_table


def written(path: Path, text: str) -> Path:
    path.write_text("date,n_published\n" + text)
    return path


def test_counts_are_added_up_over_a_period_and_unknown_ones_stay_unknown(tmp_path: Path) -> None:
    published = read_published(written(tmp_path / "p.csv", "2024-01-01,30\n2024-01-15,12\n2024-03-01,0\n"))
    assert published.of_period(pd.Period("2024-01", "M"), 5) == 42
    assert math.isnan(published.of_period(pd.Period("2024-02", "M"), 5))
    assert published.of_period(pd.Period("2024-03", "M"), 0) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2024-01-01,3\n2024-01-01,4\n", "2024-01-01 twice"),
        ("2024-01-01,-3\n", "row 1"),
        ("2024-01-01,3\n2024-1,4\n", "row 2"),
        ("2024-01-01,2.5\n", "row 1"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_published(written(tmp_path / "p.csv", text))


def test_a_selection_is_counted_against_all_that_was_published() -> None:
    scores = pd.DataFrame(
        {
            "article_id": list("abcd"), "published": ["2024-01-05"] * 2 + ["2024-02-05"] * 2, "first_seen": None,
            "story": list("abcd"), "source": "wire", "lang": "en", "bubble": [0.9, 0.1, 0.9, 0.1],
            "bubble_stance": [1.0, 0.0, -1.0, 0.0], "bubble_evidence": "x",
            "bubble_keywords": [1.0, 0.0, 1.0, 0.0], "stress_words": [0.1, 0.3, 0.0, 0.0],
        }
    )  # fmt: skip
    counts = {date(2024, 1, 1): 100, date(2024, 2, 1): 20}
    plain = trend_table(scores, options=TrendOptions(freq="M"))
    against = trend_table(scores, options=TrendOptions(freq="M", published=Published.of(counts)))
    assert plain["bubble_attention"].tolist() == [0.5, 0.5]
    assert against["bubble_attention"].tolist() == [0.01, 0.05]
    assert against["bubble_balance"].tolist() == [0.009, -0.045]
    assert against["bubble_keywords"].tolist() == [0.01, 0.05]
    assert plain["bubble_keywords"].tolist() == [0.5, 0.5]
    for untouched in ("bubble", "stress_words"):
        assert against[untouched].tolist() == plain[untouched].tolist()
    beyond = trend_table(scores, options=TrendOptions(freq="M", published=Published.of({date(2024, 2, 1): 20})))
    assert beyond["bubble_trailing"].isna().tolist() == [True, False]
    with pytest.raises(InputError, match="1 articles are said to have been published"):
        trend_table(scores, options=TrendOptions(freq="M", published=Published.of({date(2024, 1, 1): 1})))
    with pytest.raises(InputError, match=r"every 31 days and periods are of 7 at most"):
        trend_table(scores, options=TrendOptions(freq="W", published=Published.of(counts)))
