"""Inputs of a cluster: what stands for which files, in which order, under which names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.places import File, Reading, find_files, runs_of_files
from nlp.errors import Failure, InputError
from nlp.schema import Article

HOW = Reading(datetime(2024, 5, 1, tzinfo=UTC), None, {})


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    for name in ("b/2.jsonl", "b/10.jsonl", "a.jsonl", "b/.hidden.jsonl", "b/README.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f'{{"title": "T", "text": "In {name}."}}\n{{"title": ""}}\n', encoding="utf-8")
    return folder


def names(inputs: list[str], root: Path) -> list[str]:
    found = list(find_files(inputs, {}))
    return [str(Path(one.path).relative_to(root)) for one in found if isinstance(one, File)]


@pytest.mark.parametrize("start", ["", "file://"])
@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("", ["a.jsonl", "b/10.jsonl", "b/2.jsonl"]),
        ("/b/2.jsonl", ["b/2.jsonl"]),
        ("/b/*.jsonl", ["b/10.jsonl", "b/2.jsonl"]),
        ("/b/[0-9].jsonl", ["b/2.jsonl"]),
        ("/**/?.jsonl", ["a.jsonl", "b/2.jsonl"]),
    ],
)
def test_files_of_a_place(news: Path, start: str, place: str, expected: list[str]) -> None:
    assert names([f"{start}{news}{place}"], news) == expected


def test_inputs_keep_their_order(news: Path) -> None:
    assert names([str(news / "b/2.jsonl"), f"file://{news}/a.jsonl"], news) == ["b/2.jsonl", "a.jsonl"]


@pytest.mark.parametrize("place", ["{}/none.parquet", "{}/*.csv", "file://{}/none", "file://{}/*.csv", "ab://{}", "-"])
def test_what_is_not_there_is_said(news: Path, place: str) -> None:
    with pytest.raises(InputError, match=r"does not exist|cannot open|cannot read standard input"):
        list(find_files([place.format(news)], {}))


def test_a_file_elsewhere_is_read_under_its_own_name(news: Path) -> None:
    from pyarrow import fs

    path = str(news / "a.jsonl")
    article, failure = File("s3://news/a.jsonl", path, 1, fs.LocalFileSystem()).read(HOW)
    assert isinstance(article, Article)
    assert isinstance(failure, Failure)
    assert failure.item == "s3://news/a.jsonl:2"
    (lost,) = File("s3://news/none.jsonl", f"{path}.none", 1, fs.LocalFileSystem()).read(HOW)
    assert isinstance(lost, Failure)
    assert "could not be fetched" in lost.reason


def test_a_local_path_that_this_machine_lacks_ends_the_run() -> None:
    with pytest.raises(InputError, match="does not exist"):
        list(File("news/a.jsonl", "/nowhere/news/a.jsonl", 1).read(HOW))


def test_small_files_are_read_together() -> None:
    found = [File(name, name, size) for name, size in (("a", 1), ("b", 9), ("c", 30), ("d", 2))]
    failure = Failure("e", "read", "is empty")
    runs = list(runs_of_files([*found, failure], 10))
    assert [[one.name if isinstance(one, File) else one.item for one in run] for run in runs] == [
        ["a", "b"],
        ["c"],
        ["d", "e"],
    ]
