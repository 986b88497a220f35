"""Workers of one store, within a process and as processes that are killed; reading costs nothing here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from nlp.schema import Article, ArticleScore, NarrativeScore, Sentence, SentenceScore
from nlp.store import Batch, Store, Work
from nlp.store.readings import Scored


@pytest.fixture
def store(any_url: str) -> Iterator[Store]:
    with Store.open(any_url) as opened:
        yield opened


def make(number: int, text: str = "", **changes: object) -> Article:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    fields = {"id": f"a{number:05}", "title": "T", "text": text or f"Text {number}. More.", "lang": "en",
              "published": moment, "published_precision": "minute"}  # fmt: skip
    return Article(**fields | changes)  # type: ignore[arg-type]


def judge(article: Article, model: str = "m") -> Scored:
    first = Sentence(article.id, 0, 0, 4, article.text[:4])
    p = len(article.text) / 1000
    score = ArticleScore(article, 1, {"bubble": NarrativeScore(p, 1.0, first)}, model, np.array([p], np.float16))
    return score, [SentenceScore(first, {"bubble": p}, {"bubble": 0.0}, ("bubble:greed",))]


def finish(work: Work, batch: Batch) -> None:
    work.finish(batch, map(judge, batch.unread), {})


def test_one_worker_scores_everything_once_and_a_second_finds_nothing(store: Store) -> None:
    everything = [make(n) for n in range(100)]
    store.add(everything)
    with store.work("m") as work:
        assert work.n_to_score == 100
        sizes = []
        for batch in work.batches():
            sizes.append(len(batch.unread))
            finish(work, batch)
            assert work.n_done() == sum(sizes)
    assert sizes == [32, 32, 32, 4]
    assert (work.n_scored, work.n_copied) == (100, 0)
    assert list(store.scores("m")) == [judge(article)[0] for article in everything]
    with store.work("m") as work:
        assert list(work.batches()) == []
        assert work.n_to_score == 0
    with store.work("other") as work:
        assert len(next(work.batches()).unread) == 32


def test_two_workers_have_nothing_in_common_and_one_waits_for_the_other(store: Store) -> None:
    store.add(make(n) for n in range(10))
    with store.work("m", n_at_once=6) as one, store.work("m", n_at_once=6) as other:
        first, second = one.batches(), other.batches(to_the_end=False)
        mine, theirs = next(first), next(second)
        assert [a.id for a in (*mine.unread, *theirs.unread)] == [make(n).id for n in range(10)]
        finish(other, theirs)
        assert list(second) == []
        store.add([make(99)])  # while they are at it
        finish(one, mine)
        (added,) = next(first).unread
        assert added.id == "a00099"
        finish(one, Batch((added,), {}))
        assert list(first) == []
        assert (one.n_scored, other.n_scored) == (7, 4)
        assert one.n_done() == 11


def test_what_the_model_has_read_is_copied_with_its_own_id(store: Store) -> None:
    """Also within a batch; another language, title or line end reads otherwise, whatever the content hash says."""
    store.add([make(0, "Same words.")])
    with store.work("m") as work:
        for batch in work.batches():
            finish(work, batch)
    copies = [make(1, "Same words."), make(3, "New words."), make(4, "New words.")]
    others = [make(5, "Same\nwords."), make(6, "Same words.", title="U"), make(7, "Same words.", lang="de")]
    assert others[0].content_hash == copies[0].content_hash
    store.add([*copies, *others])
    with store.work("m") as work:
        (batch,) = (finish(work, batch) or batch for batch in work.batches())
    assert [article.id for article in batch.unread] == [article.id for article in (copies[1], *others)]
    assert (work.n_scored, work.n_copied) == (6, 2)
    expected = [judge(article) for article in (make(0, "Same words."), *copies, *others)]
    assert list(store.scores("m")) == [score for score, _ in expected]
    assert list(store.all_sentence_scores("m")) == [sentences for _, sentences in expected]
    assert [score.vector for score in store.scores("m")] == [score.vector for score, _ in expected]
    with store.work("other") as work:
        assert len(next(work.batches()).unread) == 5  # two of seven are another's copies, but none is known


def test_an_article_that_fails_stops_no_other_and_is_tried_by_the_next_run(store: Store) -> None:
    store.add([*(make(n) for n in range(6)), make(9, "Text 3. More.")])
    with store.work("m") as work:
        for batch in work.batches():
            bad = {article.id: "no" for article in batch.unread if article.id == "a00003"}
            work.finish(batch, [judge(article) for article in batch.unread if article.id not in bad], bad)
        assert [score.article.id for score in store.scores("m")] == [make(n).id for n in (0, 1, 2, 4, 5)]
        assert [failure.item for failure in store.failures("m")] == ["article a00003 (T)", "article a00009 (T)"]
    with store.work("m") as work:
        assert [finish(work, batch) or batch.unread for batch in work.batches()] == [(make(3),)]
    assert store.failures("m") == []
    assert (work.n_scored, work.n_copied) == (2, 1)
    assert store.counts().n_scored_by_model == {"m": 7}


def leave_with(error: BaseException, store: Store) -> None:
    work = store.work("m").__enter__()
    next(work.batches())
    work.__exit__(type(error), error, None)


def test_a_worker_that_leaves_in_order_gives_back_what_it_has(store: Store) -> None:
    store.add(make(n) for n in range(5))
    leave_with(KeyboardInterrupt(), store)
    with store.work("m") as work:
        assert len(next(work.batches()).unread) == 5


def test_a_worker_that_ended_with_an_error_is_lost_at_once_and_its_articles_are_tried_alone(store: Store) -> None:
    store.add(make(n) for n in range(3))
    leave_with(ZeroDivisionError(), store)
    with store.work("m") as work:
        batches = [finish(work, batch) or batch.unread for batch in work.batches()]
    assert batches == [(make(n),) for n in range(3)]


def test_an_article_that_kills_every_worker_is_given_up(store: Store) -> None:
    """Three runs die of it; the fourth scores all the others and says so."""
    store.add(make(n) for n in range(40))
    n_died = 0
    while True:
        try:
            with store.work("m") as work:
                for batch in work.batches():
                    if make(20) in batch.unread:
                        raise MemoryError
                    finish(work, batch)
            break
        except MemoryError:
            n_died += 1
    assert n_died == 3
    (failure,) = store.failures("m")
    assert (failure.item, failure.stage) == ("article a00020 (T)", "score")
    assert "3 processes ended while they scored it" in failure.reason
    assert store.counts().n_scored_by_model == {"m": 39}
    with store.work("m") as work:
        assert list(work.batches()) == []


def test_forgetting_scores_forgets_what_failed_too(store: Store) -> None:
    store.add([make(1)])
    with store.work("m") as work:
        for batch in work.batches():
            work.finish(batch, [], {"a00001": "no"})
        assert store.drop_scores("m") == 0
        assert next(work.batches()).unread == (make(1),)


def test_the_store_is_looked_through_window_by_window(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of the window, whether it is all scored or not, and where the last one ends."""
    monkeypatch.setattr("nlp.store.leases._WINDOW", 7)
    store.add(make(n // 3, f"Text {n}.", id=f"{n:02}") for n in range(49))
    store.add_score_batch(judge(article) for n, article in enumerate(store.articles()) if 5 <= n < 30 or n % 5 == 0)
    with store.work("m", n_at_once=4) as work:
        given = [article.id for batch in work.batches() for article in (finish(work, batch) or batch.unread)]
    assert given == [f"{n:02}" for n in range(49) if not (5 <= n < 30 or n % 5 == 0)]
    assert store.counts().n_scored_by_model == {"m": 49}


_HOLDER = """
import sys
from nlp.store import Store
from tests.nlp.store.test_work import finish
with Store.open(sys.argv[1]) as store, store.work("m", n_at_once=3, lease_seconds=float(sys.argv[2])) as work:
    batch = next(work.batches())
    print("has them", flush=True)
    input()
    finish(work, batch)
    print(work.n_scored, flush=True)
"""


@contextmanager
def holder(url: str, root: Path, lease_seconds: float) -> Iterator[subprocess.Popen[str]]:
    """A process that has three articles, and finishes them when a line comes in."""
    command = [sys.executable, "-c", _HOLDER, url, str(lease_seconds)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "has them\n"
        yield process
        process.kill()


def test_what_a_killed_worker_had_is_scored_by_another(any_url: str, root: Path, store: Store) -> None:
    """On PostgreSQL at once, long before its time runs out, because its lock falls with it."""
    store.add(make(n) for n in range(5))
    at_once = any_url.startswith("postgresql")
    with holder(any_url, root, 600 if at_once else 1) as process, store.work("m") as work:
        given: list[int] = []
        for batch in work.batches():
            given.append(len(batch.unread))
            finish(work, batch)
            if process.poll() is None:
                assert given == [2]  # its own, while the other lives
                process.kill()
                process.wait()
    assert given == [2, 1, 1, 1]
    assert store.counts().n_scored_by_model == {"m": 5}


def test_a_worker_that_is_stopped_and_goes_on_doubles_nothing(any_url: str, root: Path, store: Store) -> None:
    store.add(make(n) for n in range(3))
    with holder(any_url, root, 0.6) as process, store.work("m") as work:
        time.sleep(1.2)
        assert list(work.batches(to_the_end=False)) == []  # it renews its time
        os.kill(process.pid, signal.SIGSTOP)
        for batch in work.batches():
            finish(work, batch)
        os.kill(process.pid, signal.SIGCONT)
        assert process.communicate("\n")[0] == "0\n"
    assert store.counts().n_scored_by_model == {"m": 3}
