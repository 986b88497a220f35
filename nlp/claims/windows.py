"""The time that a figure is about, from the words of its sentence: which of the times named there is the figure's.

The nearest before the figure counts, in English one directly behind it first; a time that names a part of an earlier
clause without opening it leaves the figure's time unknown, and a sentence that names none speaks of the present. The
words are found by `time_words_zh` and `time_words_en`.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from datetime import date

from nlp.claims import day_spans
from nlp.claims.folding import fold
from nlp.claims.records import Figure, Window, WindowKind
from nlp.claims.related_times import needs_another, resolved
from nlp.claims.time_words import TimeWord
from nlp.claims.time_words_en import time_words_en
from nlp.claims.time_words_zh import time_words_zh

__all__ = ["window_of"]

_HAN = re.compile("[\u4e00-\u9fff]")
_CLAUSE = re.compile(r"[，；：]|[,;:](?![0-9])| -+ |—")
_FIGURE = re.compile(
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
_FAR_FROM_EXTREME = 25
_EXTREME_BEHIND = re.compile(r"[ ,]*(?:的|这一?个?|at |a |an |the |its |was |is ){0,3}")
_LONGEST_TOPIC = 12
_OWN_EXTREME = re.compile(" ?(?:的|at|of)? ?")
_LEFT_BEHIND = re.compile("from (?:about |nearly )?[$€£]?[0-9][^,;]{0,36}$")
_LEADS_ON = re.compile(" to ")
_BESIDE = re.compile("(?:'s)?(?: (?:of|in) )?的?(?:收盘|盘中|年内|阶段|那个)?(?:的)? ?")
_SAYS_ON = re.compile(" ?(?:is|are|now|stands?|stood|was|were|has|have)(?![a-z])")
_BESIDE_POINT = re.compile(" ?(?:at|minus|from|up|down|[0-9])")
_BEFORE = re.compile(" before [a-z]+ing ")
_MOVED_TO = re.compile("[涨跌升降增减落弹][^，。；]{0,3}[到至]了?[^，。；]{0,2}$")
_COMES_FROM = re.compile("(?:[从由自]|from)[约近]?(?: about| nearly| around)? ?$")
_STAYS = re.compile("维持|保持|长期|一直|徘徊|(?<![a-z])(?:hover|stay|remain|average)(?:s|ed)?(?![a-z])")
_THEN = re.compile(" and (?:has |have |had )?[a-z]+ed (?!by )")
_WEEKLY = re.compile("(?<![a-z])(?:weekly|(?:worst|[a-z]+est) week)(?![a-z])|周线|单周")
_BEHIND_CHANGE = re.compile(
    "(?:,? (?:its|the|a|an))?[^0-9,;，。；]{0,24}?(?<![a-z])(?:weekly|(?:worst|[a-z]+est) week)(?![a-z])"
)
_FOR_THE_WEEK = re.compile("(?:for|on) the week(?:,| on)? $")
_LISTED = re.compile(
    " and (?!(?:is|are|was|were|has|have|had|up|down|then|another|by) )([a-z0-9&' -]{0,36}?[0-9.]+ ?(?:%"
    "|percent|per cent|bps?|basis points?|points?)) (?:on )?"
)
_WHICH_WAS = re.compile(",? (?:which|that) (?:was|is|were) (?:[a-z]+ )?")
_LOW = re.compile("low|trough|bottom|低点")
_SENTENCE_END = re.compile("[。！？；!?\n]|[.](?= )")
_FAR_BEFORE = 300
_SENTENCES_BACK = 3
_LONGEST_HEADING = 60
_A_MONTH = 27
_FROM_EXTREME = re.compile(
    r"(?: [a-z]+)?(?:,? (?:from|below|above|off|since|under) [a-z0-9/' -]{0,30}?(?:high|low|peak|trough|bottom"
    r"|record)s?(?![a-z])|[较距从][^，。]{0,8}[高低]点)"
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with its times: `text` is folded."""

    written: str
    text: str
    words: tuple[TimeWord, ...]


def window_of(text: str, figure: Figure, start: int, end: int, day: date, *, subject: int | None = None) -> Window:
    """The time that `figure` is about.

    Args:
        text: of the article.
        figure: found in it.
        start: code point at which the figure's sentence starts.
        end: code point after the sentence.
        day: the article's, in its own zone; no window reaches beyond it.
        subject: code point at which the name of what it is about begins, where that is known.

    >>> from nlp.claims.figures import find_figures
    >>> text = "截至去年10月底，规模为1.15万亿美元。"
    >>> window_of(text, find_figures(text, "zh")[0], 0, len(text), date(2024, 2, 1))
    Window(kind='at', start=datetime.date(2023, 10, 25), end=datetime.date(2023, 10, 31), text='去年10月底')
    """
    sentence = _read(text[start:end], fold(text)[start:end], day)
    before = _named_before(text, start, day) if needs_another(sentence.words) else ()
    sentence = replace(sentence, words=resolved(sentence.words, before, day))
    place = _Place(figure.start - start, figure.end - start, None if subject is None else subject - start)
    is_change = figure.direction is not None
    if is_change and (extreme := _FROM_EXTREME.match(sentence.text, place.end)):
        return _from_extreme(sentence, extreme, day)
    word = _word_of(sentence, place, is_change=is_change)
    if is_change and (week := _week_of(sentence, word, place, day)):
        return week
    if word is None:
        topic = _topic_before(text, start, day) if is_change else None
        return _window(topic, figure, day, "") if topic else Window("now")
    if word.role in ("peak", "trough"):
        return _extreme(sentence, word, place, day, is_change=is_change)
    window = _window(word, figure, day, sentence.written[word.start : word.end])
    if word.role == "over" and not is_change and _COMES_FROM.search(sentence.text, word.end, place.start):
        return Window("unknown", text=window.text)
    if word.role == "over" and word.span and not is_change and _STAYS.search(sentence.text, word.end, place.start):
        return replace(window, kind="at", start=word.span.first, end=word.span.last)  # on any day of it
    return window


def _week_of(sentence: _Sentence, word: TimeWord | None, place: _Place, day: date) -> Window | None:
    """The week up to a session that is named, or to the last one, where a change is said to be a week's."""
    if word is not None and (word.span is None or word.span.first != word.span.last or word.start >= place.end):
        return None
    text, end = sentence.text, day if word is None or word.span is None else word.span.last
    told = _BEHIND_CHANGE.match(text, place.end)
    if word is not None and told is None:
        told = _WEEKLY.search(text, word.end, place.start) or _FOR_THE_WEEK.search(text, 0, word.start)
    if told is None:
        return None
    end = day_spans.shifted(end, "day", 3) if word is None and end.weekday() <= 1 else end
    return Window("between", day_spans.before(day_spans.period_of(end, "week")), end, told.group().strip())


def _named_before(text: str, start: int, day: date) -> tuple[TimeWord, ...]:
    """The times of the sentences before, back to the nearest that names a day, at most so many."""
    named: tuple[TimeWord, ...] = ()
    for _ in range(_SENTENCES_BACK):
        ends = [match.end() for match in _SENTENCE_END.finditer(text, max(0, start - _FAR_BEFORE), max(0, start - 1))]
        first = ends[-1] if ends else max(0, start - _FAR_BEFORE)
        named = _read(text[first:start], fold(text)[first:start], day).words + named
        if first <= 0 or any(word.span and word.span.first == word.span.last for word in named):
            break
        start = first
    return named


def _topic_before(text: str, start: int, day: date) -> TimeWord | None:
    """The stretch that a short sentence before, without a figure, says is spoken of: Let us be brief about 2022."""
    first = max(0, start - _LONGEST_HEADING)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, first, max(0, start - 1))]
    if not ends and first > 0:
        return None
    first = ends[-1] if ends else first
    sentence = _read(text[first:start], fold(text)[first:start], day)
    spans = [word for word in sentence.words if word.span and not word.source]
    if len(spans) != 1 or _FIGURE.search(sentence.text) or spans[0].span is None:
        return None
    return spans[0] if (spans[0].span.last - spans[0].span.first).days >= _A_MONTH else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a figure is in its sentence, and where the name of what it is about begins."""

    start: int
    end: int
    subject: int | None


@functools.lru_cache(maxsize=256)
def _read(written: str, text: str, day: date) -> _Sentence:
    words = time_words_zh(text, day) if _HAN.search(text) else time_words_en(text, written, day)
    return _Sentence(written, text, words)


def _word_of(sentence: _Sentence, place: _Place, *, is_change: bool) -> TimeWord | None:  # noqa: C901
    """The time of a figure, None where its sentence names none for it."""
    behind = next((word for word in sentence.words if word.start >= place.end), None)
    if behind and _belongs_behind(sentence.text[place.end : behind.start], behind, is_change=is_change):
        return behind
    before = [word for word in sentence.words if word.end <= place.start]
    while before:
        word = before.pop()
        between = sentence.text[word.end : place.start]
        is_taken = _FIGURE.search(between) is not None
        if word.role in ("peak", "trough"):
            is_elsewhere = _CLAUSE.search(between) and not (
                _is_topic(sentence.text, word) or _WHICH_WAS.fullmatch(between)
            )
            counted_from = word.source and is_change
            if (is_taken and not counted_from) or is_elsewhere or (word.doubtful and not is_change):
                continue
            return word
        if word.only_change and not is_change:
            if sentence.text[word.start : word.end].endswith("内") and not _CLAUSE.search(between):
                return replace(word, role="unknown")
            continue
        if word.source and not is_change and _CLAUSE.search(between) and not _HAN.search(between):
            return None  # Compared with December, the VIX, at 14, is low
        left = _LEADS_ON.match(between) and _LEFT_BEHIND.search(sentence.text[: word.start])
        if ((word.source and is_taken) or left) and not is_change:
            return None  # 从去年底的2万亿降至1万亿: the second is of now
        moved = not is_change and _MOVED_TO.search(between) and not _CLAUSE.search(between)
        if is_taken and moved and not word.holds:
            return replace(word, role="unknown")  # 去年4月低点4800点上涨到7000点
        is_held = word.holds and (is_change or not _is_beside(sentence.text, word, place))
        goes_on = _BEFORE if is_change else _THEN
        if not word.holds and goes_on.search(between) and not _CLAUSE.search(between):
            return replace(word, role="unknown")
        if _CLAUSE.search(between) and not is_held and not _opens_clause(sentence.text, word):
            if word.holds:
                continue
            if _has_own_subject(sentence.text, word, place) or (word.role == "over" and not is_change):
                continue
            return replace(word, role="unknown")
        return word
    return None


def _is_beside(text: str, word: TimeWord, place: _Place) -> bool:
    """Whether a day dates what stands beside the point of a level: CNN's gauge, at 23 on July 6, is at 68."""
    if _has_own_subject(text, word, place):
        return True
    end = _CLAUSE.search(text, word.end)
    return (
        end is not None
        and _SAYS_ON.match(text, end.end()) is not None
        and _BESIDE_POINT.match(text, _clause_start(text, word.start)) is not None
    )


def _has_own_subject(text: str, word: TimeWord, place: _Place) -> bool:
    """Whether the figure is about what was named in a later clause than that of the time."""
    return place.subject is not None and _CLAUSE.search(text, word.end, max(place.subject, word.end)) is not None


def _belongs_behind(between: str, word: TimeWord, *, is_change: bool) -> bool:
    """Whether a time that follows a figure after the words `between` is the figure's."""
    if word.role in ("peak", "trough") and not word.source:
        return _EXTREME_BEHIND.fullmatch(between) is not None
    if (
        _HAN.search(between)
        or not between.startswith(" ")
        or len(between) > _FAR_BEHIND
        or (word.source and not is_change)
    ):
        return False
    if is_change and (listed := _LISTED.fullmatch(between)):
        return not _CLAUSE.search(between) and not _OTHER_CLAUSE.search(listed[1])
    return not (_FIGURE.search(between) or _CLAUSE.search(between) or _OTHER_CLAUSE.search(between))


def _clause_start(text: str, place: int) -> int:
    return max((match.end() for match in _CLAUSE.finditer(text, 0, place)), default=0)


def _opens_clause(text: str, word: TimeWord) -> bool:
    """Whether a clause begins with the time, so that what follows is of it too, and not with something of that time."""
    if _MODIFIES.match(text, word.end):
        return False
    return _OPENING.fullmatch(text, _clause_start(text, word.start), word.start) is not None


def _is_topic(text: str, word: TimeWord) -> bool:
    """Whether a clause says hardly more than the time (高峰时刻，)."""
    end = _CLAUSE.search(text, word.end)
    return (end.start() if end else len(text)) - _clause_start(text, word.start) <= _LONGEST_TOPIC


def _extreme(sentence: _Sentence, word: TimeWord, place: _Place, day: date, *, is_change: bool) -> Window:
    """The highest or lowest of the time named for it, of all time before the article where none is.

    A change is counted from it, a level is its own, also where it is compared with (较高峰时的2.5万亿少了八成).
    """
    written = sentence.written[word.start : word.end]
    if word.source and not is_change and not _OWN_EXTREME.fullmatch(sentence.text, word.end, place.start):
        return Window("unknown", text=written)
    others = tuple(other for other in sentence.words if other.role not in ("peak", "trough"))
    beside = (
        other
        for other in others
        if (other.end <= word.start and _BESIDE.fullmatch(sentence.text, other.end, word.start))
        or _is_of(sentence.text[word.end : other.start], word, other)
    )
    time = next(beside, None)
    if time is None and not is_change:
        time = _word_of(replace(sentence, words=others), place, is_change=False)
    span = time.span if time and time.role in ("at", "over") and (is_change or not time.source) else None
    kind: WindowKind = "peak" if word.role == "peak" else "trough"
    return Window(kind, span.first if span else None, span.last if span else day, written)


def _is_of(between: str, word: TimeWord, other: TimeWord) -> bool:
    """Whether an English time behind an extreme is that of it: the low of Jan. 22."""
    return 0 <= other.start - word.end <= _FAR_FROM_EXTREME and _HAN.search(between) is None


def _from_extreme(sentence: _Sentence, extreme: re.Match[str], day: date) -> Window:
    """What a change is counted from that is told behind it: 31% above its low of Jan. 22."""
    time = next(
        (word for word in sentence.words if extreme.start() <= word.start <= extreme.end() + 4 and word.span), None
    )
    span = time.span if time else None
    kind: WindowKind = "trough" if _LOW.search(extreme.group()) else "peak"
    return Window(kind, span.first if span else None, span.last if span else day, extreme.group().strip())


def _window(word: TimeWord, figure: Figure, day: date, written: str) -> Window:
    if word.role == "now":
        return Window("now", text=written)
    if word.role == "unknown" or word.span is None or word.doubtful:
        return Window("unknown", text=written)
    span, is_change = word.span, figure.direction is not None
    if word.origin and is_change and not word.source:
        return Window("unknown", text=written)  # what fell a week ago
    if word.role == "at" and word.source and is_change:
        return Window("between", word.origin or span.last, day, written)
    if word.role == "at" and is_change:
        return Window("between", day_spans.before(span), span.last, written)
    if word.role == "over" and not is_change:  # 4月以来升至4.5%: a level is that of the end
        return Window("now", text=written) if span.last == day else Window("at", span.last, span.last, written)
    return Window("between" if is_change else "at", span.first, span.last, written)
