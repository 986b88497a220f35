"""The records that flow through froth: frozen, checked once when they are made.

`Article` → (split) → `Sentence` → (score) → `SentenceScore` → (pool) → `ArticleScore`. Everything else in froth is a
function over these. Reading files into articles is `nlp.reading`; the table of narratives is `nlp.narratives`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Self, TypedDict, Unpack

from nlp.errors import ArticleError
from nlp.urls import canonical_url, is_web_url

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ANSWERS",
    "Answer",
    "Article",
    "ArticleScore",
    "NarrativeScore",
    "Precision",
    "Sentence",
    "SentenceScore",
    "content_hash",
    "is_narrative_id",
]

Answer = Literal["none", "assert", "reject"]
ANSWERS: tuple[Answer, ...] = ("none", "assert", "reject")
"""The three answers of the codebook, in the order in which models store them."""

Precision = Literal["second", "minute", "hour", "day"]

_PROBABILITY_SLACK = 1e-4


_NARRATIVE_ID = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset(
    {"date", "url", "source", "lang", "story", "title", "text", "model", "start", "end", "drivers"}
    | {"n_articles", "n_stories", "n_sources", "thin", "stress_words"}
)


def is_narrative_id(name: object) -> bool:
    """Whether `name` can be a narrative's id, and so a column: a letter, then a-z, 0-9 and _; not another column's.

    >>> is_narrative_id("carry_unwind"), is_narrative_id("=1+1"), is_narrative_id("title")
    (True, False, False)
    """
    return isinstance(name, str) and bool(_NARRATIVE_ID.fullmatch(name)) and name not in _RESERVED


def content_hash(title: str, text: str) -> str:
    """SHA-256 (hex) of title and text, NFC-normalised, whitespace collapsed: equal for equal content.

    >>> content_hash("A", "b  c") == content_hash("A", "b c")
    True
    """
    joined = "\n".join(" ".join(unicodedata.normalize("NFC", part).split()) for part in (title, text))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


class _Known(TypedDict, total=False):
    """What `Article.create` hands on unchanged."""

    lang: str
    script: str | None
    published: datetime | None
    published_precision: Precision | None
    first_seen: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as froth knows it.

    Attributes:
        id: a given id, else the first 16 hex digits of a SHA-256 (see `Article.create`).
        title: the headline, may be empty when there is a text.
        text: the body, NFC; for a headline without a body, the headline itself. Never empty.
        url: where it can be read, or None.
        source: who published it, or an empty string.
        lang: ISO 639-1 code, `und` where it cannot be told.
        script: `zh-Hans` or `zh-Hant` for Chinese, else None.
        published: aware UTC, or None where the date is unknown.
        published_precision: how exact `published` is; it is the last moment of a day or an hour. None exactly where
            `published` is.
        first_seen: aware UTC, when froth first saw it; None for imported archives.
    """

    id: str
    title: str
    text: str
    url: str | None = None
    source: str = ""
    lang: str = "und"
    script: str | None = None
    published: datetime | None = None
    published_precision: Precision | None = None
    first_seen: datetime | None = None
    content_hash: str = field(init=False)

    def __post_init__(self) -> None:
        if not self.id:
            raise ArticleError("an article needs an id; use Article.create to derive one", field="id")
        if not self.text.strip():
            raise ArticleError(f"article {self.id} has no text: give it a text or at least a title", field="text")
        for name in ("published", "first_seen"):
            moment: datetime | None = getattr(self, name)
            if moment is not None and moment.utcoffset() != UTC.utcoffset(None):
                raise ArticleError(f"article {self.id}: {name} {moment!r} must be aware UTC", field=name)
        if (self.published is None) != (self.published_precision is None):
            raise ArticleError(
                f"article {self.id}: published and published_precision go together", field="published_precision"
            )
        object.__setattr__(self, "content_hash", content_hash(self.title, self.text))

    @classmethod
    def create(
        cls,
        *,
        title: str = "",
        text: str = "",
        id: str | None = None,
        url: str | None = None,
        source: str = "",
        **rest: Unpack[_Known],
    ) -> Self:
        """An article from raw parts: NFC, headline-only repair, canonical URL, id by the rule of the design.

        The id is the first 16 hex digits of the SHA-256 of the canonical URL, else of source, title and text.

        Raises:
            ArticleError: neither title nor text, or a field that breaks a rule.
        """
        title = unicodedata.normalize("NFC", title).strip()
        text = unicodedata.normalize("NFC", text)
        if not text.strip():
            text = title
        if url is not None:
            url = canonical_url(url)
        basis = url if url is not None and is_web_url(url) else "\n".join((source, title, text))
        derived = hashlib.sha256(basis.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return cls(id=derived if id is None else id, title=title, text=text, url=url, source=source, **rest)

    @property
    def known_at(self) -> datetime | None:
        """The moment from which the article counts: `first_seen`, else `published`; None when neither is known."""
        return self.first_seen or self.published


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article: `article.text[start:end] == text`.

    Attributes:
        index: position among the article's sentences, from 0.
        start, end: half-open code-point offsets into the article's text.
    """

    article_id: str
    index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """What the model and the cue phrases say of one sentence.

    Attributes:
        sentence: the sentence judged.
        p_assert, p_reject: calibrated probability per narrative id; what is left to 1 is `none`.
        drivers: matched drivers as `narrative:driver`, sorted.
    """

    sentence: Sentence
    p_assert: Mapping[str, float]
    p_reject: Mapping[str, float]
    drivers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for narrative, asserts in self.p_assert.items():
            rejects = self.p_reject[narrative]
            if not (asserts >= 0 and rejects >= 0 and asserts + rejects <= 1 + _PROBABILITY_SLACK):
                raise ArticleError(
                    f"sentence {self.sentence.index} of {self.sentence.article_id}: {narrative} has "
                    f"p_assert={asserts}, p_reject={rejects}; they must be ≥ 0 and sum to at most 1",
                    field="p_assert",
                )


@dataclass(frozen=True, slots=True)
class NarrativeScore:
    """One narrative in one article, by the formulas of `nlp.intensity`.

    Attributes:
        intensity: how much of the article the narrative takes up, in [0, 1].
        stance: from -1 (rejects) to 1 (asserts), 0 where the narrative is absent or the two balance.
        evidence: the sentence that speaks of it most strongly, or None.
    """

    intensity: float
    stance: float
    evidence: Sentence | None


@dataclass(frozen=True, slots=True)
class ArticleScore:
    """All narratives in one article, as `model` reads it (its story, shared by copies, is found by `nlp.stories`).

    Attributes:
        vector: what the article says as a whole, near that of its translations (`nlp.translations`); None of a model
            that has no vectors. It is no part of what makes two scores equal. Shape: (width,).
    """

    article: Article
    n_sentences: int
    by_narrative: Mapping[str, NarrativeScore]
    model: str
    vector: NDArray[np.float16] | None = field(default=None, repr=False, compare=False)
