"""The model card beside trained weights: what it was trained on, how, and what it measures on the held-out fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nlp.labelled import article_of
from nlp.safety import harmless

if TYPE_CHECKING:
    import pandas as pd

    from models.added_narrative import Learnt
    from nlp.labelled import LabelledSentence

__all__ = ["added_card", "markdown_table", "model_card"]


def model_card(
    name: str,
    rows: Sequence[LabelledSentence],
    record: dict[str, Any],
    metrics: pd.DataFrame,
    confusion: pd.DataFrame,
) -> str:
    """A card in Markdown.

    Args:
        name: its heading.
        rows: all labelled sentences that the training saw, those held out included.
        record: of the training, as in `models.training.TrainingRun`.
        metrics: as from `models.evaluation.evaluate` on the fold that was held out.
        confusion: as from `models.evaluation.confusion` on it.
    """
    langs = Counter(row.lang for row in rows)
    sources = Counter(row.source or "unnamed" for row in rows)
    dates = sorted(row.date for row in rows if row.date)
    lines = [
        f"# {name}",
        "",
        "A froth narrative model: per sentence and narrative the probability that it is asserted, rejected or neither.",
        "",
        f"- Base: `{record.get('base', '-')}`",
        f"- Labels: {len(rows)} sentences ({', '.join(f'{lang} {n}' for lang, n in sorted(langs.items()))}): "
        f"{record.get('n_trained', 0)} to learn from, {record.get('n_held_out', 0)} of other articles held out",
        *_taught(record),
        f"- Texts date from {dates[0]} to {dates[-1]}" if dates else "- Texts carry no dates",
        f"- Sources: {'; '.join(f'{source} ({n})' for source, n in sources.most_common(12))}",
        f"- Licence of labels and texts: {record.get('licence', 'not stated')}",
        f"- Settings: {', '.join(f'{k}={v}' for k, v in record.get('config', {}).items()) or 'defaults'}",
        "- Data by hash, settings, log, wrong answers, calibration, environment: `record/`",
        "",
        *_measured_on(record),
        "",
        *markdown_table(metrics),
        "",
        "Gold answers in rows, what the model said in columns:",
        "",
        *markdown_table(confusion),
        "",
    ]
    return "\n".join(lines)


def added_card(
    name: str, base: str, learnt: Sequence[Learnt], record: dict[str, Any], metrics: dict[str, pd.DataFrame]
) -> str:
    """A card in Markdown for a model to which narratives were added.

    Args:
        name: its heading.
        base: the id of the model that they were added to.
        learnt: the narratives.
        record: of the training.
        metrics: as from `models.evaluation.evaluate` on new narratives, by what they were measured on; may be empty.
    """
    lines = [
        f"# {name}",
        "",
        f"`{base}` with {', '.join(one.narrative.id for one in learnt)} added: encoder, heads, probabilities and "
        "thresholds of its own narratives are the same to the last bit.",
        "",
        *(line for one in learnt for line in _learnt(one)),
        f"- Licence of labels and texts: {record.get('licence', 'not stated')}",
        "- Data by hash, choices, measures, environment: `record/`",
        "",
    ]
    for measured_on, table in metrics.items():
        lines += [
            f"## {measured_on}",
            "",
            "Cross-validation also chose the settings and fitted calibration and thresholds, so its figures flatter; "
            "of held-out labels nothing was learnt. Intervals are 95%, by a bootstrap over articles.",
            "",
            *markdown_table(table),
            "",
        ]
    if not metrics:
        lines += [
            "Nothing was measured: give labelled sentences of other articles (`--held-out`, `froth evaluate`).",
            "",
        ]
    return "\n".join(lines)


def _learnt(learnt: Learnt) -> list[str]:
    """What a narrative was learnt from, and what its probabilities are worth."""
    n_articles = len({article_of(row) for row in learnt.rows})
    lines = [
        f"- `{learnt.narrative.id}` ({harmless(learnt.narrative.name, 80)}): {len(learnt.rows)} labelled sentences of "
        f"{n_articles} articles, {learnt.n_made} sentences made from definition and cue phrases "
        f"and {learnt.n_background} sentences without labels and cues, taken not to tell it",
        f"  - Definition: {harmless(learnt.narrative.definition, 2000)}",
    ]
    if not learnt.fitted.is_cross_validated:
        lines.append(
            "  - Its probabilities are not calibrated, and answers are said from one half on: rank by them, do not "
            "count by them, until there are labels of at least two articles"
        )
    return lines


def _taught(record: dict[str, Any]) -> list[str]:
    """The line on what trained models taught, where they did."""
    if not record.get("teachers"):
        return []
    teachers = ", ".join(harmless(name, 80) for name in record["teachers"])
    return [f"- Learnt besides what {teachers} answered on {record['n_unlabelled']} sentences without labels"]


def _measured_on(record: dict[str, Any]) -> list[str]:
    """A heading, and what the figures below it are worth."""
    title, worth = "Held-out fold", _FITTED
    if record.get("method") == "head":
        title, worth = ("Held-out labels", _UNTOUCHED) if record.get("n_held_out") else ("Cross-validation", _CROSSED)
    return [f"## {title}", "", f"{worth} Intervals are 95%, by a bootstrap over articles."]


_FITTED = (
    "The fold also fitted calibration and thresholds, so these figures flatter; `froth evaluate` on other labels tells "
    "more."
)
_CROSSED = (
    "Every label was learnt from; what is measured are answers of fits that had not seen the article, a copy of it or "
    "the same sentence. They also fitted the thresholds; `froth evaluate` on other labels tells more."
)
_UNTOUCHED = "Nothing was learnt from these labels, calibration and thresholds included."


def markdown_table(table: pd.DataFrame) -> list[str]:
    """The lines of a table in Markdown."""
    head = [str(column) for column in table.columns]
    cells = [
        [f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row]
        for row in table.itertuples(index=False)
    ]
    return ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *cells)]
