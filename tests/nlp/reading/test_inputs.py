from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.errors import Failure, InputError
from nlp.language import normalise
from nlp.reading import read_articles
from nlp.reading.records import ReadOptions, article_from_row, read_language
from nlp.schema import Article

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
OPTIONS = ReadOptions(now=NOW)
ROWS = [
    {"id": "7", "url": "https://e.example/a", "source": "Harbour Wire", "lang": "en", "date": "2024-03-05 21:10",
     "title": "Calm", "text": "No froth, \"none\".\nNot yet."},
    {"id": "8", "url": "", "source": "山城财话", "lang": "zh", "date": "", "title": "", "text": "流动性在收紧。"},
]  # fmt: skip


def read(*inputs: Path | str, **options: object) -> tuple[list[Article], list[Failure]]:
    items = list(read_articles(inputs, now=NOW, **options))  # type: ignore[arg-type]
    articles = [item for item in items if isinstance(item, Article)]
    failures = [item for item in items if isinstance(item, Failure)]
    assert len(articles) + len(failures) == len(items)
    return articles, failures


def write_csv(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_every_format(folder: Path) -> list[Path]:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    names = ("a.jsonl", "b.JSONL.xz", "c.jsonl.gz", "d.json", "e.csv", "f.csv", "g.csv", "h.tsv", "i.csv", "j.parquet")
    paths = [folder / name for name in (*names, "k.jsonl", "l.json")]
    paths[0].write_text(lines, encoding="utf-8")
    with lzma.open(paths[1], "wt", encoding="utf-8") as stream:
        stream.write(lines)
    with gzip.open(paths[2], "wt", encoding="utf-8") as stream:
        stream.write(lines)
    paths[3].write_text(json.dumps(ROWS), encoding="utf-8")
    write_csv(paths[4], ROWS)
    write_csv(paths[5], ROWS, "utf-8-sig")
    write_csv(paths[6], ROWS * 30, "gb18030", ";")
    write_csv(paths[7], ROWS, "utf-16", "\t")
    write_csv(paths[8], [{f" {key.upper()} ": value for key, value in row.items()} | {"extra": "x"} for row in ROWS])
    pd.DataFrame(ROWS).replace("", None).to_parquet(paths[9])
    paths[10].write_text(lines, encoding="utf-16")
    paths[11].write_text(lines, encoding="utf-8")
    return paths


def test_every_format_gives_the_same_articles(tmp_path: Path) -> None:
    for path in write_every_format(tmp_path):
        articles, failures = read(path)
        assert failures == [], path
        assert articles[:2] == articles[-2:], path
        first, second = articles[:2]
        assert (first.id, first.url, first.source, first.title) == ("7", "https://e.example/a", "Harbour Wire", "Calm")
        assert (first.text, first.lang, first.script) == (ROWS[0]["text"], "en", None)
        assert first.published == datetime(2024, 3, 5, 21, 10, tzinfo=UTC)
        assert first.published_precision == "minute"
        assert (second.id, second.url, second.lang, second.script) == ("8", None, "zh", "zh-Hans")
        assert second.published is None


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/2.txt", "b/10.txt", "c.txt", "a.txt", ".hidden.txt", "README.md"):
        (tmp_path / name).write_text(f"Title of {name}\nBody.", encoding="utf-8")
    (tmp_path / "d.pdf").write_bytes(b"%PDF-1.7")
    articles, failures = read(tmp_path)
    names = [article.title.removeprefix("Title of ") for article in articles]
    assert names == ["a.txt", "c.txt", "b/10.txt", "b/2.txt"]
    assert [Path(failure.item).name for failure in failures] == ["d.pdf"]
    assert "convert it to one of .csv" in failures[0].reason


def test_an_empty_folder_is_a_failure(tmp_path: Path) -> None:
    articles, failures = read(tmp_path)
    assert (articles, len(failures)) == ([], 1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_folder_with_a_pipe_in_it_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "a.txt").write_text("Title\nBody.", encoding="utf-8")
    assert len(read(tmp_path)[0]) == 1


def test_standard_input_holds_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b'{"title": "A"}\n\nnonsense\n{"text": "B"}'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    articles, failures = read("-")
    assert [article.text for article in articles] == ["A", "B"]
    assert [failure.item for failure in failures] == ["standard input:3"]


def test_a_missing_path_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.csv does not exist"):
        read_articles(["-", tmp_path / "gone.csv"])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.jsonl", b"", "is empty"),
        ("empty.json", b"", "is empty"),
        ("empty.json", b"[]", "is empty"),
        ("empty.csv", b"", "is empty"),
        ("empty.csv", b"id,title,text\n", "is empty"),
        ("empty.txt", b"", "is empty"),
        ("empty.parquet", b"", "not a readable Parquet file"),
        ("binary.jsonl", b"\x89PNG\r\n\x1a\n\0\0", "binary"),
        ("binary.json", b"\x89PNG\r\n\x1a\n\0\0", "binary"),
        ("binary.csv", b"PK\x03\x04\x14\0\0", "binary"),
        ("binary.parquet", b"PK\x03\x04\x14\0\0", "not a readable Parquet file"),
        ("broken.json", b'[{"title": "a"}, {"title":', "not valid JSON"),
        ("no_text.csv", b"date,close\n2024-03-05,17\n", "no column text or title .*date, close"),
        ("latin.csv", "title,text\nÜber,höher\n".encode("cp1252"), "not UTF-8 .byte 11 "),
        ("big5.csv", "title,text\n泡沫,聯準會縮表抽走市場的流動性\n".encode("big5"), "not UTF-8"),
        ("broken.jsonl.gz", b"nonsense", "could not be read"),
        ("picture.png", b"\x89PNG", "suffix"),
    ],
)
def test_a_file_of_no_use_is_one_failure(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    bad, good = tmp_path / name, tmp_path / "good.txt"
    bad.write_bytes(data)
    good.write_text("Title\nBody.", encoding="utf-8")
    articles, failures = read(bad, good)
    assert len(articles) == 1
    assert [(failure.item, failure.stage) for failure in failures] == [(str(bad), "read")]
    assert re.search(reason, failures[0].reason)


def test_a_truncated_archive_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    lines = "".join(json.dumps({"id": n, "title": f"t{n}", "text": os.urandom(9).hex()}) + "\n" for n in range(5000))
    data = gzip.compress(lines.encode())
    path.write_bytes(data[: len(data) // 2])
    articles, failures = read(path)
    assert articles[0].title == "t0"
    assert len(articles) > 100
    assert "EOFError" in failures[-1].reason


def test_bad_json_lines_are_named_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    lines = [
        b'{"title": "good"}',
        b"{",
        b"[1, 2]",
        b'{"title": "h\xf6her"}',
        b'{"title": ""}',
        b'{"text": ["a"]}',
        b"[" * 100_000,
        b'{"title": NaN, "text": null, "url": "https://e.example"}',
        b'{"title": "\\ud83d lone", "id": 12, "date": NaN, "url": null}',
        b'{"url": "https://e.example/\\ud83d", "title": "address"}',
        b'{"title": "last"}',
    ]
    path.write_bytes(b"\n".join(lines))
    articles, failures = read(path)
    assert [article.title for article in articles] == ["good", "\ufffd lone", "address", "last"]
    assert articles[1].id == "12"
    assert [failure.item for failure in failures] == [f"{path}:{line}" for line in (2, 3, 4, 5, 6, 7, 8)]


def test_bad_csv_rows_are_named_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    text = 'id,title,text\n1,A,a\n2,B\n3,C,c,extra\n4,"D\nd",d\n,,\n5,E,"x" y\n6,F,f\n7,G,"open\n8,H,h\n'
    path.write_text(text, encoding="utf-8")
    articles, failures = read(path)
    assert [article.id for article in articles] == ["1", "4", "6"]
    assert articles[1].title == "D d"
    assert [failure.item for failure in failures] == [f"{path}:{n}" for n in ("3", "4", "7", "8", "10-11")]


def test_a_long_cell_is_read(tmp_path: Path) -> None:
    text = "Froth. " * 100_000
    (article,) = read(write_csv(tmp_path / "long.csv", [{"title": "long", "text": text}]))[0]
    assert len(article.text) == len(text.strip())


@pytest.mark.parametrize("date", ["2024-06-03", "3小时前", "03/04/2024", "2024-02-30", 99999999999999])
def test_a_date_that_cannot_be_trusted_costs_only_the_date(date: str | int) -> None:
    article, failure = article_from_row({"id": "a", "title": "T", "date": date}, "x.csv:2", OPTIONS)
    assert isinstance(article, Article)
    assert (article.published, article.published_precision) == (None, None)
    assert isinstance(failure, Failure)
    assert (failure.item, failure.stage) == ("x.csv:2 (id a)", "date")
    assert str(date) in failure.reason


@pytest.mark.parametrize("date", [{"$date": "2023-12-26T08:33:01Z"}, ["2023-12-26"], True])
def test_a_date_of_another_kind_costs_only_the_date(date: object) -> None:
    article, failure = article_from_row({"id": "1", "text": "Prices fell.", "date": date}, "f:1", OPTIONS)
    assert isinstance(article, Article)
    assert article.published is None
    assert isinstance(failure, Failure)
    assert failure.stage == "date"


@pytest.mark.parametrize(
    "date", ["2024-01-01 00:00:00", "2024-01-01T00:00", "2024/1/1 0:00", "2024-01-01 00:00:00.000"]
)
def test_midnight_without_a_zone_is_a_day(date: str) -> None:
    row = {"id": "1", "lang": "zh", "text": "股价下跌。", "date": date}
    (article,) = article_from_row(row, "f:1", OPTIONS)
    assert isinstance(article, Article)
    assert (article.published, article.published_precision) == (datetime(2024, 1, 1, 15, 59, 59, tzinfo=UTC), "day")
    (exact,) = article_from_row(row | {"date": "2024-01-01T00:00:00Z"}, "f:1", OPTIONS)
    assert isinstance(exact, Article)
    assert exact.published == datetime(2024, 1, 1, tzinfo=UTC)


def test_a_clock_that_is_a_little_ahead_is_believed() -> None:
    row = {"title": "T", "published": (NOW + timedelta(hours=20)).isoformat()}
    (article,) = article_from_row(row, "x", OPTIONS)
    assert isinstance(article, Article)
    assert article.published == NOW + timedelta(hours=20)


def test_published_comes_before_date_and_the_zone_is_the_callers() -> None:
    row = {"title": "T", "published": "2024-03-05 08:00", "date": "2023-01-01"}
    (article,) = article_from_row(row, "x", ReadOptions(NOW, ZoneInfo("Asia/Tokyo")))
    assert isinstance(article, Article)
    assert article.published == datetime(2024, 3, 4, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "moment", "precision"),
    [
        (pd.Timestamp("2024-03-05"), datetime(2024, 3, 5, 23, 59, 59, tzinfo=UTC), "day"),
        (pd.Timestamp("2024-03-05 08:00:00.5"), datetime(2024, 3, 5, 8, 0, 0, 500000, tzinfo=UTC), "second"),
        (pd.Timestamp("2024-03-05 08:00", tz="Asia/Tokyo"), datetime(2024, 3, 4, 23, tzinfo=UTC), "second"),
        (pd.NaT, None, None),
        (datetime(2024, 3, 5).date(), datetime(2024, 3, 5, 23, 59, 59, tzinfo=UTC), "day"),
    ],
)
def test_dates_of_a_table_are_dates(value: object, moment: datetime | None, precision: str | None) -> None:
    (article,) = article_from_row({"title": "Calm markets", "lang": "en", "date": value}, "x", OPTIONS)
    assert isinstance(article, Article)
    assert (article.published, article.published_precision) == (moment, precision)


def test_a_parquet_column_of_moments_is_read(tmp_path: Path) -> None:
    path = tmp_path / "news.parquet"
    dates = pd.to_datetime(["2024-03-05", None])
    pd.DataFrame({"Title": ["Calm", "Storm"], "date": dates, "id": [1.0, 2.0], "n": [1, 2]}).to_parquet(path)
    articles, failures = read(path)
    assert failures == []
    assert [(article.id, article.title) for article in articles] == [("1", "Calm"), ("2", "Storm")]
    assert articles[0].published == datetime(2024, 3, 5, 23, 59, 59, tzinfo=UTC)
    assert articles[1].published is None


@pytest.mark.parametrize(
    ("given_lang", "lang", "script"),
    [
        ("zh-CN", "zh", "zh-Hans"), ("zh_Hans", "zh", "zh-Hans"), ("zh-TW", "zh", "zh-Hant"),
        ("ZH-Hant-HK", "zh", "zh-Hant"),
        ("zh", "zh", "zh-Hant"), ("Chinese", "zh", "zh-Hant"), ("en-US", "en", None), ("en_GB.UTF-8", "en", None),
        ("English", "en", None), ("deu", "de", None), ("", "zh", "zh-Hant"),
        ("und", "zh", "zh-Hant"), ("??", "zh", "zh-Hant"),
    ],
)  # fmt: skip
def test_a_given_language_wins(given_lang: str, lang: str, script: str | None) -> None:
    language = read_language(given_lang, "聯準會縮表，市場流動性下降")
    assert (language.lang, language.script) == (lang, script)


def test_readers_can_be_added(tmp_path: Path) -> None:
    def read_one(path: Path, options: ReadOptions) -> Iterator[Article | Failure]:
        yield Article.create(title=path.stem)
        raise OSError("the disk is gone")

    (tmp_path / "page.HTML").write_bytes(b"<p>")
    articles, failures = read(tmp_path, readers={".html": read_one})
    assert [article.title for article in articles] == ["page"]
    assert [failure.reason for failure in failures] == ["could not be read to its end: OSError: the disk is gone"]


def test_a_stream_is_read_as_it_is_consumed(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text('{"title": "A"}\n{"title": "B"}\n', encoding="utf-8")
    second.write_text('{"title": "C"}\n', encoding="utf-8")
    items = read_articles([first, second], now=NOW)
    assert isinstance(next(items), Article)
    second.write_text('{"title": "D"}\n', encoding="utf-8")
    assert [item.title for item in items if isinstance(item, Article)] == ["B", "D"]


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\r\n"), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_csv_and_json_lines_lose_nothing(tmp_path: Path, cells: list[tuple[str, str]]) -> None:
    rows = [{"id": str(n), "title": title, "text": text} for n, (title, text) in enumerate(cells)]
    lines = tmp_path / "news.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for path in (write_csv(tmp_path / "news.csv", rows), lines):
        articles, failures = read(path)
        assert len(articles) + len(failures) == len(rows)
        for article in articles:
            title, text = cells[int(article.id)]
            title = " ".join(normalise(title).split())
            assert article.title in (title, "")
            assert article.text in (normalise(text).strip(), title)


NAMES = st.sampled_from(["id", "url", "source", "lang", "date", "published", "title", "text"])
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()) | st.binary()


@given(st.dictionaries(NAMES, VALUES))
def test_any_row_is_an_article_or_a_failure(row: dict[str, object]) -> None:
    items = list(article_from_row(row, "x:1", OPTIONS))
    kinds = [type(item) for item in items]
    assert kinds in ([Article], [Failure], [Article, Failure])


@pytest.mark.shared
@pytest.mark.parametrize("name", ["en/reuters_headlines_2007_2016", "zh/jin10_flash_2026"])
def test_the_development_texts_are_read_whole(shared: Path, name: str) -> None:
    path = shared / "text" / f"{name}.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line, _ in zip(stream, range(300), strict=False)]
    now = datetime(2027, 1, 1, tzinfo=UTC)
    items = read_articles([path], now=now)
    articles = [item for item, _ in zip(items, range(300), strict=False)]
    assert [item.id for item in articles if isinstance(item, Article)] == [row["id"] for row in rows]
    assert {item.lang for item in articles if isinstance(item, Article)} == {row["lang"] for row in rows}
    assert all(item.published for item in articles if isinstance(item, Article))


def test_what_froth_wrote_is_not_read_as_articles(tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("article_id,title,n_sentences\na,t,3\n")
    (tmp_path / "sentences.csv").write_text("article_id,sentence,text\na,0,x\n")
    found = list(read_articles([tmp_path]))
    assert [type(item).__name__ for item in found] == ["Failure", "Failure"]
    assert all("froth wrote" in item.reason for item in found if isinstance(item, Failure))


def test_a_line_with_hardly_any_chinese_has_the_encoding_of_its_file(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": "股市存在巨大的泡沫，市场的风险在上升。"},
        {"id": "2", "text": "borrow in July–September"},
    ]
    for codec, n_read in (("gb18030", 2), ("utf-8", 2), ("cp1252", 1)):
        path = tmp_path / f"{codec}.jsonl"
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        path.write_bytes(lines[0].encode("gb18030" if codec == "gb18030" else "utf-8") + lines[1].encode(codec))
        found = list(read_articles([path]))
        assert [row["text"] for row in rows][:n_read] == [one.text for one in found if isinstance(one, Article)]
        assert len(found) == 2
