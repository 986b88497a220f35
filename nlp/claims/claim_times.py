"""The time of a claim: that which its sentence names, else that of the claim before it which it goes on from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from nlp.claims.places import Place
from nlp.claims.readings import Link
from nlp.claims.records import Claim, Figure, Window
from nlp.claims.windows import window_of
from nlp.claims.words_of_doubt import FROM_BEFORE

__all__ = ["time_of"]

_LATELY = re.compile(r"最近|近来|近期|\b(?:lately|recently|of late|currently|now)\b")
_WEEK = re.compile(r"\bweekly\b|est week\b|\b(?:worst|the|last) week\b|周线|单周")
_CAME_TO = re.compile(r"\bto [^;]{0,24}[0-9][^;]{0,16} from ")
_GOES_TO = re.compile(r"[^,;]{0,16} to ")
_EXACT = 1000
_A_MONTH = timedelta(days=31)
_A_WEEK_AND_MORE = timedelta(days=10)
_STOP = re.compile(r"[。！？]|\.(?![0-9])")
_SESSION = 4
"""Days from one session to the next, over a long weekend."""


def time_of(
    figure: Figure, found: Link | None, place: Place, told: Sequence[Claim], day: date, *, is_amount: bool
) -> Window:
    """The time of a figure.

    Args:
        figure: at `place`.
        found: how it is read, None where it is about nothing known.
        place: where it stands.
        told: the claims before it, in order.
        day: the article's.
        is_amount: whether it is about an amount, whose change is one since the level that was told of it.
    """
    start, end = place.sentence
    subject = found.name[0] if found and found.name is not None and found.name[0] >= start else None
    window = window_of(place.text, _as_read(figure, found), start, end, day, subject=subject)
    if found is None:
        return window
    reading = found.reading
    if reading.against and window.kind in ("at", "between") and window.end and window.end < day:
        return replace(window, kind="between", start=window.end, end=day)
    if reading.transform == "pace" and _LATELY.search(place.folded, place.clause[0], figure.start):
        return Window("now")
    if reading.transform == "level":
        return _lately(window, day, figure) if window.kind == "now" and _is_left(place) else window
    last = told[-1] if told and _goes_on(told, found, place, has_own=subject is not None) else None
    if window.kind == "now":
        return last.window if last else _told_before(found, place, told, day, is_amount=is_amount) or window
    named = place.text.rfind(window.text, start, figure.start) if window.text else figure.start
    if last is not None and start <= named < last.figure.start:
        return last.window  # a day that opens the sentence, and a stretch told since
    return window


def _is_left(place: Place) -> bool:
    """Whether a level is what another one, told right beside it, came from: to 2.40% from 2.58%."""
    before, after = place.folded[place.clause[0] : place.start], place.folded[place.end : place.clause[1]]
    return FROM_BEFORE.search(before) is not None and bool(_CAME_TO.search(before) or _GOES_TO.match(after))


def _lately(window: Window, day: date, figure: Figure) -> Window:
    """When a level held that was left: lately, longer ago where it is told so exactly that no other day has it."""
    is_exact = figure.value >= _EXACT * figure.digit
    return replace(window, kind="at", start=day - (_A_MONTH if is_exact else _A_WEEK_AND_MORE), end=day)


def _told_before(found: Link, place: Place, told: Sequence[Claim], day: date, *, is_amount: bool) -> Window | None:
    """The time of a change that names none: since a level that was told, else the session told of in its paragraph."""
    if found.reading.transform == "change" and is_amount:
        for claim in reversed(told):
            if claim.indicator == found.indicator and claim.transform == "level" and claim.window.kind == "at":
                return Window("between", claim.window.end, day, claim.window.text)
        return None
    said = [claim for claim in told if "\n" not in place.text[claim.figure.end : place.start]]
    session = next((claim for claim in reversed(said) if _is_short(claim.window)), None)
    if session is None:
        session = next((claim for claim in reversed(said) if _is_stretch(claim.window, day)), None)
    if session is None:
        return None
    between = place.text[session.figure.end : place.start]
    return session.window if _is_one_sentence(session, between) else replace(session.window, text="")


def _goes_on(told: Sequence[Claim], found: Link, place: Place, *, has_own: bool) -> bool:
    """Whether a change goes on with the time of the last one told: in its sentence, or over a semicolon.

    Over a semicolon, with a subject of its own (`has_own`), only with a time that all told before it is of.
    """
    last = told[-1]
    between = place.text[last.figure.end : place.sentence[0]]
    is_near = last.figure.start >= place.sentence[0]
    if not is_near and between.strip() in ("；", ";"):
        is_near = not has_own or _is_of_all(last, told, place.text)
    kind = found.reading.transform
    is_like = last.transform == kind or (kind == "pace" and last.indicator == found.indicator)
    return is_near and is_like and last.window.kind in ("between", "peak", "trough")


def _is_one_sentence(session: Claim, between: str) -> bool:
    """Whether semicolons alone part a change from a session told."""
    return "；" in between and _STOP.search(between) is None and _WEEK.search(session.window.text) is None


def _is_of_all(last: Claim, told: Sequence[Claim], text: str) -> bool:
    """Whether a time stands before every figure of its sentence."""
    named = text.rfind(last.window.text, 0, last.figure.start) if last.window.text else -1
    start = max(text.rfind(mark, 0, max(named, 0)) for mark in "；。\n")
    return named >= 0 and not any(start < claim.figure.start < named for claim in told)


def _is_short(window: Window) -> bool:
    """Whether a change's time is one session, from one weekday to the next, or a week."""
    if window.kind != "between" or window.start is None or window.end is None:
        return False
    if _WEEK.search(window.text):
        return True
    return (window.end - window.start).days <= _SESSION and int(np.busday_count(window.start, window.end)) <= 1


def _is_stretch(window: Window, day: date) -> bool:
    """Whether a change's time is a stretch that is over, such as a year in review."""
    return window.kind == "between" and window.start is not None and window.end is not None and window.end < day


def _as_read(figure: Figure, found: Link | None) -> Figure:
    """The figure with a direction where it was read as a change, without one where as a level: its time hangs on it."""
    if found is None:
        return figure
    if found.reading.transform == "level":
        return replace(figure, direction=None)
    return replace(figure, direction="up" if found.reading.value > 0 else "down")
