"""Sentences made from a narrative's definition and cue phrases, with the answers they should get: labels for nothing.

What the definition says first, whole and in its parts, is a sentence that tells the narrative. Its cues stand in
sentences that tell it and in others that deny it. The cues of other narratives in the same sentences, what these
narratives are, and plain sentences answer none, so that it is the cue and not the frame that is learnt, and the
narrative and not trouble in general. That a phrase stands in a sentence is weak evidence of what it says (Ratner et al.
2017, Snorkel, VLDB 11:3): many labels go before (`models.linear_head`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import cycle
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.narratives import DriverMatcher
from nlp.schema import Answer
from nlp.text import sentence_spans

if TYPE_CHECKING:
    from nlp.narratives import Narrative

__all__ = ["MadeSentence", "made_sentences"]

_OTHER_CUES = 30
"""Of a language, so many cues of other narratives are taken, evenly drawn from all."""
_DEFINITION = "definition"
_OTHERS = "definitions of others"
_SHARES: Mapping[str, float] = MappingProxyType(
    {_DEFINITION: 0.16, "assert": 0.1, "reject": 0.13, "none": 0.48, _OTHERS: 0.13}
)
"""How the weight is shared out among what definitions say, and what is made of cues and others, by answer."""
_SHORTEST = 8
"""Parts of a definition with fewer characters say nothing by themselves."""


@dataclass(frozen=True, slots=True)
class MadeSentence:
    """A sentence, what it should be answered with, and its weight; the weights of all that are made sum to one."""

    text: str
    answer: Answer
    weight: float


@dataclass(frozen=True, slots=True)
class _Frames:
    told: Sequence[str]
    denied: Sequence[str]
    plain: Sequence[str]


def made_sentences(narrative: Narrative, others: Iterable[Narrative]) -> list[MadeSentence]:
    """Sentences for a narrative, none twice: of its definition, of its cues, of the others' cues, plain ones.

    A language without frames gives its cues as they stand; cues of other narratives that hold one of its own are left
    out, and phrases that it excludes answer none.
    """
    matcher, others = DriverMatcher([narrative]), [other for other in others if other.id != narrative.id]
    kinds = dict.fromkeys((text for other in others for text in _sentences(other.definition)), _OTHERS)
    kinds |= dict.fromkeys(_parts(narrative.definition), _DEFINITION)
    for lang, cues in narrative.cues.items():
        kinds = dict(_filled(cues, lang, told="assert", denied="reject")) | kinds
    for lang in narrative.cues:
        strange = [phrase for other in others for phrase in other.cues.get(lang, ()) if not matcher.cues(phrase, lang)]
        chosen = [*strange[:: max(1, len(strange) // _OTHER_CUES)], *narrative.exclude.get(lang, ())]
        none = dict(_filled(chosen, lang, told="none", denied="none"))
        kinds = none | dict.fromkeys(_frames_of(lang).plain, "none") | kinds
    counts = {kind: list(kinds.values()).count(kind) for kind in _SHARES}
    total = sum(share for kind, share in _SHARES.items() if counts[kind])
    answers: dict[str, Answer] = {
        **{_DEFINITION: "assert", "assert": "assert", "reject": "reject", "none": "none"},
        _OTHERS: "none",
    }
    return [MadeSentence(text, answers[kind], _SHARES[kind] / total / counts[kind]) for text, kind in kinds.items()]


def _parts(definition: str) -> list[str]:
    """The first sentence, whole and in its parts; those that follow often say what does not count."""
    text = _sentences(definition)[0]
    return [text, *(part.strip() for part in re.split("[;:；：]", text) if len(part.strip()) >= _SHORTEST)]


def _sentences(definition: str) -> list[str]:
    return [definition[span.start : span.end] for span in sentence_spans(definition, "en")]


def _filled(phrases: Sequence[str], lang: str, *, told: str, denied: str) -> Iterator[tuple[str, str]]:
    """Each phrase alone and in a frame of either kind, these in turn, with what that says."""
    frames = _frames_of(lang)
    tells, denies = cycle(frames.told), cycle(frames.denied)
    for phrase in phrases:
        yield phrase, told
        if frames.told:
            yield _put(phrase, next(tells)), told
            yield _put(phrase, next(denies)), denied


def _put(phrase: str, frame: str) -> str:
    """The phrase in a frame, with a capital where it begins."""
    text = frame.replace("{}", phrase)
    return text[:1].upper() + text[1:]


def _frames_of(lang: str) -> _Frames:
    """Those of the tag, else of its language, else none at all."""
    known = _known_frames()
    near = (tag for tag in known if tag.partition("-")[0] == lang.partition("-")[0])
    return known.get(lang) or known.get(next(near, ""), _Frames((), (), ()))


@cache
def _known_frames() -> Mapping[str, _Frames]:
    table = tomllib.loads((resources.files("models") / "made_sentences.toml").read_text("utf-8"))
    return {tag: _Frames(**rows) for tag, rows in table.items()}
