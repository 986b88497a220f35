from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.errors import Failure, InputError
from nlp.labelled import read_labelled_articles
from nlp.rating_keys import RatingKey, read_ratings, restore_ratings, write_rated
from nlp.schema import content_hash

HASH = content_hash("T", "It is a bubble.")[:12]
HEADER = "file,article,hash,bubble,bubble_stance\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_rated_article_is_found_and_written_for_evaluation(tmp_path: Path) -> None:
    row = {"id": "a-1", "lang": "en", "date": "2024-03-05", "title": "T", "text": "It is a bubble."}
    write(tmp_path / "en" / "wire.jsonl", json.dumps(row) + "\n")
    keys = read_ratings(write(tmp_path / "rated.csv", f"{HEADER}en/wire,a-1,{HASH},2,-1\n"))
    assert keys == [RatingKey(file="en/wire", article="a-1", hash=HASH, labels={"bubble": 2}, stances={"bubble": -1})]
    (rated,) = restore_ratings(keys, tmp_path)
    assert not isinstance(rated, Failure)
    assert write_rated(tmp_path / "rated.jsonl", [rated]) == 1
    (read,) = read_labelled_articles([tmp_path / "rated.jsonl"])
    assert (read.article.id, read.article.published, dict(read.labels)) == (
        "a-1",
        rated.article.published,
        {"bubble": 2},
    )


@pytest.mark.parametrize(("article", "found"), [("a-1", "not the one that was rated"), ("a-2", "is not there")])
def test_what_has_changed_is_a_failure(tmp_path: Path, article: str, found: str) -> None:
    row = {"id": "a-1", "lang": "en", "title": "T", "text": "It was a bubble."}
    write(tmp_path / "en" / "wire.jsonl", json.dumps(row) + "\n")
    key = RatingKey(file="en/wire", article=article, hash=HASH, labels={"bubble": 2}, stances={"bubble": 1})
    (failure,) = restore_ratings([key], tmp_path)
    assert isinstance(failure, Failure)
    assert found in failure.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("file,article\n", "lacks the columns hash"),
        (f"{HEADER}f,a,h,4,1\n", r"ratings are .* expected 0 to 3"),
        (f"{HEADER}f,a,h,2,7\n", r"stances .* expected 0 to 3"),
        (f"{HEADER}f,a\n", "expected a rating and a stance"),
        (f"{HEADER}f,a,h,2,1,9\n", "expected a rating and a stance"),
        (f"{HEADER}f,a,h,2,\n", "expected a rating and a stance"),
    ],
)
def test_a_faulty_table_is_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_ratings(write(tmp_path / "rated.csv", text))
