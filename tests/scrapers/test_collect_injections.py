"""Hostile feeds, links and names of sources through `froth collect` and `froth sources`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd

from tests.commands import printed_by
from tests.nlp.injections import ALL, BIDI, CONTROLS, FORMULAS, LINKS, MARKUP, active_in, formulas_in

NAMES = (*MARKUP[:2], *FORMULAS[:2], *CONTROLS[:6], *BIDI[:2])


def declaration(name: str, identity: str, **keys: object) -> str:
    given = {"id": identity, "name": name, "lang": "en", "zone": "UTC", "licence_note": "made here"} | keys
    return "[[source]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in given.items())


def feed(web: Any, path: str, items: list[dict[str, str]]) -> str:
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": MARKUP[0], "items": items}
    return str(web.put(path, json.dumps(whole), content_type="application/feed+json"))


def test_what_is_collected_is_text(web: Any, tmp_path: Path) -> None:
    told = [
        {"id": f"{n}{payload}", "title": payload, "content_text": f"{payload} It is a bubble."}
        for n, payload in enumerate(ALL)
    ]
    linked = [
        {"id": f"{n}", "title": "Named", "url": payload, "content_text": "Cash dries up."}
        for n, payload in enumerate(LINKS)
    ]
    missing = [
        {"id": payload, "title": payload, "url": web.url(f"/{n}?{payload}")} for n, payload in enumerate(CONTROLS[:9])
    ]
    web.put("/broken", b"\x1b[31m{not a feed")
    served = {
        "told": feed(web, "/told", told + linked),
        "missing": feed(web, "/missing", missing),
        "broken": web.url("/broken"),
    }
    tables = [declaration(payload, f"hub-{n}", rsshub="/x") for n, payload in enumerate(NAMES)]
    for hostile, (name, url) in zip(NAMES[::-1], served.items(), strict=False):
        tables.append(declaration(hostile, name, url=url, allow_private=True, full_text=name == "told"))
    (tmp_path / "sources.toml").write_text("\n".join(tables), encoding="utf-8")
    common = ("--sources", "sources.toml")

    def froth(*arguments: str) -> str:
        printed = printed_by(tmp_path, *arguments)
        assert active_in(printed) == []
        return printed

    listed = froth("collect", *common, "--dry-run", "--delay", "0")
    assert listed.count("told\ttake\t") > 0.9 * len(ALL)
    assert listed.count("skipped: ") == len(NAMES)
    collected = froth("collect", *common, "--delay", "0")
    assert collected.count("failed: ") > len(missing)
    assert "not a feed" in froth("sources", *common)
    with sqlite3.connect(tmp_path / "froth.db") as store:
        (n_articles,) = store.execute("SELECT count(*) FROM articles").fetchone()
    store.close()
    assert n_articles > 0.9 * len(ALL)
    failures = pd.read_csv(tmp_path / "failures.csv", dtype=str, keep_default_na=False)
    assert len(failures) > len(missing)
    assert active_in((tmp_path / "failures.csv").read_bytes().decode().replace("\r\n", "\n")) == []
    assert formulas_in(tmp_path / "failures.csv") == []
