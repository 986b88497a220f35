"""Collectors and scorers as processes, all at one store at once; one scorer is killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from models.checkpoint import load_classifier
from nlp.schema import Article
from nlp.store import Store
from scripts.console import Tally
from scripts.score_store import score_store

N_STORED, N_FLASHES, FEEDS = 224, 15, ("north", "south")


@contextmanager
def froth(folder: Path, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A command as a process; killed if it has not ended."""
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-m", "scripts.cli", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process
        process.kill()


def n_added(process: subprocess.Popen[str]) -> int:
    """What the last line of a command that must succeed says."""
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    words = said.splitlines()[-1].replace(",", "").split()
    assert words[0::2] == ["added", "skipped", "failed"]
    assert words[5] == "0", said
    return int(words[1])


class Newsroom:
    """Feeds of flashes that have an id, at an address that moves; every answer has edited some of them again."""

    def __init__(self, web: Any) -> None:
        self.contents: set[tuple[str, str, str]] = set()
        self.n_answers, self.lock = dict.fromkeys(FEEDS, 0), Lock()
        for feed in FEEDS:
            web.answers[f"/{feed}"] = lambda handler, feed=feed: self.answer(handler, feed)

    def answer(self, handler: Any, feed: str) -> None:
        with self.lock:
            self.n_answers[feed] += 1
            turn = self.n_answers[feed]
        items = []
        for n in range(N_FLASHES):
            title = f"Flash {n} of {feed}"
            said = f"Reserves fell in week {n}." + (f" Corrected {turn} times." if n % 3 == 0 else "")
            date = f"Tue, 05 Mar 2024 14:{n:02}:00 GMT"
            self.contents.add((f"Wire {feed}", title, said))
            items.append(
                f"<item><title>{title}</title><description>{said}</description><guid isPermaLink='false'>{n}</guid>"
                f"<link>https://{feed}.example/{turn}/{n}</link><pubDate>{date}</pubDate></item>"
            )
        body = f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/rss+xml")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


def stored_before(n: int) -> Article:
    """Every fourth is a copy of the one before, under another address."""
    what = n - 1 if n % 4 == 3 else n
    sentences = " ".join(f"Valuations in week {what} are a bubble, said desk {k}." for k in range(6))
    return Article.create(
        title=f"Week {what}", text=sentences, url=f"https://archive.example/{n}", source="Archive", lang="en",
        published=datetime(2023, 1, 1, tzinfo=UTC) + timedelta(hours=n), published_precision="minute",
    )  # fmt: skip


def n_scored(url: str) -> int:
    with Store.open(url) as store:
        return sum(store.n_scored_by_model().values())


def kill_one_in_the_middle(url: str, folder: Path) -> int:
    """Start a scorer, kill it when it has scored something; how much it had."""
    with froth(folder, "score", "--db", url, "--model", "tfidf", "--workers", "1") as process:
        while (n_before := n_scored(url)) == 0 and process.poll() is None:
            time.sleep(0.005)
        process.kill()
        process.wait()
    assert process.returncode == -9
    n_now = n_scored(url)
    assert 0 < n_before <= n_now < N_STORED
    assert n_now % 32 == 0  # a batch is kept whole or not at all
    if url.startswith("sqlite"):  # half a minute later
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE workers SET until = 0"))
        engine.dispose()
    return n_now


@pytest.mark.parametrize(
    ("any_url", "n_scorers", "n_collectors"),
    [
        ("postgresql", 4, 2),
        ("sqlite", 2, 2),
        pytest.param("postgresql", 16, 4, marks=pytest.mark.slow),
        pytest.param("sqlite", 8, 4, marks=pytest.mark.slow),
    ],
    indirect=["any_url"],
)
def test_nothing_is_doubled_and_nothing_is_missing(
    any_url: str, web: Any, tmp_path: Path, n_scorers: int, n_collectors: int
) -> None:
    newsroom = Newsroom(web)
    sources = [
        f'[[source]]\nid = "{feed}"\nname = "Wire {feed}"\nurl = "{web.url(f"/{feed}")}"\nlang = "en"\nzone = "UTC"\n'
        'licence_note = "made for this test"\nallow_private = true\nfull_text = true\n'
        for feed in FEEDS
    ]
    (tmp_path / "sources.toml").write_text("\n".join(sources), encoding="utf-8")
    with Store.open(any_url) as store:
        store.add(stored_before(n) for n in range(N_STORED))
    n_killed = kill_one_in_the_middle(any_url, tmp_path)

    collect = ("collect", "--db", any_url, "--sources", "sources.toml", "--delay", "0")
    score = ("score", "--db", any_url, "--model", "tfidf")
    with ExitStack() as stack:
        started = [stack.enter_context(froth(tmp_path, *collect)) for _ in range(n_collectors)]
        scorers = [
            stack.enter_context(froth(tmp_path, *score, *(("--no-table",) if n else ()))) for n in range(n_scorers)
        ]
        n_collected = sum(map(n_added, started))
        n_by_scorers = sum(map(n_added, scorers))
    with froth(tmp_path, *score, "-o", "all.csv") as last:  # what was collected after the others had ended
        n_by_scorers += n_added(last)

    n_articles = N_STORED + len(FEEDS) * N_FLASHES
    assert n_collected == len(FEEDS) * N_FLASHES
    assert n_killed + n_by_scorers == n_articles
    with Store.open(any_url) as store, Store.open(tmp_path / "alone.db") as alone:
        articles = list(store.articles())
        assert len(articles) == store.counts().n_articles == n_articles
        contents = [(a.source, a.title, a.text) for a in articles if a.source != "Archive"]
        by_id = {a.id: a.source for a in articles}
        contents += [(by_id[v.article_id], v.title, v.text) for a in articles for v in store.versions(a.id)]
        assert len(contents) == len(set(contents)) == len(newsroom.contents)
        assert set(contents) == newsroom.contents
        alone.add(articles)
        classifier = load_classifier("tfidf")
        score_store(str(tmp_path / "alone.db"), classifier, Tally(), to_the_end=True)
        assert list(store.scores()) == list(alone.scores())
        model = classifier.model_id
        assert list(store.all_sentence_scores(model)) == list(alone.all_sentence_scores(model))
    assert len((tmp_path / "all.csv").read_text("utf-8").splitlines()) == n_articles + 1
