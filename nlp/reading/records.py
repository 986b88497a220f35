"""One row of a file into one article: the contract of the design, the same for every format.

Columns: `id?, url?, source?, lang?, date|published, title, text`, in any case; others are ignored. A date that cannot
be read or lies in the future costs the article its date, not its place: it comes out undated, with a `date` failure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path

from nlp.dates import ParsedDate, default_zone, parse_date
from nlp.errors import Failure, InputError
from nlp.language import Language, Script, detect_language, normalise
from nlp.schema import Article

__all__ = ["COLUMNS", "ReadOptions", "Reader", "article_from_row", "folded", "read_language"]

COLUMNS = frozenset({"id", "url", "source", "lang", "date", "published", "title", "text"})
# How exporters spell "no value"; none of these is a headline.
_MISSING = frozenset({"nan", "NaN", "NULL", "null", "None", "<NA>", "NaT"})
_TOLERANCE = timedelta(days=1)
# A day that a database exported as a moment; as a moment it would come before the article did.
_DAY_AS_MOMENT = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2})[T ]0?0:00(:00(\.0+)?)?")
_LANG_BY_NAME = {"cn": "zh", "cmn": "zh", "zho": "zh", "chi": "zh", "chinese": "zh", "中文": "zh"} | {
    "eng": "en", "english": "en", "jpn": "ja", "japanese": "ja", "kor": "ko", "korean": "ko",
    "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "rus": "ru",
}  # fmt: skip
_SCRIPT_BY_SUBTAG: Mapping[str, Script] = {
    "hans": "zh-Hans", "cn": "zh-Hans", "sg": "zh-Hans", "my": "zh-Hans", "chs": "zh-Hans",
    "hant": "zh-Hant", "tw": "zh-Hant", "hk": "zh-Hant", "mo": "zh-Hant", "cht": "zh-Hant",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a reader needs beside the file.

    Attributes:
        now: aware; a date later than a day after it is not believed.
        zone: of dates that name none; None stands for the default of the article's language.
    """

    now: datetime
    zone: tzinfo | None = None


Reader = Callable[[Path, ReadOptions], Iterator[Article | Failure]]
"""Yields what a file holds, in its order; raises `InputError` where the file as a whole is of no use."""


def article_from_row(row: Mapping[str, object], item: str, options: ReadOptions) -> Iterator[Article | Failure]:
    """The article that `row` describes, or a failure; an article whose date is refused is followed by a failure.

    Args:
        row: values by column; `date` may be text, a number, a date object or a `ParsedDate`.
        item: the file and line, for the failures.
        options: see there.
    """
    row = folded(row)
    try:
        given = {name: _string(row.get(name), name) for name in ("id", "url", "source", "lang", "title", "text")}
        title, text = " ".join(given["title"].split()), given["text"]
        if not (title or text):
            raise InputError("has neither a text nor a title; give it one of them")
        language = read_language(given["lang"], f"{title}\n{text}")
        zone = options.zone or default_zone(language.lang, language.script)
        published, complaint = _published(row, zone, options.now)
        article = Article.create(
            id=given["id"] or None,
            url=given["url"] or None,
            source=" ".join(given["source"].split()),
            title=title,
            text=text,
            lang=language.lang,
            script=language.script,
            published=published.moment if published else None,
            published_precision=published.precision if published else None,
        )
    except ValueError as error:  # ArticleError, InputError, or a URL that no codec can encode
        yield Failure(item, "read", str(error))
        return
    yield article
    if complaint:
        yield Failure(f"{item} (id {article.id})", "date", complaint)


def folded(row: Mapping[str, object]) -> dict[str, object]:
    """The row with its column names trimmed and in lower case.

    >>> folded({" Title": "A"})
    {'title': 'A'}
    """
    return {str(name).strip().lower(): value for name, value in row.items()}


def read_language(given: str, text: str) -> Language:
    """The language a row states, else the one its text is in.

    >>> read_language("zh_TW", ""), read_language("en-US", "")
    (Language(lang='zh', script='zh-Hant'), Language(lang='en', script=None))
    """
    subtags = re.split(r"[-_.@\s]+", given.strip().lower())
    lang = _LANG_BY_NAME.get(subtags[0], subtags[0])
    if lang == "und" or not re.fullmatch(r"[a-z]{2,3}", lang):
        return detect_language(text)
    if lang != "zh":
        return Language(lang)
    scripts = [_SCRIPT_BY_SUBTAG[subtag] for subtag in subtags[1:] if subtag in _SCRIPT_BY_SUBTAG]
    return Language("zh", scripts[0] if scripts else detect_language(text).script)


def _published(row: Mapping[str, object], zone: tzinfo, now: datetime) -> tuple[ParsedDate | None, str]:
    """The date of a row, and what is wrong with it (an empty string where nothing is)."""
    value = next((row[name] for name in ("published", "date") if not _is_missing(row.get(name))), None)
    if value is None:
        return None, ""
    try:
        parsed = _parsed(value, zone)
    except InputError as error:
        return None, f"{error}; write it as 2023-12-26 08:33:01+08:00"
    if parsed is None:
        return None, f"{str(value)[:40]!r} is no date that has one reading; write it as 2023-12-26 08:33:01+08:00"
    if parsed.moment > now + _TOLERANCE:
        return None, f"{str(value)[:40]!r} lies in the future (it is {now:%Y-%m-%d}); correct the date"
    return parsed, ""


def _parsed(value: object, zone: tzinfo) -> ParsedDate | None:
    if isinstance(value, ParsedDate):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return parse_date(value, zone)
    text = _string(value, "date")
    day = _DAY_AS_MOMENT.fullmatch(text)
    return parse_date(day[1] if day else text, zone)


def _is_missing(value: object) -> bool:
    if isinstance(value, str):
        return value in _MISSING or not value.strip()
    return value is None or value != value  # NaN, NaT


def _string(value: object, name: str) -> str:
    if _is_missing(value):
        return ""
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == time():
        return value.date().isoformat()  # a column of days that was stored as moments
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)  # a table with gaps keeps its whole numbers as floats
    if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool):
        return normalise(str(value)).strip()
    raise InputError(f"{name} is a {type(value).__name__}, expected text")
