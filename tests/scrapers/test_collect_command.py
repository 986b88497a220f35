"""`froth collect` and `froth sources` as processes, against a loopback web: killed, offline, dry."""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrapers.archive import Archive

RUN = "from scripts.cli import main; main()"
# Whatever Python asks of the network raises an audit event first. asyncio's own wake-up pair is a Unix socket, and
# urllib3, which comes with the extractor, tries for IPv6 when it is imported.
OFFLINE = """
import scrapers.replay, socket, sys
def refuse(event, args):
    if event.startswith("socket.") and not (event == "socket.__new__" and args[1] == socket.AF_UNIX):
        raise SystemExit(f"the network was asked: {event}")
sys.addaudithook(refuse)
"""
VERSION = "article_id, content_hash, title, text"
CONTENT = "id, url, source, lang, script, published, published_precision, title, text, content_hash"


def started(folder: Path, *arguments: str, before: str = "") -> subprocess.Popen[str]:
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", before + RUN, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def froth(folder: Path, *arguments: str, before: str = "") -> tuple[str, str]:
    """What a command that must succeed printed to stdout and stderr."""
    process = started(folder, *arguments, before=before)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out, err


def rows(db: Path, columns: str = "*", table: str = "articles") -> list[tuple[Any, ...]]:
    """The rows of a table of a store, in order; none where there is no store yet."""
    connection = sqlite3.connect(db)
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            return []
        return connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608
    finally:
        connection.close()


def dump_hash(db: Path) -> str:
    """Of everything that does not say when it was collected."""
    parts = (rows(db, CONTENT), rows(db, VERSION, "article_versions"), rows(db, "*", "listed"))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def stored(db: Path) -> set[tuple[Any, ...]]:
    """All articles and versions that a killed run has left."""
    return {*rows(db), *rows(db, "*", "article_versions")} if db.exists() else set()


def item(url: str, title: str, text: str = "") -> str:
    date = "<pubDate>Tue, 05 Mar 2024 14:30:00 GMT</pubDate>"
    return f"<item><title>{title}</title><description>{text}</description><link>{url}</link>{date}</item>"


def put_feed(web: Any, path: str, items: list[str], tag: str) -> str:
    url = str(web.put(path, f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>", ETag=tag))
    whole = web.answers[path]

    def answer(handler: Any) -> None:
        if handler.headers.get("If-None-Match") != tag:
            return whole(handler)
        handler.send_response(304)
        return handler.end_headers()

    web.answers[path] = answer
    return url


def publish(web: Any, make_page: Callable[..., str], *, edited: bool = False) -> dict[str, str]:
    """The address of two feeds of eight pages each and of one of six full texts, half of all of them edited or not."""

    def now(title: str, n: int) -> str:
        return f"{title}, corrected" if edited and n % 2 else title

    feeds = {}
    for lang in ("en", "zh"):
        pages = [
            web.put(f"/{lang}/{n}", make_page(now(f"{lang} {n}", n), lang), content_type="text/html") for n in range(8)
        ]
        items = [item(url, now(f"{lang} {n}", n)) for n, url in enumerate(pages)]
        feeds[lang] = put_feed(web, f"/{lang}", items, f'"{lang}{edited:d}"')
    flashes = [item(web.url(f"/flash/{n}"), f"Flash {n}", now(f"Reserves fell for week {n}.", n)) for n in range(6)]
    feeds["flash"] = put_feed(web, "/flash", flashes, f'"flash{edited:d}"')
    return feeds


@pytest.fixture
def press(web: Any, tmp_path: Path, make_page: Callable[..., str]) -> list[str]:
    """The arguments of a run over what `publish` puts."""
    tables = [
        f'[[source]]\nid = "{name}"\nname = "Wire {name}"\nurl = "{url}"\nlang = "en"\nzone = "UTC"\n'
        f'licence_note = "made for this test"\nallow_private = true\nfull_text = {str(name == "flash").lower()}\n'
        for name, url in publish(web, make_page).items()
    ]
    file = tmp_path / "sources.toml"
    file.write_text("\n".join(tables), encoding="utf-8")
    return ["--sources", str(file)]


def kill_within(process: subprocess.Popen[str], web: Any, n_requests: int, seconds: float) -> None:
    """SIGKILL some time after the web has seen so many requests; a process that ends before has nothing left to do."""
    while len(web.requests) < n_requests and process.poll() is None:
        time.sleep(0.001)
    time.sleep(seconds)
    process.kill()
    process.communicate(timeout=60)


def check_kills(folder: Path, press: list[str], web: Any, draw: random.Random, n_kills: int) -> str:
    """Kill a collection again and again; what was stored stays as it was, and the last run completes the rest."""
    arguments, db = ("collect", *press, "--delay", "0"), folder / "froth.db"
    before = stored(db)
    for _ in range(n_kills):
        process = started(folder, *arguments)
        kill_within(process, web, len(web.requests) + draw.randrange(0, 12), draw.uniform(0, 0.06))
        found = stored(db)
        assert before <= found
        before = found
    froth(folder, *arguments)
    assert before <= stored(db)
    urls = [url for (_, url) in rows(db, "id, url")]
    assert len(urls) == len(set(urls)) == 22
    with Archive.open(folder / "froth.archive", create=False) as archive:
        assert all(archive.body(kept) for url in urls if "/flash/" not in url for kept in archive.history(url))
    return dump_hash(db)


@pytest.mark.parametrize("n_kills", [2, pytest.param(200, marks=pytest.mark.slow)])
def test_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, press: list[str], web: Any, make_page: Callable[..., str], n_kills: int
) -> None:
    """Stores are killed while they are filled, then while half of what they hold is edited."""
    draw, kills = random.Random(n_kills), {"calm": 0}
    while (n_left := n_kills - sum(kills.values())) > 0:
        kills[f"killed{len(kills)}"] = min(n_left, draw.randrange(2, 9))
    for edited in (False, True):
        publish(web, make_page, edited=edited)
        hashes = set()
        for name, n in kills.items():
            (tmp_path / name).mkdir(exist_ok=True)
            here = n // 2 if edited else n - n // 2
            hashes.add(check_kills(tmp_path / name, press, web, draw, here))
        assert len(hashes) == 1
    assert len(rows(tmp_path / "calm/froth.db", "article_id, title", "article_versions")) == 11


def test_from_a_dry_run_to_a_replay(tmp_path: Path, press: list[str], web: Any) -> None:
    before = {path.name for path in tmp_path.iterdir()}
    out, err = froth(tmp_path, "collect", *press, "--dry-run", "--delay", "0")
    assert f"en\tfetch\t{web.url('/en/3')}\n" in out
    assert f"flash\ttake\t{web.url('/flash/0')}\n" in out
    assert "a run would take 22 entries" in err
    assert "/en/3" not in web.requests
    assert {path.name for path in tmp_path.iterdir()} == before

    out, err = froth(tmp_path, "collect", *press, "--delay", "0")
    assert "3 sources polled; 0 could not be read" in out
    assert err.splitlines()[-1] == "added 22, skipped 0, failed 0"
    web.headers.clear()
    out, err = froth(tmp_path, "collect", *press, "--delay", "0")
    assert "3 of them with nothing new" in out
    assert err.splitlines()[-1] == "added 0, skipped 22, failed 0"
    assert sorted(headers.get("if-none-match", "") for headers in web.headers) == ["", '"en0"', '"flash0"', '"zh0"']

    out, _ = froth(tmp_path, "sources", *press)
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert lines["en"].split()[5:9] == ["8", "0", "0", "allowed"]
    assert "3 sources declared, 3 ever polled, 0 failing" in out

    archive = str(tmp_path / "froth.archive")
    out, err = froth(tmp_path, "collect", *press, "--replay", archive, "--db", "sqlite:///again.db", before=OFFLINE)
    assert err.splitlines()[-1] == "added 22, skipped 0, failed 0"
    assert rows(tmp_path / "again.db") == rows(tmp_path / "froth.db")
    assert "22 articles extracted" in out
    assert ": 22 new, 0 read otherwise" in out


def test_the_offline_check_sees_the_network(tmp_path: Path, press: list[str]) -> None:
    process = started(tmp_path, "collect", *press, "--delay", "0", before=OFFLINE)
    _, err = process.communicate(timeout=60)
    assert "the network was asked" in err


@pytest.mark.parametrize("option", [("--archive", "a"), ("--dry-run",), ("--delay", "0"), ("--per-host", "2")])
def test_a_replay_refuses_what_it_has_no_use_for(tmp_path: Path, option: tuple[str, ...]) -> None:
    process = started(tmp_path, "collect", "--replay", "archive", *option)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "--replay" in err
    assert not list(tmp_path.iterdir())
