"""Suggested articles as rows for annotation tools and as a ranking for people, with the reasons in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from models.decisions import Thresholds, decide
from models.suggestions import Suggestion, doubts
from nlp.annotations.rows import Guess, LabelRow, label_rows
from nlp.columns import iso
from nlp.labelled import Labelled, LabelledArticle, LabelledSentence
from nlp.schema import ANSWERS, SentenceScore

__all__ = ["SUGGESTION_COLUMNS", "Asking", "labels_to_fill", "ranking", "rows_to_judge"]

SUGGESTION_COLUMNS = (
    "rank", "article_id", "value", "uncertainty", "rarity", "diversity", "stratum", "n_asked", "n_copies", "why",
    "lang", "source", "published", "title",
)  # fmt: skip
_SHOWN = 0.2
"""From which value on a part of an article's rarity is named."""


class Asking:
    """What a model says of suggested articles.

    Attributes:
        narratives, thresholds, model: of the model.
    """

    def __init__(self, narratives: Sequence[str], thresholds: Thresholds, model: str) -> None:
        self.narratives, self.thresholds, self.model = tuple(narratives), thresholds, model

    def said(self, score: SentenceScore) -> dict[str, tuple[str, float]]:
        """Answer and probability by narrative."""
        told = np.array([[(score.p_assert[n], score.p_reject[n]) for n in self.narratives]])
        p = np.concatenate([1 - told.sum(axis=-1, keepdims=True), told], axis=-1)
        answers = decide(p, self.thresholds)[0]
        return {
            n: (ANSWERS[a], float(p[0, i, a])) for i, (n, a) in enumerate(zip(self.narratives, answers, strict=True))
        }

    def spans(self, suggestion: Suggestion) -> list[tuple[int, int, str, float]]:
        """What the model would mark in the article."""
        return [
            (one.sentence.start, one.sentence.end, f"{narrative}:{answer}", p)
            for one in suggestion.scored.sentences
            for narrative, (answer, p) in self.said(one).items()
            if answer != "none"
        ]

    def why(self, suggestion: Suggestion) -> str:
        """The reasons in words."""
        if suggestion.is_random:
            return "drawn at random, to measure on"
        unsure = doubts(suggestion.scored)[list(suggestion.asked)]
        place, index = divmod(int(unsure.argmax()), len(self.narratives))
        score, narrative = suggestion.scored.sentences[suggestion.asked[place]], self.narratives[index]
        sides = f"assert {score.p_assert[narrative]:.2f}, reject {score.p_reject[narrative]:.2f}"
        reasons = [f"unsure of {narrative}: {sides}", *_rare(suggestion)]
        return "; ".join([*reasons, f"{suggestion.diversity:.2f} from the nearest labelled or chosen"])


def _rare(suggestion: Suggestion) -> Iterator[str]:
    found, article = suggestion.rarity, suggestion.scored.score.article
    if found.answers >= _SHOWN:
        yield f"may hold a rare {':'.join(found.answer)}"
    if found.conflict >= _SHOWN:
        yield "both asserts and rejects"
    if found.lang >= _SHOWN:
        yield f"few labels in {article.lang}"
    if found.source >= _SHOWN:
        yield f"few labels from {article.source or 'unnamed sources'}"


def labels_to_fill(suggestion: Suggestion, unit: str) -> list[Labelled]:
    """Labelled sentences, or a labelled article, without labels; `unit` is sentence or article."""
    article, sentences = suggestion.scored.score.article, suggestion.scored.sentences
    if unit == "article":
        return [LabelledArticle(article, {})]
    texts = [one.sentence.text for one in sentences]
    return [
        LabelledSentence(
            id=f"{article.id}:{sentences[place].sentence.start}",
            lang=article.lang,
            text=texts[place],
            before=texts[place - 1] if place else "",
            after=texts[place + 1] if place + 1 < len(texts) else "",
            date=article.published.date().isoformat() if article.published else "",
            source=article.source,
            article=article.id,
            stratum=_stratum(suggestion),
        )
        for place in suggestion.asked
    ]


def rows_to_judge(suggestions: Sequence[Suggestion], asking: Asking, unit: str, *, blind: bool) -> list[LabelRow]:
    """The rows of a file to annotate; `blind` leaves out what the model says, which sways who sees it."""
    rows = []
    for rank, suggestion in enumerate(suggestions, 1):
        for place, row in zip(suggestion.asked, label_rows(labels_to_fill(suggestion, unit)), strict=False):
            if unit == "article":
                guess = Guess(model=asking.model, spans=asking.spans(suggestion))
            else:
                guess = Guess(model=asking.model, answers=asking.said(suggestion.scored.sentences[place]))
            reasons = {} if blind else {"why": asking.why(suggestion)}
            rows.append(
                LabelRow(
                    id=row.id,
                    text=row.text,
                    annotator="",
                    unit=unit,
                    fields={**row.fields, "stratum": _stratum(suggestion), "rank": str(rank), **reasons},
                    answers={},
                    asked=asking.narratives,
                    guess=None if blind else guess,
                )
            )
    return rows


def ranking(suggestions: Sequence[Suggestion], asking: Asking) -> list[Mapping[str, object]]:
    """A row per article, `SUGGESTION_COLUMNS`."""
    return [_ranked(rank, suggestion, asking) for rank, suggestion in enumerate(suggestions, 1)]


def _ranked(rank: int, suggestion: Suggestion, asking: Asking) -> dict[str, object]:
    article = suggestion.scored.score.article
    return {
        "rank": rank,
        "article_id": article.id,
        "value": round(suggestion.value, 4),
        "uncertainty": round(suggestion.uncertainty, 4),
        "rarity": round(suggestion.rarity.value, 4),
        "diversity": round(suggestion.diversity, 4),
        "stratum": _stratum(suggestion),
        "n_asked": len(suggestion.asked),
        "n_copies": suggestion.n_copies,
        "why": asking.why(suggestion),
        **{name: getattr(article, name) for name in ("lang", "source", "title")},
        "published": iso(article.published),
    }


def _stratum(suggestion: Suggestion) -> str:
    return "random" if suggestion.is_random else "suggested"
