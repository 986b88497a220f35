from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from nlp.schema import Article
from nlp.store import Store
from nlp.tested import LoggedTest
from tests.old_stores import make_older

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
TEST = LoggedTest(NOW, "bubble", "vix", "correlation", -2, "W", "2020-01-06", "2024-04-22", "HAC", "abc", 1 / 3, 1e-9)


@pytest.fixture
def store(any_url: str) -> Iterator[Store]:
    with Store.open(any_url) as opened:
        yield opened


def test_the_same_test_on_the_same_data_counts_once_and_its_first_outcome_stays(store: Store) -> None:
    assert (store.n_tests(), store.tests()) == (0, [])
    again = replace(TEST, tested_at=NOW + timedelta(days=1), p_value=0.5)
    earlier = replace(TEST, lag=3, tested_at=NOW - timedelta(days=1), estimate=None)
    assert store.note_tests([TEST, again, earlier]) == 2
    assert store.note_tests([again, earlier]) == 0
    assert store.note_tests([]) == 0
    assert store.tests() == [earlier, TEST]
    assert store.note_tests([replace(TEST, snapshot="def")]) == 1
    assert store.n_tests() == 3


def test_moments_are_kept_in_utc_and_texts_as_a_database_can(store: Store) -> None:
    test = replace(TEST, tested_at=NOW.astimezone(timezone(timedelta(hours=8))), narrative="泡沫\0", snapshot="\ud800")
    assert store.note_tests([test, test]) == 1
    assert store.note_tests([test]) == 0
    (kept,) = store.tests()
    assert (kept.tested_at, kept.narrative, kept.snapshot) == (NOW, "泡沫\ufffd", "\ufffd")
    assert kept.tested_at.utcoffset() == timedelta()


def test_many_come_from_threads_at_once(store: Store) -> None:
    tests = [replace(TEST, lag=lag) for lag in range(600)]
    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(store.note_tests, [tests, tests[::-1], tests[300:]]))
    assert sum(counts) == store.n_tests() == 600


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_store_of_an_older_version_gets_what_it_lacks(tmp_path: Path, version: int) -> None:
    path = tmp_path / "froth.db"
    article = Article(id="a1", title="t", text="text", lang="en")
    with Store.open(path) as store:
        store.add([article])
    make_older(f"sqlite:///{path}", version)
    with Store.open(path) as store:
        assert list(store.articles()) == [article]
        assert store.listed("wire", ["url:1"]) == {}
        assert store.note_tests([TEST]) == 1
        assert list(store.scores()) == []
    with Store.open(path) as store:
        assert store.n_tests() == 1
