"""Whether one mark ends its sentence: a row of rules asked in turn, each of which decides or passes.

Finding the marks, and what encloses them, is `nlp.boundaries`. The abbreviations of a language come from spaCy's
language data (`nlp.text`); the tables here say what those lists leave open: which of them can end a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["FINANCE_ABBREVIATIONS", "WIDE_STOPS", "BoundaryRules", "Mark", "ends_sentence"]


@dataclass(frozen=True, slots=True)
class BoundaryRules:
    """What differs between languages.

    Attributes:
        abbreviations: words with their full stop, as spelt (`Inc.`), after which a sentence mostly goes on.
        east_asian: whether semicolons and ellipses end sentences.
        ordinals: whether a number with a full stop is an ordinal before a capital (German: `3. Oktober`).
        max_length: code points; longer sentences are cut.
        max_quote: code points; quotations up to this length are not split inside.
    """

    abbreviations: frozenset[str]
    east_asian: bool = False
    ordinals: bool = False
    max_length: int = 600
    max_quote: int = 80


@dataclass(frozen=True, slots=True)
class Mark:
    """One place where a sentence may end, with a bounded stretch of text on either side.

    Attributes:
        opening: the whole sentence before the mark where it is only a few code points long, else empty.
        before: the last code points before the mark.
        mark: the mark itself, a run of `.`, `?`, `。`, `…` and the like.
        closers: closing quotes and brackets that belong to it.
        gap: the white space that follows.
        opener: opening quotes and brackets after the gap.
        word: the word or character after those.
        rest: what follows the gap.
    """

    opening: str
    before: str
    mark: str
    closers: str
    gap: str
    opener: str
    word: str
    rest: str


WIDE_STOPS = "。！？｡；؟।"


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


FINANCE_ABBREVIATIONS = _words(
    "approx. est. incl. excl. ca. cf. al. vs. etc. Nos. No. Sept. Fig. Figs. Eq. Sec. Art. Vol. Ch. pp. p. Dept. Assn.",
    "Cos. Intl. Hon. Pres. Lt. Col. Capt. Sgt. Maj. Cmdr. N.V. S.A. S.p.A. A.G. Yahoo!",
)
"""What financial news adds to spaCy's lists of abbreviations, in any language."""

_NEVER_LAST = _words(
    "Mr. Mrs. Ms. Dr. Prof. Gen. Sen. Rep. Gov. St. Mt. Messrs. Hon. Pres. Lt. Col. Capt. Sgt. Maj. Cmdr. Rev. vs.",
    "e.g. i.e. cf. Hr. Fr. Hrn. Frl. z.B. d.h. bzw. Mme. Mlle. MM. Sra. Sr. Dra. approx. est. incl. excl. ca.",
)
_BEFORE_NUMBER = _words("No. Nos. no. nos. Nr. Fig. Figs. Eq. Sec. Art. Vol. Ch. pp. p.")
_STARTERS = _words(
    "the a an it its he she they we you i this that these those there here in on at by for from with after before as",
    "but and or so yet if when while although though since because however meanwhile still also even such some many",
    "most all not what who why how where one two both last next under over during despite according once then now only",
    "more other others each several nearly about among amid given unlike until unless whether within without",
    "der die das ein eine es er sie wir und aber il elle ils mais pero",
)
"""Words that open a sentence rather than continue a name: `the U.S. The Fed` ends, `the U.S. Treasury` does not."""

_CJK = re.compile(r"[\u2e80-\ua4cf\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]")
_ENUMERATOR = re.compile(r"\s*[(（]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})")
_LAST_WORD = re.compile(r"[^\s\"'“‘(\[（「/—–\u2e80-\ua4cf]*\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_a-z]")
_PLAIN_WORD = re.compile(r"[^\W\d_A-Z]{4,}")
_RUN_ON = re.compile(r"(?:\A|\s)[\"'“(]?[^\W\d_]*[^\W\d_A-Z]{3}\Z")
_CAMEL = re.compile(r"[a-z][A-Z]")
_TAG_AFTER_QUOTE = re.compile(
    r"的|等[，、词字说說]|一[词語语說说]|[为為][题題名]|と|って"
    r"|[^，。！？；：“”「」\s]{0,12}(?:说|說|道|表示|称|稱|指出|问|問|认为|認為|回答|感叹|感嘆|强调|強調)(?:[。！？]|\Z|，[“「『])"
    r"|(?:[A-Z][\w.'’-]*\s){1,3}(?:said|says|asked|asks|wondered|wrote)\b"
)


def ends_sentence(mark: Mark, rules: BoundaryRules) -> bool:
    """Whether the sentence ends at this mark (with its closers)."""
    return next(verdict for rule in _RULES if (verdict := rule(mark, rules)) is not None)


def _nothing_follows(mark: Mark, _: BoundaryRules) -> bool | None:
    return None if mark.rest else True


def _clause_goes_on(mark: Mark, _: BoundaryRules) -> bool | None:
    if mark.rest[0] in "，、,；;：:" or (mark.closers and not mark.gap and mark.rest[0] in "—–-.．。!！?？…"):
        return False
    quoted = mark.closers.strip(")）》]】") != "" and ("." not in mark.mark)
    return False if quoted and _TAG_AFTER_QUOTE.match(mark.rest) else None


def _wide_stop(mark: Mark, rules: BoundaryRules) -> bool | None:
    if mark.mark == "；":
        return rules.east_asian
    if mark.mark == ";":  # half-width in Chinese text; after a Latin letter it is markup (`&nbsp;`)
        return rules.east_asian and not (mark.before[-1:].isascii() and mark.before[-1:].isalpha())
    return True if any(stop in mark.mark for stop in WIDE_STOPS) else None


def _ellipsis(mark: Mark, rules: BoundaryRules) -> bool | None:
    if not ("…" in mark.mark or "‥" in mark.mark or mark.mark.count(".") > 1) or set(mark.mark) & set("!?"):
        return None
    if mark.word[:1].islower() or (not mark.gap and mark.before[-1:].isdigit() and mark.word[:1].isdigit()):
        return False
    return rules.east_asian or bool(mark.opener) or mark.word[:1].isupper() or bool(_CJK.match(mark.rest))


def _exclamation(mark: Mark, rules: BoundaryRules) -> bool | None:
    if "!" not in mark.mark and "?" not in mark.mark:
        return None
    if _LAST_WORD.findall(mark.before)[0] + mark.mark in rules.abbreviations:
        return _opens_sentence(mark)
    if mark.gap or mark.closers or _CJK.match(mark.rest) or _CJK.match(mark.before[-1:]):
        return not mark.word[:1].islower()
    return mark.word[:1].isupper() and mark.before[-1:].isalpha()  # else a URL's query


def _tight_stop(mark: Mark, _: BoundaryRules) -> bool | None:
    """A full stop without white space after it: an end only where a space was forgotten."""
    if mark.gap:
        return None
    if mark.closers:
        return mark.word[:1].isupper() or bool(_CJK.match(mark.rest))
    if _CJK.match(mark.before[-1:]) or mark.before[-1:] in "%)":
        return bool(_CJK.match(mark.rest)) or mark.word[:1].isupper()
    return bool(_RUN_ON.search(mark.before)) and mark.word[:1].isupper() and mark.word[1:2].islower()


def _spaced_stop(mark: Mark, rules: BoundaryRules) -> bool | None:
    """A full stop with white space after it: an end unless a word explains the stop or the sentence goes on."""
    if mark.closers:
        return not mark.word[:1].islower()
    if mark.opening and _ENUMERATOR.fullmatch(mark.opening):
        return False
    word = _LAST_WORD.findall(mark.before)[0]
    spelt = word + "."
    if word.isupper() and word.isalpha() and len(word) > 1:  # a headline in capitals: INC., JAN.
        spelt = spelt.capitalize()
    if spelt in _NEVER_LAST or (spelt in _BEFORE_NUMBER and mark.word[:1].isdigit()):
        return False
    if (
        spelt in rules.abbreviations
        or _INITIALS.fullmatch(word)
        or (word.isupper() and spelt.title() in rules.abbreviations)
    ):
        return _opens_sentence(mark)
    if rules.ordinals and word.isdigit() and len(word) < 3:
        return False
    if mark.word[:1].islower():
        return bool(_CAMEL.match(mark.word)) or bool(_PLAIN_WORD.fullmatch(word))
    return True


def _opens_sentence(mark: Mark) -> bool:
    """Whether what follows an abbreviation opens a sentence: a quotation or a word of the table (not ET, UN or IT)."""
    capital = mark.word.istitle() or mark.before.isupper()
    return capital and (mark.opener.strip("（(【[《") != "" or mark.word.lower() in _STARTERS)


_RULES: tuple[Callable[[Mark, BoundaryRules], bool | None], ...] = (
    _nothing_follows,
    _clause_goes_on,
    _wide_stop,
    _ellipsis,
    _exclamation,
    _tight_stop,
    _spaced_stop,
)
