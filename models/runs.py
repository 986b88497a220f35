"""Labelled rows into runs: neighbouring sentences that were all judged are read together, as in an article.

A labelled row carries one neighbour on each side. Where the neighbour of one row is the text of the next, the two are
one run, and the model learns to tell sentences of one paragraph apart instead of reading the paragraph once per row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.passages import Passage
from models.windows import tokenise

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from nlp.labelled import LabelledSentence

__all__ = ["Run", "passages_of_runs", "runs_of", "tokenise_runs"]

_LONGEST_RUN = 6


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences in reading order as token ids; `sentences[start : start + n]` are the rows `first` to `first + n`."""

    sentences: tuple[tuple[int, ...], ...]
    start: int
    n: int
    first: int

    @property
    def n_tokens(self) -> int:
        """Tokens in a window, a mark after each sentence included."""
        return sum(len(sentence) + 1 for sentence in self.sentences)

    def bare(self) -> Iterator[Run]:
        """Each of its rows alone, without neighbours."""
        for offset in range(self.n):
            yield Run((self.sentences[self.start + offset],), 0, 1, self.first + offset)


def runs_of(rows: Sequence[LabelledSentence]) -> list[range]:
    """The numbers of the rows of each run, in order; a run holds at most six rows.

    >>> from nlp.labelled import LabelledSentence
    >>> one = LabelledSentence(id="1", lang="en", text="A.", after="B.", article="x")
    >>> two = LabelledSentence(id="2", lang="en", text="B.", before="A.", article="x")
    >>> runs_of([one, two, two])
    [range(0, 2), range(2, 3)]
    """
    runs: list[range] = []
    for number, row in enumerate(rows):
        if runs and len(runs[-1]) < _LONGEST_RUN and _follows(rows[number - 1], row):
            runs[-1] = range(runs[-1].start, number + 1)
        else:
            runs.append(range(number, number + 1))
    return runs


def _follows(first: LabelledSentence, second: LabelledSentence) -> bool:
    return bool(first.article) and (first.article, first.after, first.text) == (
        second.article,
        second.text,
        second.before,
    )


def passages_of_runs(rows: Sequence[LabelledSentence]) -> list[Passage]:
    """The runs of `rows` with the neighbours at their ends; their judged sentences are the rows, in order."""
    passages = []
    for run in runs_of(rows):
        before, after = rows[run.start].before, rows[run.stop - 1].after
        texts = (*([before] if before else []), *(rows[i].text for i in run), *([after] if after else []))
        start = 1 if before else 0
        passages.append(Passage(texts, start, start + len(run)))
    return passages


def tokenise_runs(tokenizer: PreTrainedTokenizerFast, rows: Sequence[LabelledSentence], max_sentence: int) -> list[Run]:
    """The runs of `rows` with the neighbours at their ends, sentences cut to `max_sentence` tokens."""
    passages, runs, first = passages_of_runs(rows), [], 0
    for passage, tokens in zip(passages, tokenise(tokenizer, passages, max_sentence), strict=True):
        n = passage.stop - passage.start
        runs.append(Run(tuple(map(tuple, tokens)), passage.start, n, first))
        first += n
    return runs
