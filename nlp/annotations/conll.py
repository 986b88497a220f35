"""CoNLL-like columns: a token a line with its tag last, BIO or BIOES, an empty line after each block.

Between two lines `-DOCSTART-` the blocks are one article; in a file with at most one of them, each block is a text of
its own (Label Studio writes documents so). Tokens are joined by spaces, Chinese and Japanese ones by nothing. Before a
block may stand what a token cannot hold: `# id = …` and the like, with `# text = …` as a JSON string, in which the
tokens are then found; `# unit = sentence` says that the block is one, whatever its tokens. Several labels of one token
are parted by `|`. It is also what froth writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlp.annotations.marks import AnnotatedText, Answer, SpanMark, assumed_of, context_of
from nlp.decoding import open_text
from nlp.errors import Failure, InputError

__all__ = ["BETWEEN", "DOCUMENT", "is_conll", "read_conll"]

BETWEEN = "|"
"""Parts the labels of one tag."""

DOCUMENT = "-DOCSTART-"
_NOTE = re.compile(r"# ([a-z_]+) = ?(.*)")
_QUOTED = ("text", "before", "after")
"""Notes that are written as JSON strings: they may hold line ends."""
_TAG = re.compile(r"O|[BIESLUM]-(.+)")
_WITHOUT_SPACES = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_GLUED = frozenset(".,;:!?)]}%’”'")


@dataclass(slots=True)
class _Block:
    """Lines up to an empty one; `number` is the first line's."""

    number: int
    tokens: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


def is_conll(head: str) -> bool:
    r"""Whether the first lines of a file are tokens with tags.

    >>> is_conll("a O\nbubble B-bubble\n\n"), is_conll("text,label\n")
    (True, False)
    """
    lines = [line for line in head.split("\n") if line.strip() and not line.startswith("#")]
    columns = [line.split() for line in lines if not line.startswith(DOCUMENT)]
    return bool(columns) and all(len(one) >= 2 and _TAG.fullmatch(one[-1]) for one in columns)


def read_conll(path: Path) -> Iterator[AnnotatedText | Failure]:
    """The articles of a file.

    Raises:
        InputError: an encoding that froth cannot tell.
    """
    documents = list(_documents(path))
    if len(documents) == 1:
        documents = [[block] for block in documents[0]]
    for blocks in documents:
        item = f"{path}:{blocks[0].number}"
        try:
            yield _article(item, blocks)
        except InputError as error:
            yield Failure(item, "read", str(error))


def _documents(path: Path) -> Iterator[list[_Block]]:
    blocks: list[_Block] = []
    block: _Block | None = None
    with open_text(path) as stream:
        for number, raw in enumerate(stream, 1):
            line = raw.rstrip("\r\n")
            if line.startswith(DOCUMENT):
                if blocks:
                    yield blocks
                blocks, block = [], None
            elif not line.strip():
                block = None
            else:
                if block is None:
                    block = _Block(number)
                    blocks.append(block)
                _read_line(block, line)
    if blocks:
        yield blocks


def _read_line(block: _Block, line: str) -> None:
    note = _NOTE.fullmatch(line) if not block.tokens else None
    if note:
        block.notes[note[1]] = _unquoted(note[2]) if note[1] in _QUOTED else note[2]
        return
    columns = line.split("\t") if "\t" in line else line.split()
    block.tokens.append((columns[0], columns[-1].strip() if len(columns) > 1 else ""))


def _unquoted(value: str) -> str:
    try:
        return str(json.loads(value))
    except ValueError:
        return value


def _article(item: str, blocks: Sequence[_Block]) -> AnnotatedText:
    text, spans = "", list[SpanMark]()
    for block in blocks:
        begin = len(text) + 1 if text else 0
        own, places = _placed(block)
        text = f"{text}\n{own}" if text else own
        spans += _spans(block, [(begin + start, begin + end) for start, end in places])
    notes = blocks[0].notes
    context = context_of(notes)
    is_sentence = context.get("unit") == "sentence"
    return AnnotatedText(
        item=item,
        id=context.get("id", ""),
        text=text,
        annotator=context.get("annotator", ""),
        spans=() if is_sentence else tuple(spans),
        answers=tuple(Answer(name) for name in dict.fromkeys(mark.name for mark in spans)) if is_sentence else (),
        context=context,
        assumed=frozenset() if notes.get("judged") == "-" else assumed_of(notes),
    )


def _placed(block: _Block) -> tuple[str, list[tuple[int, int]]]:
    """The text of a block and where in it each token is."""
    stated, text, places = block.notes.get("text"), "", list[tuple[int, int]]()
    if stated is None:
        for token, _ in block.tokens:
            between = "" if not text or _is_glued(text[-1], token[0]) else " "
            places.append((len(text) + len(between), len(text) + len(between) + len(token)))
            text += between + token
        return text, places
    at = 0
    for token, _ in block.tokens:
        start = stated.find(token, at)
        if start < 0:
            raise InputError(f"the token {token!r} does not stand in the text above it; leave out `# text`, or mend it")
        at = start + len(token)
        places.append((start, at))
    return stated, places


def _is_glued(before: str, after: str) -> bool:
    wide = bool(_WITHOUT_SPACES.match(before)) and bool(_WITHOUT_SPACES.match(after))
    return wide or after in _GLUED or before in "([{‘“"


def _spans(block: _Block, places: Sequence[tuple[int, int]]) -> Iterator[SpanMark]:
    """The spans of the tags; a tag that goes on with another label than the one before begins a span."""
    open_tag, start, end = "", 0, 0
    for (token, tag), (first, beyond) in zip(block.tokens, places, strict=True):
        match = _TAG.fullmatch(tag)
        if match is None:
            raise InputError(f"the token {token!r} has the tag {tag!r}, expected O, or B- or I- with a label")
        label = match[1] or ""
        if open_tag and (label != open_tag or tag[0] in "BSU"):
            yield from _named(open_tag, start, end)
            open_tag = ""
        if label and not open_tag:
            open_tag, start = label, first
        end = beyond
    if open_tag:
        yield from _named(open_tag, start, end)


def _named(tag: str, start: int, end: int) -> Iterator[SpanMark]:
    for name in tag.split(BETWEEN):
        yield SpanMark(start=start, end=end, name=name)
