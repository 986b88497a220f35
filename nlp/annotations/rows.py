"""Labelled sentences and articles as rows that every tool can hold: a text, fields beside it, an answer a narrative."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType

from nlp.labelled import Labelled, LabelledSentence

__all__ = ["SENTENCE_ANSWERS", "Guess", "LabelRow", "by_text", "label_rows"]

SENTENCE_ANSWERS: Mapping[int, str] = {1: "assert", -1: "reject", 0: "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a model says of a text that is to be judged; it is never read back as a label.

    Attributes:
        model: its id.
        answers: answer and probability by narrative, of a sentence.
        spans: start, end, label (`bubble:assert`) and probability of what is marked in an article.
    """

    model: str
    answers: Mapping[str, tuple[str, float]] = field(default_factory=lambda: MappingProxyType({}))
    spans: Sequence[tuple[int, int, str, float]] = ()

    @property
    def score(self) -> float:
        """The least sure of its probabilities, 1 where it says nothing."""
        probabilities = [p for _, p in self.answers.values()] + [p for *_, p in self.spans]
        return round(min(probabilities, default=1.0), 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRow:
    """What one annotator said of one sentence or article, or a text that someone is to judge.

    Attributes:
        unit: `sentence` or `article`.
        fields: beside the text, without empty ones.
        answers: by narrative: assert, reject or none for sentences, 0 to 3 for articles.
        asked: the narratives to judge, where nobody has yet.
        guess: what a model says, for tools that show it.
    """

    id: str
    text: str
    annotator: str
    unit: str
    fields: Mapping[str, str]
    answers: Mapping[str, str]
    asked: Sequence[str] = ()
    guess: Guess | None = None

    @property
    def judged(self) -> str:
        """The narratives that were judged, as they are written beside the text."""
        return " ".join(sorted(self.answers))


def label_rows(labels: Iterable[Labelled]) -> Iterator[LabelRow]:
    """The rows of labelled sentences or articles, in order."""
    for one in labels:
        if isinstance(one, LabelledSentence):
            fields = {name: getattr(one, name) for name in ("lang", "date", "source", "article", "before", "after")}
            yield LabelRow(
                id=one.id,
                text=one.text,
                annotator=one.annotator,
                unit="sentence",
                fields=_filled({**fields, "stratum": one.stratum or ""}),
                answers={name: SENTENCE_ANSWERS[label] for name, label in one.labels.items()},
            )
        else:
            article = one.article
            published = article.published.isoformat() if article.published else ""
            fields = {"lang": article.script or article.lang, "published": published, "source": article.source}
            yield LabelRow(
                id=article.id,
                text=article.text,
                annotator=one.annotator,
                unit="article",
                fields=_filled({**fields, "url": article.url or "", "title": article.title}),
                answers={name: str(label) for name, label in one.labels.items()},
            )


def _filled(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def by_text(rows: Iterable[LabelRow]) -> list[Sequence[LabelRow]]:
    """The rows of each text together, in the order in which texts come first."""
    order: dict[str, int] = {}
    ordered = sorted(rows, key=lambda row: order.setdefault(row.id, len(order)))
    return [list(group) for _, group in groupby(ordered, key=lambda row: row.id)]
