"""The time that a figure is about, from the words of its sentence: which of the times named there is the figure's.

The nearest before the figure counts, in English one directly behind it first; a time that names a part of an earlier
clause without opening it leaves the figure's time unknown, and a sentence that names none speaks of the present. The
words are found by `time_words_zh` and `time_words_en`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from nlp.claims import day_spans
from nlp.claims.folding import fold
from nlp.claims.nearest_time import FIGURE, HAN, Place, Sentence, read_times, time_word_of
from nlp.claims.records import Figure, Window, WindowKind
from nlp.claims.related_times import needs_another, resolved
from nlp.claims.time_words import TimeWord

__all__ = ["window_of"]

_FAR_FROM_EXTREME = 25
_OWN_EXTREME = re.compile(" ?(?:的|at|of)? ?")
_BESIDE = re.compile("(?:'s)?(?: (?:of|in) )?的?(?:收盘|盘中|年内|阶段|那个)?(?:的)? ?")
_SINCE_THEN = re.compile(" since(?= *[.,;]| *$)")
_END_OF = re.compile("(?:the )?end(?![a-z])|.*[底末]$")
_COMES_FROM = re.compile("(?:[从由自]|from)[约近]?(?: about| nearly| around)? ?$")
_STAYS = re.compile("维持|保持|长期|一直|徘徊|(?<![a-z])(?:hover|stay|remain|average)(?:s|ed)?(?![a-z])")
_WEEKLY = re.compile(
    "(?<![a-z])(?:weekly|(?:worst|[a-z]+est) week|(?:end|clos|finish)(?:e?s|ed|ing)?(?: out)? (?:the|last) week)"
    "(?![a-z])|周线|单周"
)
_BEHIND_CHANGE = re.compile(
    "(?:,? (?:its|the|a|an))?[^0-9,;，。；]{0,24}?(?<![a-z])(?:weekly|(?:worst|[a-z]+est) week)(?![a-z])"
)
_FOR_THE_WEEK = re.compile("(?:for|on) the week(?:,| on)? $")
_TO_CLOSE = re.compile(" (?:to|and) (?:close|end|finish|settle)d?(?: the day)? at ")
"""Behind a change that is the session's, whatever else its sentence tells of."""

_ENDED_YEAR = re.compile("(?:end|finish|clos)[a-z]* (?:the year|last year|(?:19|20)[0-9]{2})")
"""What a year ended with: of a change, all of it."""

_LOW = re.compile("(?<![a-z])low|trough|bottom|低点")
_SENTENCE_END = re.compile("[。！？；!?\n]|[.](?= )")
_FAR_BEFORE = 300
_SENTENCES_BACK = 3
_LONGEST_HEADING = 60
_A_MONTH = 27
_FROM_EXTREME = re.compile(
    r"(?: [a-z]+(?: (?:in|for|of) [a-z0-9&.' ]{0,30}?)?)?(?:,? (?:from|below|above|off|since|under)"
    r" [a-z0-9/.' -]{0,30}?"
    r"(?:(?:high|low)(?:est (?:point|level|close))?|top|peak|trough|bottom|record)s?(?![a-z])"
    r"|[较距从][^，。]{0,8}[高低]点)"
)


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
    sentence = read_times(text[start:end], fold(text)[start:end], day)
    before = _named_before(text, start, day) if needs_another(sentence.words) else ()
    sentence = replace(sentence, words=resolved(sentence.words, before, day))
    place = Place(figure.start - start, figure.end - start, None if subject is None else subject - start)
    is_change = figure.direction is not None
    if is_change and (extreme := _FROM_EXTREME.match(sentence.text, place.end)):
        return _from_extreme(sentence, extreme, day)
    word = time_word_of(sentence, place, is_change=is_change)
    if is_change and _TO_CLOSE.match(sentence.text, place.end):
        word = next((other for other in sentence.words if other.holds and other.role == "at"), None)
    if is_change and (week := _week_of(sentence, word, place, day)):
        return week
    if word is None:
        topic = _topic_before(text, start, day) if is_change else None
        return _window(topic, figure, day, "") if topic else Window("now")
    if word.role in ("peak", "trough"):
        return _extreme(sentence, word, place, day, is_change=is_change)
    if is_change and word.role == "at" and _SINCE_THEN.match(sentence.text, place.end):
        word = replace(word, source=True)
    window = _window(word, figure, day, sentence.written[word.start : word.end])
    if word.role == "over" and not is_change and _COMES_FROM.search(sentence.text, word.end, place.start):
        return Window("unknown", text=window.text)
    if word.role == "over" and word.span and not is_change and _STAYS.search(sentence.text, word.end, place.start):
        return replace(window, kind="at", start=word.span.first, end=word.span.last)  # on any day of it
    return window


def _week_of(sentence: Sentence, word: TimeWord | None, place: Place, day: date) -> Window | None:
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
        named = read_times(text[first:start], fold(text)[first:start], day).words + named
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
    sentence = read_times(text[first:start], fold(text)[first:start], day)
    spans = [word for word in sentence.words if word.span and not word.source]
    if len(spans) != 1 or FIGURE.search(sentence.text) or spans[0].span is None:
        return None
    return spans[0] if (spans[0].span.last - spans[0].span.first).days >= _A_MONTH else None


def _extreme(sentence: Sentence, word: TimeWord, place: Place, day: date, *, is_change: bool) -> Window:
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
        time = time_word_of(replace(sentence, words=others), place, is_change=False)
    span = time.span if time and time.role in ("at", "over") and (is_change or not time.source) else None
    kind: WindowKind = "peak" if word.role == "peak" else "trough"
    return Window(kind, span.first if span else None, span.last if span else day, written)


def _is_of(between: str, word: TimeWord, other: TimeWord) -> bool:
    """Whether an English time behind an extreme is that of it: the low of Jan. 22."""
    return 0 <= other.start - word.end <= _FAR_FROM_EXTREME and HAN.search(between) is None


def _from_extreme(sentence: Sentence, extreme: re.Match[str], day: date) -> Window:
    """What a change is counted from that is told behind it: 31% above its low of Jan. 22."""
    time = next(
        (word for word in sentence.words if extreme.start() <= word.start <= extreme.end() + 4 and word.span), None
    )
    if "that day" in extreme.group() or "that session" in extreme.group():
        return Window("unknown", text=extreme.group().strip())
    span = time.span if time else None
    kind: WindowKind = "trough" if _LOW.search(extreme.group()) else "peak"
    written = sentence.written[extreme.start() : extreme.end()].strip()
    return Window(kind, span.first if span else None, span.last if span else day, written)


def _window(word: TimeWord, figure: Figure, day: date, written: str) -> Window:
    if word.role == "now":
        return Window("now", text=written)
    if word.role == "unknown" or word.span is None or word.doubtful:
        return Window("unknown", text=written)
    span, is_change = word.span, figure.direction is not None
    if is_change and word.role == "at" and _ENDED_YEAR.match(written.lower()):
        return Window("between", day_spans.before(day_spans.year_span(span.last.year)), span.last, written)
    if is_change and not word.source and word.role == "at" and (word.origin or _END_OF.match(written.lower())):
        return Window("unknown", text=written)  # what fell a week ago, what was up at the end of March
    if word.role == "at" and word.source and is_change:
        first = day_spans.before(span) if written.endswith("初") else span.last
        return Window("between", word.origin or first, day, written)
    if word.role == "at" and is_change:
        return Window("between", day_spans.before(span), span.last, written)
    if word.role == "over" and not is_change:  # 4月以来升至4.5%: a level is that of the end
        return Window("now", text=written) if span.last == day else Window("at", span.last, span.last, written)
    return Window("between" if is_change else "at", span.first, span.last, written)
