"""Shards: parts written twice are there once, and only what is kept becomes a shard, with its story."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pyarrow import parquet

from models.shards import Folder, Landing
from nlp.errors import InputError
from nlp.outcome import Outcome

NAME = "000000-00000000.parquet"


def outcome(id: str) -> Outcome:
    row: dict[str, Any] = {"article_id": id, "lang": "zh", "n_sentences": 2, "bubble": 0.5, "model": "made@1"}
    return Outcome(
        id, f"hash of {id}", "题", row, tuple({"article_id": id, "sentence": n, "text": f"句{n}"} for n in (0, 1))
    )


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(Folder.at(str(tmp_path / "scores")), Folder.at(f"file://{tmp_path}/sentences"), ("bubble",))


def test_only_what_is_kept_becomes_a_shard(landing: Landing, tmp_path: Path) -> None:
    unscored = Outcome("b", "hash of b", "题")
    with landing.open():
        landing.land(NAME, [outcome("a"), unscored, outcome("a"), outcome("c")])
        landing.land("000000-00000001.parquet", [outcome("a")])
        landing.finish(NAME, {0: "s1", 3: "s2"})
        landing.finish("000000-00000001.parquet", {})
    scores, sentences = pd.read_parquet(tmp_path / "scores"), pd.read_parquet(tmp_path / "sentences")
    assert scores[["article_id", "story"]].values.tolist() == [["a", "s1"], ["c", "s2"]]
    assert sentences["article_id"].tolist() == ["a", "a", "c", "c"]
    assert sorted(file.name for file in tmp_path.glob("*/*")) == [NAME, NAME]


def test_work_done_again_replaces_itself(landing: Landing, tmp_path: Path) -> None:
    with landing.open():
        for _ in range(2):
            landing.land(NAME, [outcome("a")])
        for _ in range(2):
            landing.finish(NAME, {0: "a"})
    assert len(pd.read_parquet(tmp_path / "scores")) == 1
    assert len(pd.read_parquet(tmp_path / "sentences")) == 2


def test_columns_keep_their_kind_in_a_shard_without_a_value(landing: Landing, tmp_path: Path) -> None:
    with landing.open():
        landing.land(NAME, [outcome("a")])
        landing.finish(NAME, {0: "a"})
    schema = parquet.read_schema(tmp_path / "scores" / NAME)
    kinds = [str(schema.field(name).type) for name in ("url", "bubble_stance", "n_sentences")]
    assert kinds == ["string", "double", "int64"]


def test_a_folder_that_holds_something_is_refused(landing: Landing, tmp_path: Path) -> None:
    (tmp_path / "sentences").mkdir()
    (tmp_path / "sentences/old.parquet").touch()
    with pytest.raises(InputError, match="holds old"), landing.open():
        pass
    assert (tmp_path / "sentences/old.parquet").is_file()


def test_work_that_is_broken_off_leaves_nothing(landing: Landing, tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), landing.open():
        landing.land(NAME, [outcome("a")])
        landing.finish(NAME, {0: "a"})
        raise KeyboardInterrupt
    assert list(tmp_path.glob("*/*")) == []


@pytest.mark.parametrize(("place", "message"), [("file:///scores", "names no folder"), ("ab://x/y", "cannot open")])
def test_a_place_that_is_no_folder_is_refused(place: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Folder.at(place)
