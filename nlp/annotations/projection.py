"""Spans and answers into labelled sentences and labelled articles: which sentence a span labels, what an answer counts.

A span labels each sentence with which it shares at least half of its own characters or half of the sentence's, white
space apart: a few words mark their sentence, a paragraph marks all of its own, and a span that runs a word too far
does not mark the next. The sentences are froth's own (`nlp.text`). An answer for a whole text labels that text: as a
sentence (1 asserts, -1 rejects, 0 neither), or as an article, where 0 to 3 are ratings and both asserting and
rejecting, which tell no degree, are 2. What cannot be read with certainty becomes a failure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from nlp.annotations.asked import Asked, read_questions
from nlp.annotations.marks import AnnotatedText, SpanMark
from nlp.annotations.names import EVERY_NARRATIVE, Names
from nlp.annotations.offsets import normalised_place, readings
from nlp.annotations.options import OffsetUnit, Unit
from nlp.errors import Failure, InputError
from nlp.labelled import Labelled, LabelledArticle, LabelledSentence
from nlp.language import normalise
from nlp.reading.records import ReadOptions, article_from_row, read_language
from nlp.schema import Article, Sentence
from nlp.text import sentence_spans, split_sentences

__all__ = ["Counts", "Projection", "project"]

_SENTENCE_LABEL = MappingProxyType({"assert": 1, "reject": -1, "none": 0, "1": 1})
_ARTICLE_LABEL = MappingProxyType({"assert": 2, "reject": 2, "none": 0, "1": 1, "2": 2, "3": 3})
_LEAST_SHARED = 0.5
_N_LOOKED_AT = 500


@dataclass(slots=True)
class Counts:
    """What was done in silence.

    Attributes:
        repairs: spans by how their offsets had been counted.
        n_empty: texts passed over that had no label.
        fields: beside the texts, passed over as no narratives.
    """

    repairs: Counter[str] = field(default_factory=Counter)
    n_empty: int = 0
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Projection:
    """How to read marks.

    Attributes:
        names: what labels mean.
        unit: of answers for whole texts.
        offsets: in which unit spans count.
        empty_is_none: whether a text without a label was judged where a file does not tell; else it is passed over.
        counts: filled while reading.
    """

    names: Names
    unit: Unit = Unit.auto
    offsets: OffsetUnit = OffsetUnit.auto
    empty_is_none: bool = False
    counts: Counts = field(default_factory=Counts)


_Reader = Callable[[AnnotatedText, Asked, Projection], Iterator[Labelled | Failure]]


def project(texts: Sequence[AnnotatedText], how: Projection) -> Iterator[Labelled | Failure]:
    """The labels of one task, text by text; all of one kind.

    Raises:
        InputError: labels whose meaning is not known, or spans together with answers and no unit named.
    """
    asked = read_questions(texts, how.names)
    how.counts.fields += asked.passed_over
    if asked.span_narratives and asked.answers and how.unit is Unit.auto:
        raise InputError(
            "holds marked spans and answers for whole texts: "
            "--unit sentence takes the spans, --unit article the answers"
        )
    if asked.span_narratives and how.unit is not Unit.article:
        read: _Reader = _labelled_spans
    elif not asked.answers:
        raise InputError("holds marked spans only, which label sentences: leave out --unit article")
    else:
        read = _labelled_article if _unit(texts, asked, how) is Unit.article else _labelled_sentence
    seen: dict[str, str] = {}
    judged: set[tuple[str, str]] = set()
    for text in texts:
        if not (text.is_finished or how.empty_is_none):
            how.counts.n_empty += 1
            continue
        try:
            found = list(read(text, asked, how))
        except InputError as error:
            yield Failure(text.item, "read", str(error))
            continue
        known = (text.id or text.text, text.annotator)
        if seen.setdefault(known[0], text.text) != text.text:
            yield Failure(text.item, "read", f"the id {text.id} came before with another text; give each its own")
        elif known in judged:
            who = f"by {text.annotator}" if text.annotator else "without telling by whom"
            yield Failure(text.item, "read", f"the text was judged before {who}; keep one, or name the annotators")
        else:
            judged.add(known)
            yield from found


def _unit(texts: Sequence[AnnotatedText], asked: Asked, how: Projection) -> Unit:
    if how.unit is not Unit.auto:
        return how.unit
    answers = {meaning.answer for meaning in asked.meanings.values()}
    fields = {name for text in texts for name in text.context}
    stated = {text.context["unit"] for text in texts if text.context.get("unit") in tuple(Unit)}
    if len(stated) == 1:
        return Unit(stated.pop())
    if answers & {"2", "3"}:
        return Unit.article
    if "reject" in answers or fields & {"before", "after", "article"}:
        return Unit.sentence
    if fields & {"title", "url"}:
        return Unit.article
    some = texts[:: len(texts) // _N_LOOKED_AT + 1]
    n_single = sum(len(sentence_spans(text.text, _lang(text))) == 1 for text in some)
    return Unit.sentence if 2 * n_single > len(some) else Unit.article


def _lang(text: AnnotatedText) -> str:
    return read_language(text.context.get("lang", ""), text.text).lang


def _labels(answers: Mapping[str, str], scale: Mapping[str, int]) -> Mapping[str, int]:
    for narrative, answer in answers.items():
        if answer not in scale:
            raise InputError(f"{narrative} is rated {answer}, as articles are; give --unit article")
    return MappingProxyType({narrative: scale[answer] for narrative, answer in sorted(answers.items())})


def _labelled_sentence(text: AnnotatedText, asked: Asked, _: Projection) -> Iterator[LabelledSentence]:
    labels = _labels(asked.answered(text), _SENTENCE_LABEL)
    if labels:
        kept = {name: normalise(text.context.get(name, "")) for name in ("before", "after", "source", "article")}
        yield LabelledSentence(
            id=text.id or Article.create(text=text.text).id,
            lang=_lang(text),
            text=normalise(text.text),
            labels=labels,
            date=text.context.get("date") or text.context.get("published", ""),
            stratum=text.context.get("stratum"),
            annotator=text.annotator,
            **kept,
        )


def _labelled_article(text: AnnotatedText, asked: Asked, _: Projection) -> Iterator[LabelledArticle | Failure]:
    labels = _labels(asked.answered(text), _ARTICLE_LABEL)
    if labels:
        article, *complaints = _article(text)
        yield LabelledArticle(article, labels, text.annotator)
        yield from complaints


def _labelled_spans(text: AnnotatedText, asked: Asked, how: Projection) -> Iterator[LabelledSentence | Failure]:
    article, *complaints = _article(text)
    sentences = split_sentences(article)
    said, repairs = _said(text, sentences, asked, how)
    how.counts.repairs.update(repairs)
    for place, sentence in enumerate(sentences):
        unsaid = asked.span_narratives if text.assumed is None else asked.span_narratives & text.assumed
        answers = {n: {"none"} for n in unsaid} | {n: given for (at, n), given in said.items() if at == place}
        unsure = sorted(narrative for narrative, given in answers.items() if len(given) > 1)
        if unsure:
            where = f"{text.item}: sentence {place + 1} ({sentence.text[:40]!r})"
            yield Failure(where, "read", f"is marked in more than one way for {', '.join(unsure)}; leave one")
        yield LabelledSentence(
            id=f"{article.id}:{sentence.start}",
            lang=article.lang,
            text=sentence.text,
            before=sentences[place - 1].text if place else "",
            after=sentences[place + 1].text if place + 1 < len(sentences) else "",
            labels=_labels({n: next(iter(given)) for n, given in answers.items() if len(given) == 1}, _SENTENCE_LABEL),
            date=article.published.date().isoformat() if article.published else "",
            source=article.source,
            article=article.id,
            annotator=text.annotator,
        )
    yield from complaints


def _said(
    text: AnnotatedText, sentences: Sequence[Sentence], asked: Asked, how: Projection
) -> tuple[Mapping[tuple[int, str], set[str]], Counter[str]]:
    """The answers by sentence and narrative, and what was repaired to find them."""
    said: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    repairs: Counter[str] = Counter()
    for mark in text.spans:
        meaning = asked.meanings.get((mark.question, mark.name))
        if meaning is None:
            continue
        places, repair = _marked(text.text, mark, sentences, how.offsets)
        repairs.update([repair] if repair else [])
        every = meaning.narrative == EVERY_NARRATIVE
        for narrative in asked.span_narratives if every else [meaning.narrative]:
            for place in places:
                said[place, narrative].add(meaning.answer)
    return said, repairs


def _marked(text: str, mark: SpanMark, sentences: Sequence[Sentence], unit: OffsetUnit) -> tuple[frozenset[int], str]:
    """The places of the sentences that a span labels, and what was repaired; the same under every possible reading."""
    plain = normalise(text)
    lead = len(plain) - len(plain.lstrip())
    possible = readings(text, mark, unit)
    borders = [[normalised_place(text, place) - lead for place in (one.start, one.end)] for one in possible]
    found = {_shared(plain.strip(), start, end, sentences) for start, end in borders}
    if len(found) > 1:
        raise InputError(
            f"the span {mark.start}:{mark.end} may count code points or UTF-16 code units, which mark different "
            "sentences; say which with --offsets code-points or --offsets utf-16"
        )
    return found.pop(), possible[0].repair if len(possible) == 1 else ""


def _shared(text: str, start: int, end: int, sentences: Sequence[Sentence]) -> frozenset[int]:
    def size(begin: int, beyond: int) -> int:
        return len("".join(text[begin:beyond].split()))

    own = size(start, end)
    return frozenset(
        place
        for place, one in enumerate(sentences)
        if one.start < end and start < one.end
        if size(max(start, one.start), min(end, one.end)) >= _LEAST_SHARED * min(own, size(one.start, one.end))
    )


def _article(text: AnnotatedText) -> tuple[Article, *tuple[Failure, ...]]:
    row = {**text.context, "id": text.id, "text": text.text}
    first, *complaints = article_from_row(row, text.item, ReadOptions(now=datetime.now(UTC)))
    if isinstance(first, Failure):
        raise InputError(first.reason)
    return first, *(one for one in complaints if isinstance(one, Failure))
