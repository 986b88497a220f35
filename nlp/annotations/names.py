"""What a tool's label says: which narrative, and which answer.

Without a names file froth knows its own narratives by their ids and names (`nlp/narratives.toml`), and reads `bubble`,
`bubble:assert`, `reject_bubble`, `泡沫/否认`, or `assert` as the answer to a question called `bubble`. A bare narrative
asserts. Everything else is unknown and refused: a misread label would be wrong in silence. A names file (TOML) says the
rest:

    narratives = ["carry_unwind"]         # further ids
    [labels]
    "Crunch!" = "liquidity_crisis"        # a label, or a question
    "看多/无泡沫" = "bubble:reject"
    "duplicate" = ""                      # says nothing
    [answers]
    "stimmt zu" = "assert"                # assert, reject, none, or a rating 0 to 3
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from nlp.errors import InputError
from nlp.narratives import load_narratives
from nlp.schema import is_narrative_id

__all__ = ["ANSWER_WORDS", "EVERY_NARRATIVE", "NOTHING", "Meaning", "Names", "load_names"]

EVERY_NARRATIVE = ""
"""The narrative of a label that says `none of them`."""

_WORDS_BY_ANSWER = {
    "assert": "assert asserts asserted assertion affirm affirms yes y true present positive support supports"
    " 断言 肯定 支持 是 有 认同 主张 斷言 認同 主張",
    "reject": "reject rejects rejected rejection deny denies denied negative -1 -1.0 refute refutes"
    " 否认 否定 反驳 否認 反駁",
    "none": "none neither no n false absent neutral irrelevant unrelated other o nothing 0 0.0"
    " 无 無 否 没有 沒有 都不是 以上皆非 无关 無關 中性",
    "1": "1 1.0 mention mentioned passing 提及",
    "2": "2 2.0 substantial 重要",
    "3": "3 3.0 main 主题 主題",
}
ANSWER_WORDS: Mapping[str, str] = MappingProxyType(
    {word: answer for answer, words in _WORDS_BY_ANSWER.items() for word in words.split()}
)
"""The answer by the word for it, folded: assert, reject, none, or a rating. `1` asserts where sentences are judged."""

_ANSWERS = ("assert", "reject", "none", "0", "1", "2", "3")
_ALONE = frozenset(
    "no n y o -1 0 1 2 3 -1.0 0.0 1.0 2.0 3.0 other true false 否 是 有 main".split()  # noqa: SIM905 - as above
)
"""Answer words that count only alone or after a mark: `no bubble` may deny a bubble or find none."""
_MARKS = re.compile(r"\s*(?:[:：/／|｜=＝>＞#]|->|→)\s*")
_SEPARATORS = re.compile(r"[\s_\-–—.,，、:：/／|｜=＝()（）\[\]]+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A narrative (or `EVERY_NARRATIVE`) and an answer: assert, reject, none, or a rating `1` to `3`."""

    narrative: str
    answer: str


NOTHING = Meaning("", "")
"""A label that was declared to say nothing."""


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True, slots=True)
class Names:
    """The names that are known; make it with `load_names`.

    Attributes:
        narratives: id by folded name.
        labels: meaning by folded label, as the names file gives it.
        answers: answer by folded word.
    """

    narratives: Mapping[str, str]
    labels: Mapping[str, Meaning] = field(default_factory=lambda: MappingProxyType({}))
    answers: Mapping[str, str] = field(default_factory=lambda: ANSWER_WORDS)

    def knowing(self, ids: Iterable[str]) -> Names:
        """These names and further narratives, by their ids."""
        return replace(self, narratives={**self.narratives, **{_folded(one): one for one in ids}})

    def meaning(self, name: str, question: str = "") -> Meaning | None:
        """What a label says, as the answer to `question`; None where that is not known.

        >>> names = load_names()
        >>> names.meaning("泡沫/否认"), names.meaning("reject_bubble").answer, names.meaning("bubbel")
        (Meaning(narrative='bubble', answer='reject'), 'reject', None)
        >>> names.meaning("yes", "Liquidity crisis")
        Meaning(narrative='liquidity_crisis', answer='assert')
        """
        folded = _folded(name)
        if folded in self.labels:
            return self.labels[folded]
        if folded in self.answers:
            narrative = self.narrative(question)
            if narrative or self.answers[folded] == "none":
                return Meaning(narrative or EVERY_NARRATIVE, self.answers[folded])
        whole = self.narrative(name)
        return Meaning(whole, "assert") if whole else self._composed(folded)

    def narrative(self, name: str) -> str | None:
        """The narrative that is called `name`, None where that is none."""
        folded = _folded(name)
        if folded in self.labels:
            return self.labels[folded].narrative or None
        return self.narratives.get(folded) or self.narratives.get("_".join(_SEPARATORS.split(folded)).strip("_"))

    def _composed(self, folded: str) -> Meaning | None:
        """`narrative:answer`, `answer narrative` and the like."""
        for splitter, alone in ((_MARKS, True), (_SEPARATORS, False)):
            parts = [part for part in splitter.split(folded) if part]
            for answer, rest in ((parts[-1:], parts[:-1]), (parts[:1], parts[1:])):
                word = answer[0] if answer else ""
                known = word in self.answers and (alone or word not in _ALONE)
                narrative = self.narrative(" ".join(rest)) if known and rest else None
                if narrative:
                    return Meaning(narrative, self.answers[word])
        return None


def load_names(path: Path | None = None) -> Names:
    """The names that froth knows, with those of a names file.

    Raises:
        InputError: a file that cannot be read or breaks the format; names the key.
    """
    known: dict[str, str] = {}
    for narrative in load_narratives():
        known |= {_folded(name): narrative.id for name in (narrative.id, *narrative.names.values())}
    names = Names(MappingProxyType(known))
    if path is None:
        return names
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read as a names file (TOML): {error}") from error
    unknown = set(table) - {"narratives", "labels", "answers"}
    if unknown:
        raise InputError(f"{path}: {min(unknown)} is no key of a names file; use narratives, [labels], [answers]")
    ids = table.get("narratives", [])
    if not isinstance(ids, list) or not all(is_narrative_id(one) for one in ids):
        raise InputError(f'{path}: narratives is {ids!r}; write ids of a-z, 0-9 and _, such as ["carry_unwind"]')
    answers = _strings(path, table, "answers")
    for word, answer in answers.items():
        if answer not in _ANSWERS:
            raise InputError(f"{path}: the answer {word!r} is {answer!r}; expected one of {', '.join(_ANSWERS)}")
    labels = {_folded(name): _target(path, name, said) for name, said in _strings(path, table, "labels").items()}
    stated = {meaning.narrative for meaning in labels.values()} - {""}
    spelt = {_folded(word): "none" if answer == "0" else answer for word, answer in answers.items()}
    return replace(names.knowing([*ids, *sorted(stated)]), labels=labels, answers={**ANSWER_WORDS, **spelt})


def _strings(path: Path, table: Mapping[str, object], key: str) -> dict[str, str]:
    found = table.get(key, {})
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise InputError(f'{path}: [{key}] is no table of texts; write lines such as "Crunch!" = "liquidity_crisis"')
    return found


def _target(path: Path, name: str, said: str) -> Meaning:
    if not said:
        return NOTHING
    narrative, _, answer = said.partition(":")
    if narrative == "none" and not answer:
        return Meaning(EVERY_NARRATIVE, "none")
    if not is_narrative_id(narrative) or (answer or "assert") not in _ANSWERS:
        raise InputError(
            f"{path}: the label {name!r} is {said!r}; write narrative or narrative:answer with one of "
            f'{", ".join(_ANSWERS)}, "none" for none of the narratives, or "" to pass it over'
        )
    return Meaning(narrative, "none" if answer == "0" else answer or "assert")
