"""`froth labels`: labels of annotation tools ↔ froth's own, how far annotators agree, splits that do not leak."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.annotations.options import OffsetUnit, Unit
from nlp.errors import InputError
from nlp.safety import harmless
from nlp.split_plan import SplitBy, SplitPlan
from scripts.console import Tally, articles_of, main, plain_table, recorded_failures

if TYPE_CHECKING:
    from nlp.annotations.projection import Projection
    from nlp.labelled import Labelled
    from nlp.splits import Keys

__all__ = ["Format", "labels"]


class Format(StrEnum):
    """Of files with labels."""

    froth = "froth"
    label_studio = "label-studio"
    doccano = "doccano"
    argilla = "argilla"
    conll = "conll"
    csv = "csv"


_TABLES, _OTHERS = frozenset((".csv", ".tsv", ".parquet")), frozenset((".json", ".jsonl"))
"""Suffixes of tables, which `--to csv` writes, and of what the other forms are."""


def labels(
    inputs: Annotated[list[Path], typer.Argument(help="Files with labels, of one task.", show_default=False)],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write the labels here.", show_default=False)] = None,
    to: Annotated[Format, typer.Option(help="The format to write; csv is Parquet by the suffix.")] = Format.froth,
    format: Annotated[
        Format | None, typer.Option(help="The format of the files; recognised without.", show_default=False)
    ] = None,
    names: Annotated[
        Path | None, typer.Option(help="What the labels mean (TOML): [labels], [answers].", show_default=False)
    ] = None,
    unit: Annotated[Unit, typer.Option(help="What a text with labels of its own is.")] = Unit.auto,
    offsets: Annotated[OffsetUnit, typer.Option(help="In which unit spans without a quote count.")] = OffsetUnit.auto,
    empty_is_none: Annotated[
        bool, typer.Option("--empty-is-none", help="A text without a label was judged, where a file does not tell.")
    ] = False,
    agreement: Annotated[
        Path | None, typer.Option(help="Write kappa and alpha of the annotators here.", show_default=False)
    ] = None,
    disagreements: Annotated[
        Path | None, typer.Option(help="Write what they differ on here, the hardest first.", show_default=False)
    ] = None,
    merge: Annotated[
        bool, typer.Option("--merge", help="One row a text: what was decided, else what most annotators say.")
    ] = False,
    decided: Annotated[
        Path | None,
        typer.Option(help="The listing of disagreements with its column decided filled in.", show_default=False),
    ] = None,
    split: Annotated[
        tuple[Path, Path, Path] | None,
        typer.Option(metavar="TRAIN DEV TEST", help="Write the labels in three parts that share nothing."),
    ] = None,
    shares: Annotated[tuple[float, float, float], typer.Option(metavar="A B C", help="Of the rows in each part.")] = (
        0.8,
        0.1,
        0.1,
    ),
    by: Annotated[SplitBy, typer.Option(help="What stays together in a part, or time.")] = SplitBy.story,
    embargo: Annotated[int, typer.Option(min=0, help="By time: days left out after each cut.")] = 0,
    articles: Annotated[
        list[str] | None,
        typer.Option(help="Whole articles of the sentences, to find copies by.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the split and of the intervals.")] = 0,
) -> None:
    """Convert labels, measure how far annotators agree, split without leaks; failures.csv tells what was refused."""
    from nlp.annotations.adjudication import adjudicated, read_decisions
    from nlp.annotations.formats import read_labels
    from nlp.annotations.names import load_names
    from nlp.annotations.projection import Projection
    from nlp.annotations.writing import write_labels
    from nlp.splits import keys_of
    from nlp.tables import check_writable

    outputs = [path for path in (out, agreement, disagreements, *(split or ())) if path]
    if not outputs:
        raise typer.BadParameter("nothing to write: give -o, --agreement, --disagreements or --split")
    plan = SplitPlan(by=by, shares=shares, seed=seed, embargo=embargo)
    _check_suffixes([path for path in (out, *(split or ())) if path], to)
    check_writable(*outputs, read=[*inputs, names, decided, *(articles or ())])
    tally = Tally()
    how = Projection(load_names(names), unit, offsets, empty_is_none)
    with recorded_failures(tally, outputs[0].parent):
        found = read_labels(inputs, how, format.value if format else None)
        for failure in found.failures:
            tally.fail(failure)
        if not found.labels:
            first = found.failures[:1]
            problem = f"; the first problem was {first[0].item}: {first[0].reason}" if first else ""
            raise InputError(f"not one label in {', '.join(map(str, inputs))}{problem}")
        tally.n_added, tally.n_skipped = len(found.labels), how.counts.n_empty
        _say_what_was_read(found.labels, how)
        if agreement or disagreements:
            _measure(found.labels, agreement, disagreements, seed)
        rows = found.labels
        if merge or decided:
            rows = adjudicated(rows, read_decisions(decided) if decided else {})
        if out:
            write_labels(out, rows, to.value)
        if split:
            parts = _divide(rows, keys_of(rows, articles_of(articles, None, tally) if articles else ()), plan)
            for number, path in enumerate(split):
                write_labels(path, [row for row, part in zip(rows, parts, strict=True) if part == number], to.value)
    tally.say(outputs[0].with_name("failures.csv"))


def _check_suffixes(paths: Sequence[Path], to: Format) -> None:
    """Refuses a name that says another form than the one that would be written."""
    for path in paths:
        suffix = path.suffix.lower()
        if suffix in _TABLES | _OTHERS and (suffix in _TABLES) != (to is Format.csv):
            raise InputError(f"{path} is no name for --to {to.value}: choose the suffix of that form, or another --to")


def _say_what_was_read(rows: Sequence[Labelled], how: Projection) -> None:
    """How often each answer was given by narrative, and what was done in silence."""
    counts = Counter((narrative, label) for row in rows for narrative, label in row.labels.items())
    plain_table(["narrative", "label", "n"], [[name, label, n] for (name, label), n in sorted(counts.items())])
    for what, n in sorted(how.counts.repairs.items()):
        sys.stdout.write(f"{n} spans counted otherwise ({what}), repaired\n")
    if how.counts.fields:
        fields = harmless(", ".join(how.counts.fields))
        sys.stdout.write(f"passed over, as no narratives: {fields}; a names file can say that they are\n")
    if how.counts.n_empty:
        sys.stdout.write(
            f"{how.counts.n_empty} texts without a label passed over, which may be unfinished: --empty-is-none takes "
            "them as judged\n"
        )


def _measure(rows: Sequence[Labelled], agreement: Path | None, disagreements: Path | None, seed: int) -> None:
    from nlp.annotations import agreement as measured
    from nlp.annotations.disagreements import disagreements as differing
    from nlp.annotations.disagreements import write_disagreements

    if agreement:
        table = measured.agreement(rows, seed=seed)
        measured.write_agreement(table, agreement)
        shown = (
            "narrative",
            "answer",
            "lang",
            "compared",
            "n_units",
            "agreed",
            "kappa",
            "alpha",
            "alpha_low",
            "alpha_high",
        )
        cells = [[getattr(row, name) for name in shown] for row in table]
        plain_table(shown, [[f"{cell:.3f}" if isinstance(cell, float) else cell for cell in row] for row in cells])
    if disagreements:
        listed = differing(rows)
        write_disagreements(listed, disagreements)
        sys.stdout.write(f"{len(listed)} answers differ, see {disagreements}\n")


def _divide(rows: Sequence[Labelled], keys: Keys, plan: SplitPlan) -> list[int | None]:
    """The part of each row, after telling what the parts share and what a random split would have shared."""
    from nlp.leaks import leaks, nearest_row_f1, random_parts
    from nlp.splits import split

    parts = split(rows, keys, plan)
    at_random = random_parts(parts, plan.seed)
    sizes = Counter("left out" if part is None else ("train", "dev", "test")[part] for part in parts)
    n_undated = f" ({keys.day.count(None)} rows have no date)" if sizes["left out"] else ""
    told = ", ".join(f"{name} {sizes[name]}" for name in ("train", "dev", "test", "left out"))
    sys.stdout.write(f"{told}{n_undated}\n")
    found = zip(leaks(keys, at_random), leaks(keys, parts), strict=True)
    columns = ["in several parts", "random", "rows", "here", "here rows"]
    plain_table(columns, [[a.shared, a.n_values, a.n_rows, b.n_values, b.n_rows] for a, b in found])
    by_chance, here = nearest_row_f1(rows, at_random, plan.seed), nearest_row_f1(rows, parts, plan.seed)
    sys.stdout.write(f"F1 of copying the nearest row: {by_chance:.3f} at random, {here:.3f} here\n")
    return parts


if __name__ == "__main__":
    main(labels)
