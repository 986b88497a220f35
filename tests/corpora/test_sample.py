"""The corpora keep the promises of their data sheets and fit the file contracts."""

import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

CORPORA = Path(__file__).parents[2] / "corpora"
LANG_BY_FILE = {"zh_hans": "zh", "zh_hant": "zh", "en": "en"}
ARTICLE_KEYS = {"id", "url", "source", "lang", "title", "text"}
NARRATIVES = {"bubble", "liquidity_crisis"}
VALUE_BY_SERIES = {"vix": "close", "walcl": "WALCL", "rrpontsyd": "RRPONTSYD", "fear_greed": "fear_greed"}
FIRST, LAST = date(2023, 7, 1), date(2024, 9, 30)


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def moment(article):
    return datetime.fromisoformat(article.get("published") or article["date"])


@pytest.fixture(scope="module")
def by_file():
    return {name: rows(CORPORA / "sample" / f"{name}.jsonl") for name in LANG_BY_FILE}


@pytest.fixture(scope="module")
def by_id(by_file):
    return {article["id"]: article for articles in by_file.values() for article in articles}


@pytest.fixture(scope="module")
def sheet():
    """The last table of the data sheet: id → (date, voice, bubble, liquidity, note)."""
    text = (CORPORA / "sample" / "README.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r"\| (?:zhs|zht|en)-\d{3} ", line)]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return {row[0]: row[1:] for row in cells}


def test_articles_fit_the_contract(by_file):
    for name, articles in by_file.items():
        for article in articles:
            dated = {"published", "date"} & article.keys()
            assert len(dated) == 1, article["id"]
            assert article.keys() - dated == ARTICLE_KEYS, article["id"]
            assert article["lang"] == LANG_BY_FILE[name]
            assert article["title"].strip(), article["id"]
            assert article["text"].strip(), article["id"]
            assert urlsplit(article["url"]).hostname.endswith(".example"), "outlets must be invented"


def test_ids_and_urls_are_unique(by_file, by_id):
    articles = [article for part in by_file.values() for article in part]
    assert len(by_id) == len(articles) >= 66
    assert len({article["url"] for article in articles}) == len(articles)


def test_times_have_an_offset_and_lie_in_the_window(by_id):
    for article in by_id.values():
        when = moment(article)
        assert FIRST <= when.date() <= LAST, article["id"]
        assert ("published" in article) == (when.tzinfo is not None), article["id"]


def test_most_weeks_have_an_article_and_some_have_none(by_id):
    weeks = {tuple(moment(article).isocalendar())[:2] for article in by_id.values()}
    every = {tuple((date(2023, 7, 3) + timedelta(weeks=week)).isocalendar())[:2] for week in range(65)}
    assert 0.75 * len(every) <= len(weeks & every) < len(every)


def test_scripts_are_what_the_files_say(by_file):
    telling = {
        "zh_hans": re.compile("[这个们发时钱资债开场实现与规]"),
        "zh_hant": re.compile("[這個們發時錢資債開場實現與規]"),
    }
    other = {"zh_hans": "zh_hant", "zh_hant": "zh_hans"}
    for name, pattern in telling.items():
        for article in by_file[name]:
            text = article["title"] + article["text"]
            assert len(pattern.findall(text)) > len(telling[other[name]].findall(text)), article["id"]


def test_the_data_sheet_lists_every_article(by_id, sheet):
    assert sheet.keys() == by_id.keys()
    assert {name: row[0] for name, row in sheet.items()} == {name: str(moment(a).date()) for name, a in by_id.items()}


def test_every_kind_promised_is_there(sheet):
    for stances in zip(*[(row[2], row[3]) for row in sheet.values()], strict=True):
        counts = Counter(stances)
        assert counts.keys() == {"asserts", "rejects", "mixed", "absent"}
        assert min(counts.values()) >= 5
    assert {row[1] for row in sheet.values()} == {
        "wire", "column", "broker", "blog", "social", "flash", "transcript",
    }  # fmt: skip
    hard = [row for row in sheet.values() if row[4].startswith("hard negative")]
    assert len(hard) >= 8
    assert all(row[2:4] == ["absent", "absent"] for row in hard)


def test_the_tables_of_counts_in_the_data_sheet_are_true(by_file, sheet):
    text = (CORPORA / "sample" / "README.md").read_text(encoding="utf-8")
    for name, articles in by_file.items():
        assert re.search(rf"\| `{name}\.jsonl` \| [\w ]+ \| {len(articles)} \|", text)
    for stance in ("asserts", "rejects", "mixed", "absent"):
        bubble, liquidity = (sum(row[column] == stance for row in sheet.values()) for column in (2, 3))
        assert f"| {stance} | {bubble} | {liquidity} |" in text


def test_copies_and_the_translation_are_what_the_sheet_says(by_id, sheet):
    kinds = Counter()
    for name, row in sheet.items():
        found = re.fullmatch(r"(verbatim copy|edited copy|translation) of (\S+)", row[4])
        if found is None:
            continue
        kind, original = found[1], by_id[found[2]]
        copy = by_id[name]
        kinds[kind] += 1
        assert copy["source"] != original["source"]
        assert timedelta(0) < moment(copy) - moment(original) <= timedelta(days=3)
        if kind == "translation":
            assert copy["lang"] != original["lang"]
            assert copy["text"].count("\n\n") == original["text"].count("\n\n")
            figures = re.compile(r"\d+\.\d+")
            both = [Counter(figures.findall(a["text"].replace(",", ""))) for a in (copy, original)]
            assert both[0] == both[1]
        else:
            ratio = SequenceMatcher(None, original["text"], copy["text"], autojunk=False).ratio()
            assert ratio == 1.0 if kind == "verbatim copy" else 0.85 < ratio < 1.0
    assert kinds == {"verbatim copy": 1, "edited copy": 1, "translation": 1}


def test_hard_punctuation_is_present(by_id):
    text = "".join(article["text"] for article in by_id.values())
    for mark in ("；", "……", "“", "”", "「", "」", "U.S.", "Inc.", "\n"):
        assert mark in text


def test_labelled_articles_repeat_the_sample(by_id):
    labelled = rows(CORPORA / "labels" / "articles.jsonl")
    assert len({row["id"] for row in labelled}) == len(labelled) == 40
    for row in labelled:
        labels = row.pop("labels")
        assert row == by_id[row["id"]]
        assert labels.keys() == NARRATIVES
        assert set(labels.values()) <= {0, 1, 2, 3}


def test_labels_agree_with_the_stances_of_the_sheet(sheet):
    for row in rows(CORPORA / "labels" / "articles.jsonl"):
        for narrative, column in (("bubble", 2), ("liquidity_crisis", 3)):
            assert (row["labels"][narrative] == 0) == (sheet[row["id"]][column] == "absent"), (row["id"], narrative)


@pytest.mark.parametrize(("series", "value"), VALUE_BY_SERIES.items())
def test_market_files_are_weekly_and_whole(series, value):
    table = pd.read_csv(CORPORA / "market" / f"{series}.csv", parse_dates=["date"])
    assert list(table.columns) == ["date", value]
    assert table[value].notna().all()
    assert (table[value] > 0).all()
    gaps = table["date"].diff().dropna()
    assert (gaps > timedelta(0)).all()
    assert (gaps <= timedelta(days=10)).all()
    assert table["date"].iloc[0] <= pd.Timestamp("2023-07-07")
    assert table["date"].iloc[-1] >= pd.Timestamp("2024-09-25")
    assert len(table) == 65
