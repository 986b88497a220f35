"""Sentences and phrases of a text, with code-point offsets, by spaCy's documents (rules only, nothing learnt).

The only module of froth's text side that imports spaCy, and only when first used. They are filled by a tokenizer of our
own: one token per Chinese or Japanese character, per word of other scripts and per punctuation mark, which is linear in
any text (spaCy's own peels punctuation off one mark at a time: quadratic in a run of quotation marks) and the same for
every language, so that a phrase reads the same in a text that mixes two. Where sentences end is `nlp.boundaries`.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nlp.boundaries import sentence_ends
from nlp.marks import FINANCE_ABBREVIATIONS, BoundaryRules
from nlp.schema import Article, Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["PhraseFinder", "PhraseHit", "Span", "sentence_spans", "split_sentences"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text in code points, half-open: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A phrase found: `text[start:end]` is what matched, `key` what it was listed under."""

    key: str
    start: int
    end: int


_SINGLE = r"\u2e80-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
"""Scripts written without spaces whose every character is a token: Han, kana, bopomofo."""

_TOKEN = re.compile(rf"[^\W{_SINGLE}]{{1,64}}|\S")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_JOINT = re.compile(r"(?<=\w)[-\u2010\u2011](?=\w)")
_PARAGRAPH = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_PIECE = re.compile(r".{1,50000}(?:\Z|(?<=[。！？])|(?<=[.!?]) )|.{1,50000}", re.DOTALL)
"""A paragraph is read in pieces, which bounds the memory for a book without a line end."""

_ENGLISH_TERMS_IN = frozenset({"zh", "ja", "ko"})
_EAST_ASIAN = frozenset({"zh", "ja", "yue"})
_OWN_PIPELINE = frozenset({"en", "de", "fr", "es", "it", "pt", "nl"})
"""Languages whose abbreviations spaCy lists; all others have what it lists for `xx`."""

_MAX_VOCABULARY = 50_000
"""spaCy keeps every word it ever saw: past this many its vocabulary is replaced by a new one."""


def split_sentences(article: Article) -> list[Sentence]:
    """The sentences of the article's text (its title is not among them), in order, at least one.

    They are stripped, do not overlap, and hold every character of the text that is not white space.
    """
    text = article.text
    return [
        Sentence(article.id, index, span.start, span.end, text[span.start : span.end])
        for index, span in enumerate(sentence_spans(text, article.lang))
    ]


def sentence_spans(text: str, lang: str) -> list[Span]:
    """Where the sentences of `text` are. A line end always ends a sentence; `nlp.boundaries` tells the rest.

    Args:
        text: anything, of any length; the time is linear in it.
        lang: ISO 639-1 code, a script may follow (`zh-Hant`); an unknown one is split by general rules.

    >>> text = "他说：“有泡沫。很大。”但市场不信。"
    >>> [text[span.start : span.end] for span in sentence_spans(text, "zh")]
    ['他说：“有泡沫。很大。”', '但市场不信。']
    """
    base = _base(lang)
    code = "zh" if base in _EAST_ASIAN else base if base in _OWN_PIPELINE else "xx"
    vocab, rules = _vocabulary(), _rules(code)
    spans: list[Span] = []
    for paragraph in _PARAGRAPH.finditer(text):
        for piece in _PIECE.finditer(paragraph.group()):
            doc = _mark_sentences(_tokenise(vocab, piece.group()), piece.group(), rules)
            spans.extend(_spans(doc, paragraph.start() + piece.start()))
    if len(vocab.strings) > _MAX_VOCABULARY:
        _vocabulary.cache_clear()
    return spans


class PhraseFinder:
    """Finds listed phrases in texts, whatever their case, spacing and hyphens; words match whole.

    Chinese and Japanese phrases match character by character, wherever they stand. Phrases of one script of a language
    are looked for in texts of the other too, and English phrases also in Chinese, Japanese and Korean text.
    """

    def __init__(self, phrases_by_key: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        """Take `{key: {language tag: phrases}}`; nothing is compiled before the first text.

        Raises:
            ValueError: a phrase without a word in it.
        """
        self._rows = [
            (key, tag, phrase)
            for key, by_tag in phrases_by_key.items()
            for tag, phrases in by_tag.items()
            for phrase in phrases
        ]
        for key, tag, phrase in self._rows:
            if not _phrase_tokens(phrase):
                raise ValueError(f"{key}: the {tag} phrase {phrase!r} has no word in it; write one or remove it")
        self._tables: dict[str, _PhraseTable] = {}

    def find(self, text: str, lang: str) -> list[PhraseHit]:
        """Every occurrence, phrases within phrases too, by place and key; `und` is searched for all languages."""
        base = _base(lang)
        if base not in self._tables:
            rows = [(key, phrase) for key, tag, phrase in self._rows if _is_searched(tag, base)]
            self._tables[base] = _phrase_table(rows)
        return self._tables[base].find(text)


@dataclass(frozen=True, slots=True)
class _PhraseTable:
    """The phrases for one language: spaCy's vocabulary and PhraseMatcher, and the words that occur in any phrase."""

    vocab: Any
    matcher: Any
    known: frozenset[str]

    def find(self, text: str) -> list[PhraseHit]:
        tokens = _phrase_tokens(text)
        # Words of no phrase become one, so that the vocabulary stays as small as the table however much is read.
        words = [word if (word := token.group().lower()) in self.known else "\ufffd" for token in tokens]
        hits = {
            PhraseHit(self.vocab.strings[key], tokens[first].start(), tokens[beyond - 1].end())
            for key, first, beyond in self.matcher(_doc(self.vocab, words))
        }
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.key))


def _phrase_table(rows: list[tuple[str, str]]) -> _PhraseTable:
    import spacy
    from spacy.matcher import PhraseMatcher

    vocab = spacy.blank("xx").vocab
    matcher = PhraseMatcher(vocab, attr="LOWER")
    known: set[str] = set()
    for key, phrase in rows:
        words = [token.group().lower() for token in _phrase_tokens(phrase)]
        known.update(words)
        matcher.add(key, [_doc(vocab, words)])
    return _PhraseTable(vocab, matcher, frozenset(known))


def _is_searched(tag: str, base: str) -> bool:
    """Whether phrases listed under `tag` are looked for in text of the language `base`."""
    listed = _base(tag)
    return base in ("und", listed) or (listed == "en" and base in _ENGLISH_TERMS_IN)


def _phrase_tokens(text: str) -> list[re.Match[str]]:
    """Tokens to match phrases by: a hyphen within a word counts as a space, a curly apostrophe as a straight one."""
    return [token for token in _TOKEN.finditer(_JOINT.sub(" ", text.replace("’", "'"))) if token.group() != "\ufffd"]


def _base(lang: str) -> str:
    return lang.partition("-")[0].lower()


def _doc(vocab: Any, words: list[str]) -> Doc:  # noqa: ANN401
    from spacy.tokens import Doc

    return Doc(vocab, words=words, spaces=[False] * len(words))


@functools.cache
def _vocabulary() -> Any:  # noqa: ANN401
    from spacy.vocab import Vocab

    return Vocab()


@functools.cache
def _rules(code: str) -> BoundaryRules:
    from spacy.util import get_lang_class

    # English abbreviations count everywhere: Chinese text writes them, and unlisted languages have nothing else.
    defaults = [get_lang_class(listed).Defaults for listed in {"en", code} - {"zh"}]
    listed_words = (word for listed in defaults for word in listed.tokenizer_exceptions)
    abbreviations = FINANCE_ABBREVIATIONS.union(word for word in listed_words if word.endswith("."))
    if code == "zh":
        return BoundaryRules(abbreviations, east_asian=True, max_length=300, max_quote=40)
    return BoundaryRules(abbreviations, ordinals=code == "de")


def _tokenise(vocab: Any, text: str) -> Doc:  # noqa: ANN401
    """A Doc of the tokens without the white space; `user_data["starts"]` tells where in `text` each of them starts."""
    tokens = list(_TOKEN.finditer(_SURROGATE.sub("\ufffd", text)))
    doc = _doc(vocab, [token.group() for token in tokens])
    doc.user_data["starts"] = [token.start() for token in tokens]
    return doc


def _mark_sentences(doc: Doc, text: str, rules: BoundaryRules) -> Doc:
    """Mark the first token after each end as the start of a sentence, and every other token as none."""
    starts = doc.user_data["starts"]
    flags: Any = np.full((len(doc), 1), -1, dtype=np.int64)
    firsts = {bisect_left(starts, end) for end in (0, *sentence_ends(text, rules))}
    flags[sorted(firsts - {len(doc)})] = 1
    return doc.from_array(["SENT_START"], flags.view(np.uint64))


def _spans(doc: Doc, offset: int) -> Iterator[Span]:
    starts = doc.user_data["starts"]
    for sentence in doc.sents if len(doc) else ():
        last = sentence.end - 1
        yield Span(offset + starts[sentence.start], offset + starts[last] + len(doc[last]))
