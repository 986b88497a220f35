"""A plain-text file into one article: title, a line with date and author, body, and the noise below it.

The first line with something on it is the title, unless it is as long as a paragraph. One of the next lines that holds
little else than a date dates the article, and what else it says names the source. What is noise at the end is for
`nlp.reading.footers` to say. A picture's caption cannot be told from a sentence, so it stays: nothing is lost, a
sentence may count twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from nlp.dates import ParsedDate, default_zone, find_date, parse_date
from nlp.decoding import decode, open_bytes
from nlp.errors import Failure, InputError
from nlp.language import detect_language, normalise
from nlp.reading.footers import without_footer
from nlp.reading.records import ReadOptions, article_from_row
from nlp.schema import Article

__all__ = ["PlainText", "parse_plain_text", "read_plain_text"]

_LARGEST = 16 << 20  # bytes; a larger text file is a collection, not an article
_LONGEST_TITLE = 200
_N_TOP = 6  # lines below the title that may date the article
_LONGEST_BYLINE = 60  # characters beside the date

_WIDEST_BEFORE, _WIDEST_AFTER = 50, 20  # of a source before or after the date; a CJK character is two wide

_CLAUSE = re.compile(r"[，、；：]|[,;:] ")
_EDGE = r"\s|｜,，:：()（）【】\[\]/·•—–-"
_LABEL = re.compile(
    rf"(?<![^{_EDGE}])(?:(?:发布|發布|发表|發表|更新|刊登)?(?:时间|時間|日期|于|於)|北京时间|北京時間|来源|來源|作者|文"
    rf"|(?i:published|updated|posted|date|source|by|on))(?=[{_EDGE}]|$)"
)
_MID_SENTENCE = re.compile(
    r"(?<!published)(?<!posted)(?<!updated)(?<!^)\s(?:on|in|of|since|until|from|to|for)\s*$|(?:截至|截止|自从|直到)\s*$",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"(?:来源|來源|(?i:source))\s*[:：]\s*([^\s|｜]+)")
_SENTENCE_END = re.compile(r"[。！？!?；;….]['\"”’」』)）]*\s*$")


@dataclass(frozen=True, slots=True)
class PlainText:
    """The parts of a plain-text article; `text` does not repeat the title."""

    title: str
    text: str
    source: str
    date: ParsedDate | None


def read_plain_text(path: Path, options: ReadOptions) -> Iterator[Article | Failure]:
    """The article in a text file.

    Raises:
        InputError: an empty or binary file, another encoding, or far more than an article.
    """
    with open_bytes(path) as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InputError(f"is larger than {_LARGEST >> 20} MiB, too long for one article; split it or use .jsonl")
    text = normalise(decode(data))
    if not text.strip():
        raise InputError("is empty; the first line should be a title, the article follows")
    language = detect_language(text)
    parts = parse_plain_text(text, options.zone or default_zone(language.lang, language.script))
    row = {"title": parts.title, "text": parts.text, "source": parts.source, "date": parts.date}
    yield from article_from_row(row, str(path), options)


def parse_plain_text(text: str, zone: tzinfo) -> PlainText:
    r"""The parts of a plain-text article.

    Args:
        text: normalised text.
        zone: of a date that names none.

    >>> from datetime import UTC
    >>> parts = parse_plain_text("Froth returns\n\nJane Doe 2023-12-26 08:33\n\nPrices doubled.\nRead more", UTC)
    >>> parts.title, parts.source, parts.text
    ('Froth returns', 'Jane Doe', 'Prices doubled.')
    """
    lines = [line.strip() for line in text.split("\n")]
    written = [index for index, line in enumerate(lines) if line]
    date, source = None, ""
    for position, index in enumerate(written[: _N_TOP + 1]):
        found = _dateline(lines[index], zone, alone=position == 0)
        if found and len(written) > 1:
            date, source = found.date, found.source
            if found.is_byline:
                lines[index] = ""
                written.remove(index)
            break
    title = lines[written[0]] if len(lines[written[0]]) <= _LONGEST_TITLE else ""
    body = lines[written[0] + bool(title) :]
    while title and body and body[0] in ("", title):
        del body[0]
    return PlainText(title, _paragraphs(without_footer(body, source)), source, date)


@dataclass(frozen=True, slots=True)
class _Dateline:
    """A line that dates the article; `is_byline` when it says no more than who and when, and so is no text."""

    date: ParsedDate
    source: str
    is_byline: bool


def _dateline(line: str, zone: tzinfo, *, alone: bool) -> _Dateline | None:
    """The date and the source in a line that says little else; `alone`: in one that says nothing else."""
    if alone:
        date = parse_date(line, zone)
        return _Dateline(date, "", True) if date and find_date(line, zone) else None
    found = find_date(line, zone)
    if found is None:
        return None
    before, after = line[: found.start], line[found.end :]
    set_apart = re.search(rf"(?:^|[{_EDGE}])$", before) and re.match(rf"(?:$|[{_EDGE}])", after)
    if not set_apart or len(before) + len(after) > _LONGEST_BYLINE or _SENTENCE_END.search(after):
        return None
    if _MID_SENTENCE.search(before):
        return None
    labelled = _SOURCE.search(line)
    if labelled:
        return _Dateline(found.date, labelled[1], True)
    rest = " ".join(_LABEL.sub("", part).strip(" \t|｜,，:：·•/—–-()（）[]【】") for part in (before, after))
    source = " ".join(rest.split())
    # What follows a date is more often the first words of a report than a name.
    longest = _WIDEST_BEFORE if before.strip() else _WIDEST_AFTER
    is_byline = sum(1 if char < "\u2e80" else 2 for char in source) <= longest and not _CLAUSE.search(source)
    return _Dateline(found.date, source if is_byline else "", is_byline)


def _paragraphs(lines: Sequence[str]) -> str:
    """The lines, with at most one empty line between two."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
