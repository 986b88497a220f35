"""Scores in several files and folders of shards give the trend of the same scores in one table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nlp.columns import scores_columns
from nlp.errors import InputError
from nlp.score_tables import read_scores
from nlp.tables import write_table
from nlp.trend import trend_table


def made_scores(n: int, first: int = 0) -> pd.DataFrame:
    numbers = range(first, first + n)
    return pd.DataFrame(
        {
            "article_id": [f"a{number}" for number in numbers],
            "source": [None if number % 5 == 0 else f"s{number % 3}" for number in numbers],
            "lang": "en",
            "published": [f"2024-01-{1 + number % 20:02d}T0{number % 10}:00:00Z" for number in numbers],
            "story": [f"a{number - number % 2}" for number in numbers],
            "title": "'quoted' and =1+1",
            "n_sentences": 3,
            "x": [round(number % 7 / 9, 6) for number in numbers],
            "x_stance": [round(number % 4 / 3 - 0.5, 6) for number in numbers],
            "x_evidence": "It's so; -2",
            "model": "m@0",
        }
    ).reindex(columns=list(scores_columns(["x"])))


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Of 60 scores; the first shard knows no address, nor anything of when an article was first seen."""
    folder, scores = tmp_path / "scores", made_scores(60)
    for place, name in enumerate(("00-0.parquet", "00-1.parquet", "01-0.parquet")):
        write_table(scores[20 * place : 20 * place + 20], folder / name, list(scores.columns))
    (folder / ".00-0.parquet.beef").write_bytes(b"half of it")
    return folder


def test_a_folder_of_shards_and_files_are_one_table(shards: Path, tmp_path: Path) -> None:
    more = made_scores(20, first=60)
    write_table(more, tmp_path / "more.csv", list(more.columns))
    found = read_scores([shards, tmp_path / "more.csv"])
    expected = made_scores(80)
    assert found["article_id"].tolist() == expected["article_id"].tolist()
    assert set(found["title"]) == {"'quoted' and =1+1"}
    pd.testing.assert_frame_equal(trend_table(found), trend_table(expected), check_exact=True)


def test_an_article_in_two_tables_is_refused(shards: Path, tmp_path: Path) -> None:
    more = made_scores(2, first=59)
    write_table(more, tmp_path / "more.csv", list(more.columns))
    with pytest.raises(InputError, match=r"article a59 is in .*scores and in .*more.csv: give each article once"):
        read_scores([shards, tmp_path / "more.csv"])


def test_tables_with_other_narratives_are_refused(shards: Path, tmp_path: Path) -> None:
    more = made_scores(2, first=60).rename(columns=lambda name: name.replace("x", "y"))
    write_table(more, tmp_path / "more.csv", list(more.columns))
    with pytest.raises(InputError, match=r"do not have the same columns \(x, x_evidence, x_stance, y, .*only in one"):
        read_scores([shards, tmp_path / "more.csv"])


def test_folders_that_are_no_table_say_why(shards: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty is a folder without Parquet files"):
        read_scores([tmp_path / "empty"])
    write_table([{"n": 1}], shards / "02-0.parquet", ["n"])
    with pytest.raises(InputError, match=r"02-0.parquet has the columns n and 00-0.parquet beside it article_id"):
        read_scores([shards])
    (shards / "_parts").mkdir()
    with pytest.raises(InputError, match=r"is being written, or the run that wrote it was broken off"):
        read_scores([shards])
