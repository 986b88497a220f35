"""What a task asked: which narratives its questions are about, and so what an annotator says by saying nothing.

Exports hold no task, so it is read off all they hold. Whoever marked spans read the whole text: what is not marked is
none. Whoever chose among answers says none of a narrative by leaving it out, unless an answer `none` was there to be
chosen: then it was not judged. A field of which no value says anything is no question.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlp.annotations.marks import AnnotatedText
from nlp.annotations.names import EVERY_NARRATIVE, NOTHING, Meaning, Names
from nlp.errors import InputError

__all__ = ["Asked", "read_questions"]

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the marks of one task mean.

    Attributes:
        meanings: by (question, name), without those that say nothing.
        spans, answers: narratives by question, of marked spans and of answers for whole texts.
        offers_none: the (question, narrative) pairs that have an answer `none` of their own.
        passed_over: fields beside the texts that are no questions, none of whose values is known.
    """

    meanings: Mapping[tuple[str, str], Meaning]
    spans: Mapping[str, frozenset[str]]
    answers: Mapping[str, frozenset[str]]
    offers_none: frozenset[tuple[str, str]]
    passed_over: Sequence[str]

    @property
    def span_narratives(self) -> frozenset[str]:
        """Every narrative that was marked in texts."""
        return frozenset().union(*self.spans.values())

    def answered(self, text: AnnotatedText) -> dict[str, str]:
        """The answer by narrative that an annotator gave for a whole text, said or left unsaid.

        Raises:
            InputError: two answers for one narrative.
        """
        found: dict[str, str] = {}
        for question, narratives in self.answers.items():
            said = [(a.question, a.name) for a in text.answers if a.question == question]
            meanings = [self.meanings[one] for one in said if one in self.meanings]
            for meaning in meanings:
                for narrative in narratives if meaning.narrative == EVERY_NARRATIVE else [meaning.narrative]:
                    _put(found, narrative, meaning.answer)
            unsaid = narratives - {meaning.narrative for meaning in meanings} - found.keys()
            if meanings or (question, EVERY_NARRATIVE) not in self.offers_none:
                unsaid -= {narrative for narrative in unsaid if (question, narrative) in self.offers_none}
                found |= dict.fromkeys(unsaid if text.assumed is None else unsaid & text.assumed, "none")
        return found


def read_questions(texts: Sequence[AnnotatedText], names: Names) -> Asked:
    """What was asked in a task, of which these are all texts.

    Raises:
        InputError: labels whose meaning is not known; it lists them with how often each is there.
    """
    spans = Counter((mark.question, mark.name) for text in texts for mark in text.spans)
    answers = Counter((answer.question, answer.name) for text in texts for answer in text.answers)
    fields = {answer.question for text in texts for answer in text.answers if answer.is_field}
    meanings = {one: names.meaning(one[1], one[0]) for one in spans | answers}
    told = {question for (question, _), meaning in meanings.items() if meaning}
    meanings = {one: meaning for one, meaning in meanings.items() if one[0] in told or one[0] not in fields}
    unknown = {one: n for one, n in (spans + answers).items() if meanings.get(one, NOTHING) is None}
    if unknown:
        raise InputError(_unknown(unknown, names))
    known = {one: meaning for one, meaning in meanings.items() if meaning is not None and meaning != NOTHING}
    by_span, by_answer = _by_question(known, spans), _by_question(known, answers)
    named = frozenset().union(*by_span.values(), *by_answer.values())
    judged = frozenset(name for text in texts for name in text.assumed or ()) - named
    if judged:
        said = by_span if by_span else by_answer
        said[""] = said.get("", frozenset()) | judged
    passed_over = sorted(fields - told)
    if not (named or judged):
        columns = f"; none of {', '.join(passed_over)[:200]} is a narrative, name them in a names file" * bool(
            passed_over
        )
        raise InputError(f"no text has a label{columns}: export the annotations together with the texts")
    return Asked(
        known,
        by_span,
        by_answer,
        frozenset((question, m.narrative) for (question, _), m in known.items() if m.answer == "none"),
        passed_over,
    )


def _by_question(
    meanings: Mapping[tuple[str, str], Meaning], asked: Iterable[tuple[str, str]]
) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in asked:
        if one in meanings:
            found[one[0]] |= {meanings[one].narrative} - {EVERY_NARRATIVE}
    return {question: frozenset(narratives) for question, narratives in found.items()}


def _put(found: dict[str, str], narrative: str, answer: str) -> None:
    if found.setdefault(narrative, answer) != answer:
        raise InputError(
            f"says both {found[narrative]} and {answer} of {narrative}; leave the one that holds (of the main clause)"
        )


def _unknown(counts: Mapping[tuple[str, str], int], names: Names) -> str:
    shown = [
        f"{name!r}{f' (asked as {question!r})' if question else ''} {n} times"
        for (question, name), n in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]
    more = f" and {len(shown) - _MOST_SHOWN} more" if len(shown) > _MOST_SHOWN else ""
    example = next(iter(counts))[1].replace('"', "")
    return (
        f"unknown labels: {', '.join(shown[:_MOST_SHOWN])}{more}. Known are {', '.join(sorted(set(names.narratives)))} "
        "with an answer (assert, reject, none, 0 to 3). Say what the others mean in a names file: "
        f'--names names.toml with [labels] and lines such as "{example}" = "bubble:assert", or "" to pass one over'
    )
