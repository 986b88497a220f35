"""Which of the times that a sentence names is a figure's: the nearest before it, in English one directly behind first.

A time that names a part of an earlier clause without opening it leaves the figure's time unknown.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from datetime import date

from nlp.claims.time_words import TimeWord
from nlp.claims.time_words_en import time_words_en
from nlp.claims.time_words_zh import time_words_zh

__all__ = ["CLAUSE", "FIGURE", "HAN", "Place", "Sentence", "read_times", "time_word_of"]

HAN = re.compile("[\u4e00-\u9fff]")
CLAUSE = re.compile(r"[，；：]|[,;:](?![0-9])| -+ |—")
FIGURE = re.compile(
    r"[0-9](?: ?(?:%|个?百分点|个?基点|点|[万亿]|美?元|倍|percent|points?|basis|trillion|billion|million|bps?(?![a-z]))"
    r"|[.,][0-9]|(?=[回升降跌涨缩增减]?[至到]))|\$[0-9]|[两二三四五六七八九十百千][万亿]"
)
_OPENING = re.compile(
    r"(?:[\s“\"'(]|截[至止]到?|[在于从自由到至但而且即并]|(?:on|in|at|by|as|of|during|late|early|since|from|for|over"
    r"|the|until|but|and)"
    r"(?![a-z]))*"
)
_OTHER_CLAUSE = re.compile(
    r"(?<![a-z])(?:after|before|when|as|while|but|and|which|ahead|that|following|if|because|though|although|who"
    r"|whose|until)(?![a-z])"
)
_MODIFIES = re.compile("的|开始|启动|那|爆发|以来")
_FAR_BEHIND = 45
_EXTREME_BEHIND = re.compile(r"[ ,]*(?:的|这一?个?|at |a |an |the |its |was |is ){0,3}")
_LONGEST_TOPIC = 12
_LEFT_BEHIND = re.compile("from (?:about |nearly )?[$€£]?[0-9][^,;]{0,36}$")
_LEADS_ON = re.compile(" to ")
_SAYS_ON = re.compile(" ?(?:is|are|now|stands?|stood|was|were|has|have)(?![a-z])")
_BESIDE_POINT = re.compile(" ?(?:at|minus|from|up|down|[0-9])")
_BEFORE = re.compile(" before [a-z]+ing | had (?:[a-z]+ )?[a-z]+ ")
_MOVED_TO = re.compile("[涨跌升降增减落弹][^，。；]{0,3}[到至]了?[^，。；]{0,2}$")
_LED_TO = re.compile("[由从自][^，。；]{0,16}[0-9万亿一二三四五六七八九][^，。；]{0,10}[到至]")
_THEN = re.compile(" and (?:it |they )?(?:has |have |had )?(?:since |now |also )?(?:more than )?[a-z]+ed (?!by )")
_LISTED = re.compile(
    " and (?!(?:is|are|was|were|has|have|had|up|down|then|another|by) )([a-z0-9&' -]{0,36}?[0-9.]+ ?(?:%"
    "|percent|per cent|bps?|basis points?|points?)) (?:on )?"
)
_BESIDE_ANOTHER = re.compile(" (?:versus|vs\\.?|against|compared (?:with|to)|from) [^,;]*[0-9]")
"""Between a level and the time of another one: minus 37 basis points versus minus 40 on Friday."""

_WHEN_IT = re.compile(",? when (?:it|they) (?:was|were|stood|peaked|had been) ")
"""From a day to what held then: less than on June 21, when it was above 80."""

_NOW_IS = re.compile(",? (?:and )?(?:it )?(?:now )?(?:is|are|stands?) (?![a-z]+ed |[a-z]+ing )[^,;]*$")
"""From a time that was told by the way to the present: which was above 80 in November, is just under 50."""

_WHICH_WAS = re.compile(",? (?:which|that) (?:was|is|were) (?:[a-z]+ )?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its times: `text` is folded."""

    written: str
    text: str
    words: tuple[TimeWord, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure is in its sentence, and where the name of what it is about begins."""

    start: int
    end: int
    subject: int | None


@functools.lru_cache(maxsize=256)
def read_times(written: str, text: str, day: date) -> Sentence:
    """The times that a sentence of an article of `day` names (`written`, and `text` folded)."""
    words = time_words_zh(text, day) if HAN.search(text) else time_words_en(text, written, day)
    return Sentence(written, text, words)


def time_word_of(sentence: Sentence, place: Place, *, is_change: bool) -> TimeWord | None:
    """The time of a figure, None where its sentence names none for it; `unknown` where one is named but not told."""
    behind = next((word for word in sentence.words if word.start >= place.end), None)
    if behind and _belongs_behind(sentence.text[place.end : behind.start], behind, is_change=is_change):
        return behind
    for word in reversed([word for word in sentence.words if word.end <= place.start]):
        is_dated = word.role not in ("peak", "trough") and not word.only_change
        if is_dated and not is_change and _is_left(sentence.text, word, place):
            return None
        if not _is_passed_over(sentence.text, word, place, is_change=is_change):
            return word if _is_own(sentence.text, word, place, is_change=is_change) else replace(word, role="unknown")
    return None


def _is_passed_over(text: str, word: TimeWord, place: Place, *, is_change: bool) -> bool:
    """Whether a time before a figure says nothing of it."""
    if word.role in ("peak", "trough"):
        return not _is_extreme_of(text, word, place, is_change=is_change)
    is_apart = CLAUSE.search(text, word.end, place.start) is not None or _is_of_item(text, word, place)
    if word.only_change and not is_change:
        led = _LED_TO.search(text, word.end, place.start)  # 一个月内由1.2万亿升至1.8万亿
        return is_apart or led is not None or not text[word.start : word.end].endswith("内")
    if not is_apart or _speaks_on(text, word, place, is_change=is_change):
        return False
    return word.holds or _has_own_subject(text, word, place) or (word.role == "over" and not is_change)


def _is_own(text: str, word: TimeWord, place: Place, *, is_change: bool) -> bool:
    """Whether a time before a figure is surely the figure's."""
    if word.role in ("peak", "trough"):
        return True
    if word.only_change and not is_change:
        return False
    if CLAUSE.search(text, word.end, place.start) or _is_of_item(text, word, place):
        return _speaks_on(text, word, place, is_change=is_change)
    return not _leads_elsewhere(word, text[word.end : place.start], is_change=is_change)


def _speaks_on(text: str, word: TimeWord, place: Place, *, is_change: bool) -> bool:
    """Whether a time speaks for a figure of a later clause than its own."""
    if _WHEN_IT.match(text, word.end, place.start):
        return True
    return _opens_clause(text, word) or (word.holds and (is_change or not _is_beside(text, word, place)))


def _is_extreme_of(text: str, word: TimeWord, place: Place, *, is_change: bool) -> bool:
    """Whether a high or low that is named before a figure is the figure's."""
    between = text[word.end : place.start]
    tells_on = _WHICH_WAS.fullmatch(between) or _WHEN_IT.match(between)
    if CLAUSE.search(between) and not (_is_topic(text, word) or tells_on):
        return False
    if FIGURE.search(between) and not (word.source and is_change):
        return False
    return is_change or not word.doubtful


def _is_left(text: str, word: TimeWord, place: Place) -> bool:
    """Whether a time is that of what a level came from, so that it is itself of now.

    从去年底的2万亿降至1万亿; compared with December, the VIX, at 14, is low.
    """
    between = text[word.end : place.start]
    if _WHEN_IT.match(between):
        return False
    if _NOW_IS.match(between):
        return True
    if word.source and ((CLAUSE.search(between) and not HAN.search(between)) or FIGURE.search(between)):
        return True
    return _LEADS_ON.match(between) is not None and _LEFT_BEHIND.search(text[: word.start]) is not None


def _leads_elsewhere(word: TimeWord, between: str, *, is_change: bool) -> bool:
    """Whether the words from a time on go to what came after it, at any time: 去年4月低点4800点上涨到7000点."""
    if word.holds:
        return False
    if is_change:
        return _BEFORE.search(between) is not None
    return _THEN.search(between) is not None or (
        FIGURE.search(between) is not None and _MOVED_TO.search(between) is not None
    )


def _is_beside(text: str, word: TimeWord, place: Place) -> bool:
    """Whether a day dates what stands beside the point of a level: CNN's gauge, at 23 on July 6, is at 68."""
    if _has_own_subject(text, word, place):
        return True
    end = CLAUSE.search(text, word.end)
    return (
        end is not None
        and _SAYS_ON.match(text, end.end()) is not None
        and _BESIDE_POINT.match(text, _clause_start(text, word.start)) is not None
    )


def _is_of_item(text: str, word: TimeWord, place: Place) -> bool:
    """Whether a figure parts a time from the name that is spoken of: 恒指今年涨6%、VIX 17."""
    if place.subject is None or HAN.search(text) is None:
        return False
    return FIGURE.search(text, word.end, max(place.subject, word.end)) is not None


def _has_own_subject(text: str, word: TimeWord, place: Place) -> bool:
    """Whether the figure is about what was named in a later clause, or item of a list, than that of the time."""
    return _is_of_item(text, word, place) or (
        place.subject is not None and CLAUSE.search(text, word.end, max(place.subject, word.end)) is not None
    )


def _belongs_behind(between: str, word: TimeWord, *, is_change: bool) -> bool:
    """Whether a time that follows a figure after the words `between` is the figure's."""
    if between in (" as of ", " as at ") and not word.source:
        return True
    if word.role in ("peak", "trough") and not word.source:
        return _EXTREME_BEHIND.fullmatch(between) is not None
    if (
        HAN.search(between)
        or not between.startswith(" ")
        or len(between) > _FAR_BEHIND
        or (word.source and not is_change)
    ):
        return False
    if not is_change and _BESIDE_ANOTHER.search(between):
        return False
    if is_change and (listed := _LISTED.fullmatch(between)):
        return not CLAUSE.search(between) and not _OTHER_CLAUSE.search(listed[1])
    return not (FIGURE.search(between) or CLAUSE.search(between) or _OTHER_CLAUSE.search(between))


def _clause_start(text: str, place: int) -> int:
    return max((match.end() for match in CLAUSE.finditer(text, 0, place)), default=0)


def _opens_clause(text: str, word: TimeWord) -> bool:
    """Whether a clause begins with the time, so that what follows is of it too, and not with something of that time."""
    if _MODIFIES.match(text, word.end):
        return False
    return _OPENING.fullmatch(text, _clause_start(text, word.start), word.start) is not None


def _is_topic(text: str, word: TimeWord) -> bool:
    """Whether a clause says hardly more than the time (高峰时刻，)."""
    end = CLAUSE.search(text, word.end)
    return (end.start() if end else len(text)) - _clause_start(text, word.start) <= _LONGEST_TOPIC
