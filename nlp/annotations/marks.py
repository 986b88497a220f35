"""What a file of an annotation tool holds, before it is known what its labels mean: texts, spans and answers.

One `AnnotatedText` is what one annotator said of one text. Readers of formats yield them in the order of the file, with
a `Failure` for each row that is not of the format; what the names mean is `nlp.annotations.names`, which sentences a
span labels is `nlp.annotations.projection`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from nlp.errors import Failure

__all__ = [
    "CONTEXT",
    "JUDGED",
    "TEXT_KEYS",
    "AnnotatedText",
    "AnnotationReader",
    "Answer",
    "SpanMark",
    "as_text",
    "assumed_of",
    "context_of",
    "text_of",
]

TEXT_KEYS = ("text", "sentence", "content", "body", "article_text", "document", "data", "正文", "文本")
"""Under which names files keep the text, the likeliest first."""

CONTEXT = frozenset(
    {"id", "lang", "date", "published", "source", "article", "url", "title", "before", "after", "stratum", "annotator"}
    | {"unit"}
)
"""What is kept of the fields beside a text; the others are the tool's."""

JUDGED = "judged"
"""The field in which froth writes the narratives that a row is judged for, for tools that keep no empty answers."""

_NO_VALUE = frozenset({"nan", "NaN", "NaT", "null", "NULL", "<NA>"})
"""How exporters spell no value; `None` is an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanMark:
    """A stretch of a text that was marked with a label.

    Attributes:
        start, end: half-open, in the tool's own unit.
        name: the label as the tool has it.
        question: what was asked, empty where the format has no such thing.
        quote: the marked text as the tool quotes it, None where it quotes none.
    """

    start: int
    end: int
    name: str
    question: str = ""
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A label for a text as a whole.

    Attributes:
        name: the label as the tool has it.
        question: what was asked, empty where the format has no such thing.
        is_field: whether it may be no answer at all, but one of the fields beside the text.
    """

    name: str
    question: str = ""
    is_field: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedText:
    """What one annotator said of one text.

    Attributes:
        item: file and place, for failures.
        id: the tool's, empty where it has none.
        text: exactly as the file holds it: offsets count in it.
        annotator: empty where the file does not tell.
        context: fields beside the text, those of `CONTEXT` only.
        assumed: the narratives of which nothing said means none; None for all that the task asks for.
        is_finished: whether the file tells that the annotator was done; without a label it may be that nobody was.
    """

    item: str
    id: str
    text: str
    annotator: str = ""
    spans: tuple[SpanMark, ...] = ()
    answers: tuple[Answer, ...] = ()
    context: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    assumed: frozenset[str] | None = None
    is_finished: bool = True


AnnotationReader = Callable[[Path], Iterator[AnnotatedText | Failure]]


def as_text(value: object) -> str:
    """A scalar of a file as text, empty for what stands for no value; whole numbers lose their `.0`.

    >>> as_text(3.0), as_text(None), as_text(True), as_text("a ")
    ('3', '', 'true', 'a ')
    """
    if value is None or isinstance(value, dict | list | tuple):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    return "" if text.strip() in _NO_VALUE else text


def context_of(fields: Mapping[str, object]) -> dict[str, str]:
    """Those of the fields beside a text that froth keeps, by their names in lower case.

    >>> context_of({"Source": "Reuters", "likes": 3, "date": "2024-01-02"})
    {'source': 'Reuters', 'date': '2024-01-02'}
    """
    found = {str(name).strip().lower(): as_text(value) for name, value in fields.items()}
    return {name: value for name, value in found.items() if name in CONTEXT and value}


def assumed_of(fields: Mapping[str, object]) -> frozenset[str] | None:
    """Which narratives a row is judged for, as froth writes it beside the text (`JUDGED`); None where it does not tell.

    >>> sorted(assumed_of({"judged": "bubble liquidity_crisis"}))
    ['bubble', 'liquidity_crisis']
    """
    value = fields.get(JUDGED)
    return frozenset(value.split()) if isinstance(value, str) and value else None


def text_of(fields: Mapping[str, object]) -> str | None:
    """The text among the fields of a row, None where none of them is called like one.

    >>> text_of({"id": 1, "Text": "a bubble"}), text_of({"id": 1})
    ('a bubble', None)
    """
    by_name = {str(name).strip().lower(): value for name, value in fields.items()}
    for key in TEXT_KEYS:
        value = by_name.get(key)
        if isinstance(value, str) and value.strip():
            return value
    return None
