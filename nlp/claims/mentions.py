"""Where a text names an indicator, or another thing that takes a figure.

All names are two regular expressions in the form of a tree of their letters, one for those that begin a Latin word or a
number, searched once over the folded text: the longest name at a place counts. A weak name is looked at again when a
figure is beside it (`MentionFinder.meant`), for what it means hangs on the words around.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlp.claims.indicators import Indicator, IndicatorTable, Phrases
from nlp.claims.movement import DOWN_EN, SMALL_EN, UP_EN
from nlp.claims.name_patterns import fold_name

__all__ = ["Mention", "MentionFinder", "phrase_regex"]

_SUFFIX = re.compile(
    r"(?:(?:的)?(?:综合)?指数|'s| index\b|s(?![a-z0-9]))?"
    r"(?:(?<=index) of (?:(?:small|big|larg|lead)[a-z]* ){0,2}(?:companies|stocks|shares|firms|caps)\b)?"
    r"(?: ?<[.a-z0-9=]{2,12}>| \(\.[a-z0-9]{2,8}\))?"
)
"""Behind a name: what goes with it (an index of smaller companies), and the ticker that news agencies set there."""

_YEARS = re.compile(r"years(?! (?:at|yield|pay|paid|end|clos|finish|stood|trad|fell|rose|[0-9]))")
"""The end of a name of a maturity (the ten-year) that only counts years here."""

_PLACE = re.compile("euro (?:zone|area)")
"""No currency."""

_APART = re.compile(
    r"[0-9] ?(?:%|bps?|basis|per)[^;.]{0,40}?(?:[,;.\n]|\band) (?:the |and |but |while )*(?:[a-z.]+ )?$"
)
"""Between a name and a word, or a word and a name, where the first has a figure and the second begins a clause."""

_A_RATE = re.compile(
    r"(?:只有|则有|也有|还有|也?上了?|也?[在到至为是报收]了?|[升降跌涨回][到至])? ?[0-9]{1,3}(?:\.[0-9]+)?"
    "(?:%|厘|个百分点|个?基点|点子)"
)
"""What follows a number of years that is a maturity (三十年1.33%)."""

_MOVES = re.compile(
    rf" (?:has |is |was |had )?(?:just |now |still |already )?(?!cuts? )(?:{UP_EN}|{DOWN_EN}) (?:by )?(?:{SMALL_EN} )*"
    r"[0-9.]+ ?(?:%|per ?cent)"
)
"""Behind the name of an index that is a company's too: it rose or fell by so many percent."""

_LATIN = re.compile(r"[a-z0-9]")
_WORD_END = {"letter": r"(?:\b|(?=s\b|[0-9]{1,2}[.%]))", "digit": r"(?:\b|(?=s\b))"}
"""Behind a name that ends with a Latin letter or a digit: no longer word, but a plural or a level (VIX26.5)."""

_OF_SHARES = "(?! ?(?:dax|cac|ibex|股))"
"""Behind the name of a country that is only that of its shares."""

_LOOSE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[a-z0-9])|(?<=[a-z0-9]) (?=[\u4e00-\u9fff])")
"""A space between Chinese and Latin characters, which a writer may set or not: 标普 500."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found: `text[start:end]`; `indicator` is None for another thing, `weak` where the words around decide."""

    start: int
    end: int
    indicator: str | None
    weak: bool = False


class MentionFinder:
    """The names of a table, ready to be found; safe to share, costly to make (some 0.2 s).

    Attributes:
        indicators: the table's rows by id.
        differences: those that are a difference of two others.
    """

    def __init__(self, table: IndicatorTable) -> None:
        self.indicators = table.by_id
        self.differences = [row for row in table.by_id.values() if row.difference]
        self._meaning: dict[str, tuple[str | None, bool]] = {_key(name): (None, False) for name in _all(table.others)}
        for row in table.by_id.values():
            self._meaning |= {_key(name): (row.id, True) for name in _all(row.weak)}
        for row in table.by_id.values():
            self._meaning |= {_key(name): (row.id, False) for name in _all(row.aliases)}
        latin = [name for name in self._meaning if _LATIN.match(name)]
        rest = [name for name in self._meaning if not _LATIN.match(name)]
        # With ASCII rules a Chinese character is no word, so that a Latin name may stand right behind one.
        self._trees = (re.compile(rf"\b{_tree(latin)}", re.ASCII), re.compile(_tree(rest), re.ASCII))
        self._context = {row.id: _Context.of(row) for row in table.by_id.values() if row.weak}

    def find(self, folded: str) -> list[Mention]:
        """The names in a folded text, in order; they do not overlap."""
        spans = [match.span() for tree in self._trees for match in tree.finditer(folded)]
        found: list[Mention] = []
        for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            if (
                (found and start < found[-1].end)
                or _PLACE.match(folded, start)
                or _YEARS.match(folded, end - len("year"))
            ):
                continue
            if folded[end - 1] == "年" and not _A_RATE.match(folded, end):
                continue
            indicator, weak = self._meaning[_LOOSE.sub("", folded[start:end])]
            suffix = _SUFFIX.match(folded, end)
            found.append(Mention(start, suffix.end() if suffix else end, indicator, weak))
        return found

    def meant(self, mention: Mention, lang: str, text: str, scopes: Sequence[tuple[int, int]]) -> bool:
        """Whether a weak name means its indicator.

        Args:
            mention: the name.
            lang: base language of the text.
            text: folded.
            scopes: stretches of it around the name, the narrowest first: the first that has a telling word decides, and
                there the word nearest to the name.
        """
        if not mention.weak or mention.indicator is None:
            return True
        if self.indicators[mention.indicator].kind == "index" and _MOVES.match(text, mention.end):
            return True
        return self._context[mention.indicator].says(mention, lang, text, scopes)


@dataclass(frozen=True, slots=True)
class _Context:
    """The words that a weak name needs and those that rule it out, by base language."""

    needs: Mapping[str, re.Pattern[str]]
    forbids: Mapping[str, re.Pattern[str]]

    @classmethod
    def of(cls, row: Indicator) -> _Context:
        forbids = {
            base: re.compile(f"(?:{words.pattern}){_OF_SHARES}") for base, words in _by_base(row.forbids).items()
        }
        return cls(_by_base(row.context), forbids)

    def says(self, mention: Mention, lang: str, text: str, scopes: Sequence[tuple[int, int]]) -> bool:
        needs, forbids = self.needs.get(lang), self.forbids.get(lang)
        for scope in scopes:
            need = _nearest(needs, mention, text, scope)
            forbid = _nearest(forbids, mention, text, scope, apart=need == 0)
            if min(need, forbid) < _NOWHERE:
                return need < forbid and not (need == 0 and forbid < _NOWHERE)  # the word is the name's own
        return needs is None


_NOWHERE = 1 << 60


def _nearest(
    words: re.Pattern[str] | None, mention: Mention, text: str, scope: tuple[int, int], apart: bool | None = None
) -> int:
    """How far the nearest word is from a name; one within the name is at 0.

    With `apart`, words of a clause of their own behind the name's figure do not count; where it is true, nor do those
    that have their own figure before the name.
    """
    if words is None:
        return _NOWHERE
    nearest = _NOWHERE
    for found in words.finditer(text, *scope):
        gap = max(mention.start - found.end(), found.start() - mention.end, 0)
        if gap < nearest and not (apart is not None and _is_apart(mention, found, text, before=apart)):
            nearest = gap
    return nearest


def _is_apart(mention: Mention, found: re.Match[str], text: str, *, before: bool) -> bool:
    if found.start() >= mention.end:
        return _APART.search(text, mention.end, found.start()) is not None
    return before and _APART.search(text, found.end(), mention.start) is not None


def phrase_regex(phrases: Iterable[str]) -> re.Pattern[str]:
    """Any of some phrases in a folded text, Latin words whole."""
    folded = sorted({fold_name(phrase) for phrase in phrases}, key=len, reverse=True)
    parts = [
        ("(?<![a-z0-9])" if _LATIN.match(phrase) else "")
        + re.escape(phrase)
        + ("(?![a-z0-9])" if _LATIN.match(phrase[-1]) else "")
        for phrase in folded
    ]
    return re.compile("|".join(parts))


def _by_base(phrases: Phrases) -> dict[str, re.Pattern[str]]:
    by_base: dict[str, list[str]] = {}
    for tag, listed in phrases.items():
        by_base.setdefault(tag.partition("-")[0], []).extend(listed)
    return {base: phrase_regex(listed) for base, listed in by_base.items() if listed}


def _key(name: str) -> str:
    return _LOOSE.sub("", fold_name(name))


def _all(phrases: Phrases) -> list[str]:
    return [phrase for listed in phrases.values() for phrase in listed]


def _tree(names: Iterable[str]) -> str:
    """A regular expression that matches the longest of some names, common beginnings once."""
    root: dict[str, dict[str, object]] = {}
    for name in names:
        node: dict[str, dict[str, object]] = root
        for char in name:
            node = node.setdefault(char, {})  # type: ignore[assignment]
        node[""] = {}
    return _written(root)


def _written(node: Mapping[str, Mapping[str, object]], last: str = "") -> str:
    parts = [_gap(last, char) + re.escape(char) + _written(below, char) for char, below in node.items() if char]  # type: ignore[arg-type]
    if "" in node:
        parts.append(_WORD_END["digit" if last.isdigit() else "letter"] if _LATIN.match(last) else "")
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _gap(last: str, char: str) -> str:
    """A space may stand where Chinese and Latin characters meet."""
    meets = last != "" and last.isalnum() and char.isalnum() and last.isascii() != char.isascii()
    return " ?" if meets else ""
