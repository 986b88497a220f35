"""`froth drift`: how far new texts have gone from those that a model learnt from → drift.csv."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.errors import InputError
from nlp.safety import harmless
from scripts.console import (
    DeviceOption,
    PrecisionOption,
    Tally,
    ZoneOption,
    articles_of,
    main,
    plain_table,
    recorded_failures,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from models.arithmetic import Precision
    from models.passages import Classifier, Passage
    from nlp.profiles import Corpus, Profile, Text

__all__ = ["drift"]

_SHOWN = ("measure", "group", "n_old", "n_new", "value", "expected", "low", "high", "q_value", "verdict")
_N_WORDS = 10


def drift(
    old: Annotated[
        str,
        typer.Argument(
            help="A model folder, a profile (.json), or articles or labelled sentences.", show_default=False
        ),
    ],
    new: Annotated[
        list[str], typer.Argument(help="Files or folders of articles or labelled sentences.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The table of measures.")] = Path("drift.csv"),
    words: Annotated[
        Path | None, typer.Option(help="Also write the words that are used more or less here.", show_default=False)
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Also write the profile of the new texts (.json).", show_default=False)
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Whose confidence is compared; by default OLD, else the bundled one.", show_default=False),
    ] = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Compare texts only, which is quick.")] = False,
    seed: Annotated[int, typer.Option(help="Of permutations and draws.")] = 0,
    device: DeviceOption = "auto",
    precision: PrecisionOption = "fp32",
    zone: ZoneOption = None,
) -> None:
    """Compare texts with a model's training data: languages, sources, words, lengths, and how sure the model is."""
    from nlp.drift import DRIFT_COLUMNS
    from nlp.drift import drift as measure
    from nlp.drift_words import DRIFT_WORD_COLUMNS, drift_words
    from nlp.profile_file import write_profile
    from nlp.profiles import profile_of
    from nlp.tables import check_writable, write_table

    check_writable(out, words, keep, read=[old, *new])
    tally = Tally()
    with recorded_failures(tally, out.parent):
        kept = _profile(old)
        of_old = old if kept and Path(old).suffix != ".json" else "default"
        classifier = None if no_model else _classifier(model or of_old, device, precision)
        before = kept if kept else _corpus([old], zone, classifier, tally)
        if kept and classifier and kept.model != classifier.model_id:
            sys.stderr.write(
                f"{harmless(kept.model or 'no model')} is in the profile, not {harmless(classifier.model_id)}: "
                "confidence is not compared\n"
            )
            classifier = None
        after = _corpus(new, zone, classifier, tally)
        table = measure(before, after, seed=seed)
        if table.empty:
            raise InputError("old and new have no measure in common: no language is in both")
    write_table(table, out, DRIFT_COLUMNS)
    rows = drift_words(before, after)
    if words:
        write_table(rows, words, DRIFT_WORD_COLUMNS)
    if keep:
        write_profile(profile_of(after, classifier.model_id if classifier else ""), keep)
    shown = table[list(_SHOWN)].to_dict("records")
    plain_table(_SHOWN, [[f"{c:.3f}" if isinstance(c, float) else c for c in row.values()] for row in shown])
    for lang in sorted({str(row["lang"]) for row in rows}):
        more = [str(row["word"]) for row in rows if row["lang"] == lang and row["direction"] != "less"][:_N_WORDS]
        sys.stdout.write(f"used more ({lang}): {harmless(', '.join(more) or 'nothing', 300)}\n")
    tally.say(out.with_name("failures.csv"))


def _profile(old: str) -> Profile | None:
    """The profile of a model folder or a file of one; None where `old` is something to read."""
    from models.manifest import BUNDLED, MANIFEST, model_folder
    from nlp.profile_file import PROFILE, is_profile, read_profile

    path = Path(old)
    if old in BUNDLED or (path / MANIFEST).is_file():
        return read_profile(model_folder(old) / PROFILE)
    return read_profile(path) if is_profile(path) else None


def _classifier(name: str, device: str, precision: Precision) -> Classifier:
    from models.checkpoint import load_classifier

    return load_classifier(name, device=device, precision=precision)


def _corpus(inputs: list[str], zone: ZoneInfo | None, classifier: Classifier | None, tally: Tally) -> Corpus:
    from models.confidence import confidence
    from nlp.profiles import Corpus

    texts: list[Text] = []
    passages: list[list[Passage]] = []
    for path in inputs:
        more = _labelled(path) or _articles(path, zone, tally)
        texts += more[0]
        passages += more[1]
    tally.n_added += len(texts)
    return Corpus.of(texts, confidence(passages, classifier) if classifier else ())


def _labelled(path: str) -> tuple[list[Text], list[list[Passage]]] | None:
    """The texts of labelled sentences, with labels or without; None where the file holds something else."""
    from models.confidence import texts_of_labels
    from nlp.labelled import labelled_kind, read_labelled

    try:
        if not Path(path).is_file() or labelled_kind(path) != "sentences":
            return None
    except InputError:
        return None
    return texts_of_labels(read_labelled([path], bare=True))


def _articles(path: str, zone: ZoneInfo | None, tally: Tally) -> tuple[list[Text], list[list[Passage]]]:
    from models.passages import passage_of_article
    from nlp.profiles import Text
    from nlp.text import split_sentences

    texts, passages = [], []
    for article in articles_of([path], zone, tally):
        sentences = split_sentences(article)
        texts.append(Text(article.id, article.lang, article.source, [one.text for one in sentences]))
        passages.append([passage_of_article(article, sentences)])
    return texts, passages


if __name__ == "__main__":
    main(drift)
