"""Scores in several files and folders of shards give the trend of the same scores in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from nlp.columns import scores_columns
from nlp.errors import InputError
from nlp.score_tables import read_scores
from nlp.tables import write_table
from nlp.trend import trend_table
from tests.object_server import served_as_bucket


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


@pytest.fixture
def bucket(shards: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """By a key the URL of what lies beside the shards, in a bucket of an S3 server."""
    # Credentials come from where they always do; nothing is asked of Amazon.
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with served_as_bucket(shards.parent) as port:
        yield lambda key: f"s3://news/{key}?endpoint_override=127.0.0.1:{port}&scheme=http&region=us-east-1"


def test_folders_and_files_of_an_object_store_are_read_as_local_ones(
    shards: Path, tmp_path: Path, bucket: Callable[[str], str]
) -> None:
    for number, name in enumerate(("more.csv", "last.parquet")):
        more = made_scores(20, first=60 + 20 * number)
        write_table(more, tmp_path / name, list(more.columns))
    names = ("scores", "more.csv", "last.parquet")
    local = read_scores([tmp_path / name for name in names])
    assert len(local) == 100
    for urls in ([bucket(name) for name in names], [f"file://{tmp_path}/{name}" for name in names]):
        pd.testing.assert_frame_equal(read_scores(urls), local, check_exact=True)


def test_what_a_url_lacks_is_said_without_its_password(shards: Path, bucket: Callable[[str], str]) -> None:
    (shards.parent / "empty").mkdir()
    (shards.parent / "empty" / "note.txt").write_text("nothing")
    write_table(made_scores(1).drop(columns="story"), shards.parent / "bare.csv", ["article_id", "lang"])
    for key, message in (
        ("none/", r"none/\S* does not exist: give a table, or a folder"),
        ("empty", r"empty\S* is a folder without Parquet files"),
        ("bare.csv", r"bare.csv\S* lacks the column\(s\) published, first_seen, story, source"),
    ):
        url = bucket(key).replace("s3://", "s3://user:secret@")
        with pytest.raises(InputError, match=message) as refused:
            read_scores([url])
        assert "secret" not in str(refused.value)


def test_a_url_that_takes_a_package_which_is_not_here_names_it() -> None:
    with pytest.raises(InputError, match=r"cannot open ab://made/scores: .*fsspec says Protocol not known: ab"):
        read_scores(["ab://user:secret@made/scores"])
    if find_spec("adlfs") is None:
        with pytest.raises(InputError, match=r"the package for it is not installed \(Install adlfs"):
            read_scores(["az://made/scores"])
