"""A hundred and more hostile texts through the commands: everywhere they are shown, and nothing they say is done."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from nlp.language import normalise
from nlp.report import read_report_data, write_report
from nlp.safety import harmless
from nlp.tables import read_table
from tests.browser import CHROMIUM, DRIVER, running_chromium
from tests.commands import printed_by
from tests.nlp.injections import ALL, BIDI, CONTROLS, FORMULAS, MARKUP, UNICODE, active_in, file_name, formulas_in

SERIES = (MARKUP[0], FORMULAS[1], CONTROLS[0], CONTROLS[5], BIDI[0])
MISSING = ("nan", "null")
"""What stands for no title."""
LOUD = " It is a bubble, and liquidity is drying up: the VIX is at 40."
WATCH = """
window.dialogs = [];
for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = () => window.dialogs.push(name);
"""
VISIT = """
const [narrative, period] = ["pick-narrative", "pick-period"].map((id) => document.getElementById(id));
const titles = [], links = [], tags = {};
for (const one of narrative.options) for (const other of period.options) {
  for (const [list, option] of [[narrative, one], [period, other]]) {
    list.value = option.value;
    list.dispatchEvent(new Event("change"));
  }
  for (const heading of document.querySelectorAll("#articles h3")) titles.push(heading.textContent);
  for (const link of document.querySelectorAll("a")) links.push(link.href);
  for (const element of document.querySelectorAll("*")) tags[element.tagName] = (tags[element.tagName] ?? 0) + 1;
}
const names = [...document.querySelectorAll("*")].flatMap((element) => element.getAttributeNames());
const asked = performance.getEntriesByType("resource").map((entry) => entry.name);
return {titles, links, tags, handlers: names.filter((name) => name.startsWith("on")), asked, dialogs: window.dialogs,
        violations: window.violations, pwned: window.pwned ?? null, title: document.title};
"""


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory, labelled_sentences: list[str]) -> Path:
    """Articles, files and market series that hold a payload wherever one can stand; in `few` those of some articles."""
    folder = tmp_path_factory.mktemp("press")
    for name in ("all", "few", "bad", "market"):
        (folder / name).mkdir()
    texts = iter(labelled_sentences)
    rows = []
    for n, payload in enumerate(ALL):
        day = f"{pd.Timestamp('2024-01-01') + pd.Timedelta(days=n):%Y-%m-%d}"
        said = {"title": payload, "text": payload + next(texts) + LOUD, "source": payload}
        rows.append({"id": f"said{n}", "url": f"https://example.org/{n}", "date": day, **said})
        named = {"id": f"{payload}{n}", "url": payload, "lang": payload, "date": payload, "published": day}
        rows.append({**named, "title": f"Named {n}", "text": next(texts) + LOUD, "source": "Harbour Wire"})
        (folder / "bad" / file_name(payload, ".jsonl")).write_text('{"title": 1}\n{"x": "y"}\n', encoding="utf-8")
    undated = [{"id": f"undated{n}", "date": date, "text": next(texts)} for n, date in enumerate((*CONTROLS, *BIDI))]
    for name, part in (("all", rows + undated), ("few", rows[::4] + undated)):
        lines = "".join(json.dumps(row) + "\n" for row in part)
        (folder / name / "articles.jsonl").write_text(lines, encoding="utf-8")
    days = pd.date_range("2023-12-25", periods=240)
    for n, payload in enumerate(SERIES):
        table = pd.DataFrame({"date": days, "close": [(n + 1.5) * (1 + (i * i) % 11) for i in range(240)]})
        table.to_csv(folder / "market" / file_name(payload, ".csv"), index=False)
    pd.DataFrame({"date": days, "close": 14.0}).to_csv(folder / "market" / "vix.csv", index=False)
    (folder / "market" / "bad.csv").write_text(f"date,close\n{CONTROLS[0]},1\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def labelled_sentences(root: Path) -> list[str]:
    lines = (root / "corpora/labels/written_en.jsonl").read_text("utf-8").splitlines()
    return list(dict.fromkeys(json.loads(line)["text"] for line in lines))


@pytest.fixture(scope="module")
def result(press: Path, tfidf_folder: Path, root: Path) -> tuple[Path, str]:
    """The folder that a run leaves, and what it printed."""
    command = [sys.executable, "-m", "scripts.cli", "run", "all", "bad", "--market", "market", "-o", "out", "--model"]
    here = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([*command, tfidf_folder], cwd=press, env=here, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return press / "out", (done.stdout + done.stderr).decode("utf-8")


def froth(folder: Path, *arguments: object, code: int = 0) -> str:
    """What a command prints, which must be inert."""
    printed = printed_by(folder, *arguments, code=code)
    assert active_in(printed) == []
    return printed


def assert_inert(path: Path) -> pd.DataFrame:
    """Checks a CSV as Python and pandas read it; returns its cells as they stand there."""
    written = path.read_bytes().decode("utf-8")
    assert active_in(written.replace("\r\n", "\n")) == []
    assert formulas_in(path) == []
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file, strict=True)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert {len(row) for row in rows} <= {len(header)}
    assert table.to_numpy().tolist() == rows
    return table


def test_there_are_enough_of_them() -> None:
    assert len(set(ALL)) >= 150


def test_the_tables_of_a_run_hold_them_as_text(result: tuple[Path, str]) -> None:
    n_rows = {path.stem: len(assert_inert(path)) for path in result[0].glob("*.csv")}
    assert n_rows.keys() == {"scores", "sentences", "claims", "trend", "episodes", "lead_lag", "failures"}
    assert n_rows["claims"] > 1.9 * len(ALL)
    assert min(n_rows["scores"], n_rows["sentences"]) > 1.9 * len(ALL)
    assert n_rows["failures"] > len(ALL)
    assert n_rows["lead_lag"] >= 2 * len(SERIES)


def test_titles_are_read_back_as_froth_keeps_them(result: tuple[Path, str]) -> None:
    titles = read_table(result[0] / "scores.csv", ["title"]).set_index("article_id")["title"].fillna("")
    kept = [" ".join(normalise(payload).split()) for payload in ALL]
    assert [titles[f"said{n}"] for n in range(len(ALL))] == ["" if title in MISSING else title for title in kept]


def test_a_run_prints_nothing_that_acts(result: tuple[Path, str]) -> None:
    assert "failed: bad/" in result[1]
    assert active_in(result[1]) == []


def test_correlations(result: tuple[Path, str], press: Path) -> None:
    froth(press, "trend", result[0] / "scores.csv", "--market", "market", "-o", "t/t.csv", "--correlations", "t/c.csv")
    assert len(assert_inert(press / "t" / "c.csv")) >= 2 * len(SERIES)


def test_the_store_and_what_comes_out_of_it(press: Path, tfidf_folder: Path) -> None:
    (press / "db").mkdir()
    said = froth(press / "db", "add", "../few", "../bad", "--failures", "added")
    assert said.count("failed: ") > len(ALL)
    froth(press / "db", "score", "--model", tfidf_folder, "-o", "scores.csv", "--sentences", "sentences.csv")
    froth(press / "db", "trend", "--by", "source", "--freq", "M", "-o", "trend.csv")
    for name in ("added/failures", "scores", "sentences", "trend"):
        assert len(assert_inert(press / "db" / f"{name}.csv")) > len(ALL) / 4


def test_pages_and_their_names(tmp_path: Path) -> None:
    body = "".join(f"<p>Lenders are worried that credit will dry up before summer, part {i}.</p>" for i in range(8))
    pages = [tmp_path / file_name(payload, f"{n}.html") for n, payload in enumerate(ALL)]
    for page, payload in zip(pages, ALL, strict=True):
        head = f"<title>{payload}</title><meta property='og:site_name' content='{payload}'>"
        page.write_text(f"<html><head>{head}</head><body><h1>{payload}</h1>{body}</body></html>", "utf-8", "replace")
    empty = [tmp_path / file_name(payload, ".htm") for payload in (*CONTROLS, *BIDI)]
    for page in empty:
        page.write_text("<html></html>")
    said = froth(tmp_path, "extract", *pages, *empty, "-o", "articles.jsonl")
    assert said.count("failed: ") >= len(empty)
    assert len((tmp_path / "articles.jsonl").read_bytes().splitlines()) == len(pages) + len(empty)
    assert_inert(tmp_path / "failures.csv")


def test_an_evaluation(tmp_path: Path, tfidf_folder: Path) -> None:
    hostile = ("before", "after", "date", "source", "stratum", "lang")
    rows = [
        dict.fromkeys(hostile, payload)
        | {"id": f"{payload}{n}", "text": f"{payload} {LOUD}", "labels": {"bubble": n % 3 - 1}}
        for n, payload in enumerate((*CONTROLS, *BIDI, *FORMULAS))
    ]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    written = ("-o", "p.csv", "--report", "report")
    froth(tmp_path, "evaluate", "gold.jsonl", "--by", "stratum", "--model", tfidf_folder, *written)
    assert len(assert_inert(tmp_path / "p.csv")) == len(rows)
    n_rows = {path.stem: len(assert_inert(path)) for path in (tmp_path / "report").glob("*.csv")}
    assert n_rows.keys() == {"metrics", "confusion", "errors", "calibration"}
    assert n_rows["metrics"] > len(rows)


def test_errors_say_what_was_given_and_no_more(tmp_path: Path) -> None:
    for payload in (CONTROLS[0], CONTROLS[5], CONTROLS[22], BIDI[0], UNICODE[3]):
        name = file_name(payload, "")
        assert "error: " in froth(tmp_path, "add", f"{name}.jsonl", code=1)
        assert "error: " in froth(tmp_path, "trend", f"{name}.csv", "--db", f"sqlite:///{name}.db", code=1)
        assert "rror" in froth(tmp_path, "run", "a.jsonl", "-o", "out", "--zone", name, code=2)


@pytest.mark.browser
@pytest.mark.skipif(not (CHROMIUM.exists() and DRIVER.exists()), reason="needs /usr/bin/chromium and chromedriver")
def test_a_report_shows_them_and_does_nothing(result: tuple[Path, str], tmp_path: Path) -> None:
    out = result[0]
    plain = read_report_data(out / "trend.csv", out / "scores.csv", out / "sentences.csv")
    assert (plain.claims["verdict"] == "contradicted").sum() > len(ALL) / 2
    for table, column in ((plain.scores, "title"), (plain.sentences, "text")):
        table[column] = table[column].map(lambda text: "plain" if harmless(text) else "")
    names = {source: f"plain {n}" for n, source in enumerate(map(harmless, plain.scores["source"].unique())) if source}
    for table in (plain.scores, plain.claims):
        table["source"] = table["source"].map(lambda source: names.get(harmless(source), ""))
    write_report(plain, tmp_path / "plain.html")
    with running_chromium(tmp_path / "profile") as browser:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        seen = []
        for page in (out / "report.html", tmp_path / "plain.html"):
            browser.get(f"file://{page}")
            seen.append(browser.execute_script(VISIT))
        assert browser.get_log("browser") == []
    hostile, harmless_one = seen
    assert set(hostile["titles"]) >= {harmless(normalise(payload), 300) or "Untitled" for payload in ALL} - {*MISSING}
    assert hostile["tags"] == harmless_one["tags"]
    assert {link.partition("://")[0] for link in hostile["links"]} == {"https"}
    expected = {"handlers": [], "asked": [], "dialogs": [], "violations": [], "pwned": None}
    assert {key: hostile[key] for key in expected} == expected
    assert hostile["title"] == "Narratives beside the market"
