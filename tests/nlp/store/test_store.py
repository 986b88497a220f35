from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, text

from nlp.errors import StoreError
from nlp.schema import Article, ArticleScore, NarrativeScore, Sentence, SentenceScore
from nlp.store import AddReport, Listed, Store, sqlite_file
from nlp.store.engine import written
from nlp.store.upgrades import open_engine
from tests.old_stores import make_older


@pytest.fixture
def store(any_url: str) -> Iterator[Store]:
    with Store.open(any_url) as opened:
        yield opened


def make(number: int, **changes: object) -> Article:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    fields = {"id": f"a{number}", "title": f"Title {number}", "text": f"Text {number}. More.", "lang": "en",
              "published": moment, "published_precision": "minute"}  # fmt: skip
    return Article(**fields | changes)  # type: ignore[arg-type]


def judge(article: Article, model: str = "m-1", bubble: float = 0.75) -> tuple[ArticleScore, list[SentenceScore]]:
    first = Sentence(article.id, 0, 0, 5, article.text[:5])
    second = Sentence(article.id, 1, 5, len(article.text), article.text[5:])
    by_narrative = {
        "bubble": NarrativeScore(bubble, 1.0, first),
        "liquidity_crisis": NarrativeScore(0.0, 0.0, None),
    }
    scored = [
        SentenceScore(first, {"bubble": bubble, "liquidity_crisis": 0.1}, {"bubble": 0.1, "liquidity_crisis": 0.0},
                      ("bubble:greed",)),
        SentenceScore(second, {"bubble": 1 / 3, "liquidity_crisis": 1e-9}, {"bubble": 0.0, "liquidity_crisis": 0.0}),
    ]  # fmt: skip
    return ArticleScore(article=article, n_sentences=2, by_narrative=by_narrative, model=model), scored


def test_adding_twice_adds_once(store: Store) -> None:
    articles = [make(n) for n in range(3)]
    assert store.add(articles) == AddReport(n_added=3)
    assert store.add(articles) == AddReport(n_skipped=3)
    assert store.add([*articles, make(3), make(3)]) == AddReport(n_added=1, n_skipped=4)
    assert list(store.articles()) == [make(n) for n in range(4)]
    assert store.counts().n_articles == 4


def test_other_content_under_a_known_id_is_kept_as_a_version(store: Store) -> None:
    first, second, third = make(1), make(1, text="Second text."), make(1, title="Third", first_seen=datetime.now(UTC))
    assert store.add([first, second]) == AddReport(n_added=1, n_versions=1)
    assert store.add([second, third, first]) == AddReport(n_skipped=2, n_versions=1)
    assert list(store.articles()) == [first]
    versions = {version.content_hash: version for version in store.versions("a1")}
    assert versions.keys() == {second.content_hash, third.content_hash}
    assert versions[second.content_hash].text == "Second text."
    assert versions[third.content_hash].first_seen == third.first_seen
    assert store.counts().n_versions == 2


def test_articles_come_in_the_order_in_which_they_were_known(store: Store) -> None:
    late = datetime(2025, 1, 1, tzinfo=UTC)
    undated = make(0, id="0", published=None, published_precision=None)
    seen_late = make(1, first_seen=late)
    same_time = [make(5, id=name) for name in ("Z", "a", "Ä", "中")]
    store.add([undated, seen_late, *reversed(same_time), make(2)])
    assert [article.id for article in store.articles()] == ["a2", "Z", "a", "Ä", "中", "a1", "0"]


def test_pages_lose_nothing_while_scores_are_added(store: Store) -> None:
    articles = [make(n % 7, id=f"{n:05}") for n in range(1203)]
    assert store.add(articles).n_added == 1203
    n_read = 0
    for article in store.articles():
        n_read += 1
        if n_read % 3 == 0:
            assert store.add_scores(*judge(article))
    assert n_read == 1203
    assert len(list(store.scores("m-1"))) == store.counts().n_scored_by_model["m-1"] == 401


@pytest.mark.parametrize("n_page", [1, 2, 3, 5])
def test_scores_of_several_models_come_page_by_page(store: Store, n_page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a page ends between two models of an article, and where moments are the same."""
    articles = [make(n // 3, id=f"a{n}") for n in range(5)]
    store.add(articles)
    judged = [judge(article, model) for article in articles for model in ("m-1", "m-2", "m-3")]
    store.add_score_batch(judged)
    monkeypatch.setattr("nlp.store.pages.BATCH", n_page)
    assert list(store.scores()) == [score for score, _ in judged]
    assert list(store.scores("m-2")) == [score for score, _ in judged[1::3]]
    assert list(store.all_sentence_scores("m-2")) == [sentences for _, sentences in judged[1::3]]


def test_writes_that_wait_for_each_other_are_done_again(empty_postgres_url: str) -> None:
    """Each of two holds what the other wants: the server ends one of them, which then finds the way free."""
    engine, both_hold, n_tries = open_engine(empty_postgres_url), Barrier(2), Counter[str]()

    def lock(connection: Connection, first: str, second: str) -> None:
        n_tries[first] += 1
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(first))))
        if n_tries[first] == 1:
            both_hold.wait(30)
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(second))))

    with ThreadPoolExecutor(2) as pool:
        running = [
            pool.submit(written, engine, partial(lock, first=first, second=second))
            for first, second in (("a", "b"), ("b", "a"))
        ]
    assert [job.result() for job in running] == [None, None]
    assert sorted(n_tries.values()) == [1, 2]
    engine.dispose()


def test_writes_are_not_done_again_for_ever(empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.store.engine._FIRST_PAUSE_SECONDS", 0)
    engine, tries = open_engine(empty_postgres_url), []

    def fail(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001' USING MESSAGE = 'in the way'; END $$"))

    with pytest.raises(StoreError, match="in the way"):
        written(engine, fail)
    assert len(tries) == 8
    engine.dispose()


def test_an_entry_that_another_collector_has_kept_meanwhile_is_not_added(store: Store) -> None:
    assert store.add_listed(make(1), "wire", {"id:1": "A"}, seen={}) == AddReport(n_added=1)
    assert store.add_listed(make(2), "wire", {"id:1": "B"}, seen={}) is None
    assert store.add_listed(make(2), "wire", {"id:1": "B"}, seen={"id:1": Listed("a1", "other")}) is None
    assert list(store.articles()) == [make(1)]
    edited = make(1, text="Edited.")
    assert store.add_listed(edited, "wire", {"id:1": "B"}, seen={"id:1": Listed("a1", "A")}) == AddReport(n_versions=1)
    assert store.listed("wire", ["id:1"]) == {"id:1": Listed("a1", "B")}


def test_urls_are_known_in_any_spelling(store: Store) -> None:
    store.add([Article.create(title="A", url="https://e.example/a?b=1&a=2")])
    spelled = "HTTPS://E.example:443/a/?utm_source=x&a=2&b=1"
    assert store.ids_by_url([spelled, "https://e.example/b", ""]).keys() == {spelled}
    assert store.ids_by_url(f"https://e.example/{n}" for n in range(1200)) == {}


def test_scores_come_back(store: Store) -> None:
    articles = [make(2), make(1)]
    store.add(articles)
    judged = [judge(article, model) for article in articles for model in ("m-1", "m-2")]
    assert store.add_score_batch(judged) == 4
    assert list(store.scores()) == [judged[n][0] for n in (2, 3, 0, 1)]
    assert list(store.scores("m-2")) == [judged[3][0], judged[1][0]]
    assert store.sentence_scores("a2", "m-1") == judged[0][1]
    assert store.sentence_scores("a2", "m-3") == []
    assert store.models() == ["m-1", "m-2"]


def test_what_articles_say_comes_back_bit_by_bit(store: Store) -> None:
    store.add([make(1), make(2)])
    vector = np.array([0.1, -3.5, 65504, 6e-8, 0], np.float16)
    score, sentences = judge(make(1))
    store.add_score_batch([(replace(score, vector=vector), sentences), judge(make(2)), judge(make(1), "m-2")])
    with_vector, without, other = store.scores()
    assert (with_vector.model, without.model) == ("m-1", "m-2")
    assert with_vector.vector is not None
    assert with_vector.vector.dtype == np.float16
    assert with_vector.vector.tobytes() == vector.tobytes()
    assert without.vector is other.vector is None
    assert store.drop_scores("m-1") == 2
    assert store.add_scores(score, sentences)
    assert next(store.scores("m-1")).vector is None


def test_the_first_score_stays_until_it_is_dropped(store: Store) -> None:
    store.add([make(1)])
    score, sentences = judge(make(1))
    other = judge(make(1), bubble=0.2)
    assert store.add_scores(score, sentences)
    assert not store.add_scores(*other)
    assert store.add_score_batch([(score, sentences), other]) == 0
    assert list(store.scores()) == [score]
    assert store.drop_scores("m-1") == 1
    assert store.sentence_scores("a1", "m-1") == []
    assert store.add_score_batch([other, (score, sentences)]) == 1
    assert list(store.scores()) == [other[0]]


def test_a_score_without_narratives_or_sentences_is_a_score(store: Store) -> None:
    store.add([make(1)])
    score = ArticleScore(article=make(1), n_sentences=0, by_narrative={}, model="m-1")
    assert store.add_scores(score)
    assert list(store.scores()) == [score]
    with store.work("m-1") as work:
        assert list(work.batches()) == []


@pytest.mark.parametrize(
    ("article", "state"), [(make(9), "not at all"), (make(1, text="Text 1.  More."), "another text")]
)
def test_a_score_of_another_text_is_refused_and_changes_nothing(store: Store, article: Article, state: str) -> None:
    store.add([make(1), make(2)])
    with pytest.raises(StoreError, match=f"article {article.id} .* {state}"):
        store.add_score_batch([judge(make(2)), judge(article)])
    assert list(store.scores()) == []


def test_the_one_model_is_found_or_asked_for(store: Store) -> None:
    with pytest.raises(StoreError, match="froth score"):
        store.one_model()
    store.add([make(1)])
    store.add_scores(*judge(make(1)))
    assert store.one_model() == store.one_model("m-1") == "m-1"
    store.add_scores(*judge(make(1), "m-2"))
    with pytest.raises(StoreError, match="m-1, m-2; name one"):
        store.one_model()
    with pytest.raises(StoreError, match="not of m-3"):
        store.one_model("m-3")


def test_what_no_database_keeps_is_replaced_one_for_one(store: Store) -> None:
    article = make(
        1, id="n\0", title="lone \ud83d", text="nul \0 and \udfff.", source="\0", url="https://e.example/\ud800"
    )
    assert store.add([article, make(2)]) == AddReport(n_added=2)
    assert store.add([article]) == AddReport(n_skipped=1)
    stored = next(store.articles())
    assert (stored.id, stored.title, stored.text) == ("n\ufffd", "lone \ufffd", "nul \ufffd and \ufffd.")
    assert store.add_scores(*judge(article))
    assert store.sentence_scores("n\0", "m-1")[0].sentence.text == "nul \ufffd"


TEXT = st.text(max_size=30)
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))


@st.composite
def stored_articles(draw: st.DrawFn) -> Article:
    published = draw(MOMENTS)
    precision = draw(st.sampled_from(["second", "minute", "day"])) if published else None
    return Article(
        id=draw(TEXT.filter(bool)),
        title=draw(TEXT),
        text=draw(TEXT.filter(str.strip)),
        url=draw(st.none() | TEXT),
        source=draw(TEXT),
        lang=draw(st.sampled_from(["zh", "en", "und"])),
        script=draw(st.none() | TEXT),
        published=published,
        published_precision=precision,  # type: ignore[arg-type]
        first_seen=draw(MOMENTS),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(articles=st.lists(stored_articles(), max_size=4, unique_by=lambda article: article.id.replace("\0", "\ufffd")))
def test_articles_come_back_exactly(articles: list[Article]) -> None:
    with Store.open("sqlite://") as store:
        assert store.add(articles).n_added == len(articles)
        names = ("id", "title", "text", "url", "source", "script")
        expected = [replace(article, **{name: clean(getattr(article, name)) for name in names}) for article in articles]
        back = list(store.articles())
        assert sorted(back, key=lambda article: article.id) == sorted(expected, key=lambda article: article.id)
        known = [(article.known_at or datetime.max.replace(tzinfo=UTC), article.known_at is None) for article in back]
        assert known == sorted(known)


def clean(value: str | None) -> str | None:
    return value and value.replace("\0", "\ufffd")


@given(st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1), st.lists(st.sampled_from(["bubble:greed", "bubble:ai"])))
def test_probabilities_come_back_exactly(intensity: float, stance: float, p: float, drivers: list[str]) -> None:
    sentence = Sentence("a1", 0, 0, 4, "Text")
    narrative = NarrativeScore(intensity, stance, sentence)
    score = ArticleScore(article=make(1), n_sentences=1, by_narrative={"bubble": narrative}, model="m")
    scored = SentenceScore(sentence, {"bubble": p}, {"bubble": 1 - p}, tuple(drivers))
    with Store.open("sqlite://") as store:
        store.add([make(1)])
        assert store.add_scores(score, [scored])
        assert list(store.scores()) == [score]
        assert store.sentence_scores("a1", "m") == [scored]


def test_a_database_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "froth.db"
    with Store.open(str(path)) as store:
        store.add([make(1)])
    with Store.open(f"sqlite:///{path}") as store:
        assert list(store.articles()) == [make(1)]


def test_another_schema_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "froth.db"
    Store.open(path).close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE meta SET value = '99'")
    connection.close()
    with pytest.raises(StoreError, match="schema version 99, this froth writes 5; use the froth that made it"):
        Store.open(path)


_OPENER = "import sys; from nlp.store import Store; Store.open(sys.argv[1]).close()"


@pytest.mark.parametrize("version", [1, 4])
def test_processes_upgrade_a_store_at_once(any_url: str, root: Path, version: int) -> None:
    with Store.open(any_url) as store:
        store.add([make(1)])
        store.add_scores(*judge(make(1)))
    make_older(any_url, version)
    command = [sys.executable, "-c", _OPENER, any_url]
    running = [subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate(timeout=120)[1] for process in running] == [""] * 4
    with Store.open(any_url) as store:
        store.add_listed(make(2), "wire", {"url:2": "A"})
        assert store.counts().n_articles == 2
        assert list(store.scores()) == [judge(make(1))[0]]
        with store.work("m-1") as work:
            assert [batch.unread for batch in work.batches()] == [(make(2),)]


def test_what_entries_were_taken_for_is_kept_by_source_and_replaced(store: Store) -> None:
    store.add_listed(make(1), "wire", {"url:1": "A", "id:1": "A"})
    store.add_listed(make(2), "wire", {"url:2": "B"})
    assert store.listed("wire", ["url:1", "url:2", "url:3"]) == {"url:1": Listed("a1", "A"), "url:2": Listed("a2", "B")}
    assert store.listed("other", ["url:1"]) == {}
    store.note_listed("wire", {"url:2": Listed("a1", "C"), "url:9": Listed("a2", "D")})
    store.note_listed("wire", {})
    assert store.listed("wire", ["url:2", "url:9"]) == {"url:2": Listed("a1", "C"), "url:9": Listed("a2", "D")}
    with pytest.raises(StoreError):
        store.note_listed("wire", {"url:8": Listed("nobody", "E")})


@pytest.mark.parametrize("statement", ["CREATE TABLE articles (id)", "CREATE TABLE meta (a)"])
def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    with pytest.raises(StoreError, match=r"other\.db"):
        Store.open(path)
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone() == (1,)
    connection.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text("title,text\n" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match=r"news\.csv .*not a database"):
        Store.open(path)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://user:secret@host/db", "SQLite or PostgreSQL, not mysql"),
        ("postgresql+nodriver://user:secret@host/db", "driver"),
        ("://", "unreadable database URL"),
    ],
)
def test_a_url_that_froth_cannot_use_is_refused_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(StoreError, match=reason) as caught:
        Store.open(url)
    assert "secret" not in str(caught.value)


def test_threads_share_a_store(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda n: store.add(make(k) for k in range(n, n + 50)), range(0, 100, 10)))
    assert sum(report.n_added for report in reports) == store.counts().n_articles == 140
    assert sum(report.n_added + report.n_skipped for report in reports) == 500


_ADDER = """
import sys
from nlp.schema import Article
from nlp.store import Store
with Store.open(sys.argv[1]) as store:
    for start in range(0, 200, 10):
        articles = [Article(id=f"a{n}", title="t", text=f"text {n % 50}") for n in range(start, start + 10)]
        print(store.add(articles).n_added)
"""


def test_processes_add_at_once_to_a_new_file(tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-c", _ADDER, str(tmp_path / "froth.db")]
    running = [
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    outputs = [process.communicate(timeout=120) for process in running]
    assert [(process.returncode, error) for process, (_, error) in zip(running, outputs, strict=True)] == [(0, "")] * 3
    assert sum(int(line) for output, _ in outputs for line in output.split()) == 200
    with Store.open(tmp_path / "froth.db") as store:
        assert store.counts().n_articles == 200


def test_articles_of_a_source_are_counted(tmp_path: Path) -> None:
    with Store.open(tmp_path / "froth.db") as store:
        assert store.n_articles_by_source() == {}
        texts = {"Wire": ("one", "two"), "海港财经": ("三",)}
        store.add(Article.create(text=text, source=name) for name, found in texts.items() for text in found)
        assert store.n_articles_by_source() == {"Wire": 2, "海港财经": 1}


def test_the_file_of_a_database_is_told_without_making_it(tmp_path: Path) -> None:
    file = tmp_path / "deep/froth.db"
    assert sqlite_file(file) == sqlite_file(str(file)) == sqlite_file(f"sqlite:///{file}") == file
    assert sqlite_file("sqlite://") is sqlite_file("postgresql://user@host/name") is None
    assert not file.parent.exists()
