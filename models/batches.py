"""Windows into batches of tensors: by length for scoring, several labelled rows to a window for training."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from models.passages import Passage
from models.runs import Run
from models.windows import Span, Window, WindowLayout, pack

__all__ = ["Batch", "batches_of_windows", "collate", "scoring_batches", "shuffled_batches"]

_MOST_ROWS = 6
_SCORING_TOKENS = 32768


@dataclass(frozen=True, slots=True)
class Batch:
    """Some windows as tensors.

    Attributes:
        ids, mask: Shape: (n_windows, longest).
        spans: window, start and end of each judged sentence. Shape: (n_judged, 3).
        rows: the row of each judged sentence.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    spans: torch.Tensor
    rows: list[int]


def batches_of_windows(windows: Sequence[Window], max_tokens: int) -> Iterator[list[Window]]:
    """Windows of like length together, at most `max_tokens` tokens with their padding, longest first."""
    batch: list[Window] = []
    for window in sorted(windows, key=lambda w: len(w.ids), reverse=True):
        if batch and (len(batch) + 1) * len(batch[0].ids) > max_tokens:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def scoring_batches(windows: Sequence[Window], device: torch.device) -> Iterator[list[Window]]:
    """The batches of windows that are read and not learnt from.

    On a CPU every window is one, as the last bits of a score would depend on what else is in its batch, and with it
    on the order of articles. Nothing is lost by it: a window fills a core. A GPU is filled by a hundred of them.
    """
    return batches_of_windows(windows, 1 if device.type == "cpu" else _SCORING_TOKENS)


def collate(windows: Sequence[Window], pad: int, device: torch.device) -> Batch:
    """Windows padded to the longest of them, on `device`."""
    longest = max(len(window.ids) for window in windows)
    ids = torch.full((len(windows), longest), pad, dtype=torch.long)
    mask = torch.zeros((len(windows), longest), dtype=torch.long)
    for index, window in enumerate(windows):
        ids[index, : len(window.ids)] = torch.tensor(window.ids)
        mask[index, : len(window.ids)] = 1
    spans = [(index, span.start, span.end) for index, window in enumerate(windows) for span in window.spans]
    rows = [span.row for window in windows for span in window.spans]
    return Batch(ids.to(device), mask.to(device), torch.tensor(spans, device=device), rows)


def shuffled_batches(
    runs: Sequence[Run], layout: WindowLayout, max_tokens: int, bare_share: float, rng: random.Random
) -> list[list[Window]]:
    """The batches of one pass over labelled rows, several to a window, as articles are packed when scored.

    A window is closed once it holds as many rows as were drawn for it, one to six, or is full.

    A share of the runs is read row by row without neighbours, as headlines and flashes are.
    """
    parts = [part for run in runs for part in (run.bare() if rng.random() < bare_share else (run,))]
    rng.shuffle(parts)
    batches = list(batches_of_windows(list(_windows_of_runs(parts, layout, rng)), max_tokens))
    rng.shuffle(batches)
    return batches


def _windows_of_runs(runs: Sequence[Run], layout: WindowLayout, rng: random.Random) -> Iterator[Window]:
    spans: list[Span] = []
    ids, wanted = [layout.cls], rng.randint(1, _MOST_ROWS)
    for run in runs:
        if run.n_tokens >= layout.max_tokens:
            yield from _windows_of_long_run(run, layout)
            continue
        if spans and (len(spans) >= wanted or len(ids) + run.n_tokens > layout.max_tokens):
            yield Window(tuple(ids), tuple(spans))
            ids, spans, wanted = [layout.cls], [], rng.randint(1, _MOST_ROWS)
        for index, sentence in enumerate(run.sentences):
            if run.start <= index < run.start + run.n:
                spans.append(Span(run.first + index - run.start, len(ids), len(ids) + len(sentence)))
            ids += [*sentence, layout.sep]
    if spans:
        yield Window(tuple(ids), tuple(spans))


def _windows_of_long_run(run: Run, layout: WindowLayout) -> Iterator[Window]:
    passage = Passage(("",) * len(run.sentences), run.start, run.start + run.n)
    yield from pack(passage, run.sentences, layout, run.first)
