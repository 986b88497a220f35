"""What a training on labelled articles leaves beside its weights: record, card and profile.

As `models.training_record`, with measures of articles (`models.article_evaluation`): `run.json`, `settings.toml`,
`metrics.csv`, `predictions.csv`, and `evidence.csv`, the strongest sentence of each held-out article to read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.article_evaluation import ARTICLE_METRIC_COLUMNS, evaluate_articles
from models.article_reading import read_articles_of, score_table, scored
from models.confidence import confidence
from models.training_config import write_config
from models.training_record import environment, file_record
from nlp.profiles import Corpus, Profile, Text, profile_of
from nlp.tables import write_table

if TYPE_CHECKING:
    import pandas as pd

    from models.article_training import ArticleRun
    from models.training_config import TrainingConfig
    from nlp.labelled import LabelledArticle

__all__ = ["EVIDENCE_COLUMNS", "article_card", "article_profile", "write_article_record"]

EVIDENCE_COLUMNS = ("id", "narrative", "grade", "intensity", "stance", "evidence", "title")


def write_article_record(
    folder: Path, run: ArticleRun, config: TrainingConfig, files: Mapping[str, Sequence[Path]]
) -> pd.DataFrame:
    """Writes the files named above into `folder`; returns the measures on the held-out articles.

    Args:
        folder: made where it lacks.
        run: what came of the training.
        config: its settings.
        files: what it read, by what it was for.

    Raises:
        InputError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    classifier, rows = run.classifier, run.split.held_out
    table = score_table(scored(classifier, rows), classifier.narratives)
    metrics = evaluate_articles(rows, table, classifier.narratives)
    write_table(metrics, folder / "metrics.csv", list(ARTICLE_METRIC_COLUMNS))
    columns = [column for name in classifier.narratives for column in (name, f"{name}_stance")]
    write_table(table.rename(columns={"article_id": "id"}), folder / "predictions.csv", ["id", *columns])
    write_table(_evidence(rows, table), folder / "evidence.csv", list(EVIDENCE_COLUMNS))
    write_config(config, folder / "settings.toml")
    grades = {
        name: {
            str(grade): n
            for grade, n in sorted(Counter(row.labels[name] for row in rows if name in row.labels).items())
        }
        for name in classifier.narratives
    }
    record = {
        **run.record,
        "labels": {role: [file_record(path) for path in paths] for role, paths in files.items()},
        "held_out": {"n_articles": len(rows), "labels": grades},
        "thresholds": dict(zip(classifier.narratives, classifier.thresholds.values, strict=True)),
        "metrics": json.loads(metrics.to_json(orient="records", double_precision=6)),
        "environment": environment(str(classifier.device)),
    }
    (folder / "run.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return metrics


def _evidence(rows: Sequence[LabelledArticle], table: pd.DataFrame) -> pd.DataFrame:
    """The strongest sentence of each article for each narrative it was graded for, the loudest first."""
    import pandas as pd

    by_id = table.set_index("article_id")
    found = [
        (
            *(row.article.id, name, grade),
            *(by_id.loc[row.article.id, column] for column in (name, f"{name}_stance", f"{name}_evidence")),
            row.article.title,
        )
        for row in rows
        for name, grade in row.labels.items()
        if name in table.columns
    ]
    frame = pd.DataFrame(found, columns=list(EVIDENCE_COLUMNS))
    return frame.sort_values(["narrative", "intensity"], ascending=[True, False], kind="stable")


def article_profile(run: ArticleRun, model: str) -> Profile:
    """The profile to keep beside a model, as `models.confidence.training_profile`: texts, answers on those held out."""
    corpus = Corpus.of(_texts([*run.split.kept, *run.split.held_out]))
    held_out = read_articles_of(run.split.held_out)
    counts = confidence([[one.passage] for one in held_out], run.classifier)
    answers = Corpus.of(_texts(run.split.held_out), counts).counters
    corpus.counters |= {key: found for key, found in answers.items() if key not in corpus.counters}
    return profile_of(corpus, model)


def _texts(rows: Sequence[LabelledArticle]) -> list[Text]:
    return [
        Text(one.row.article.id, one.row.article.lang, one.row.article.source, [s.text for s in one.sentences])
        for one in read_articles_of(rows)
    ]


def article_card(name: str, run: ArticleRun, metrics: pd.DataFrame) -> str:
    """The model card in Markdown.

    Args:
        name: its heading.
        run: what came of the training.
        metrics: as from `models.article_evaluation` on the articles held out.
    """
    from models.card import markdown_table

    record: dict[str, Any] = run.record
    rows = [*run.split.kept, *run.split.held_out]
    langs = Counter(row.article.lang for row in rows)
    sources = Counter(row.article.source or "unnamed" for row in rows)
    dates = sorted(row.article.published for row in rows if row.article.published)
    whole = "epochs" in record
    lines = [
        f"# {name}",
        "",
        "A froth narrative model: per sentence and narrative the probability that it is asserted, rejected or neither.",
        "",
        "**It was trained from labels of whole articles (0 to 3); nobody judged its sentences.** Which of them tell a "
        "narrative it learnt from which articles do. An article's grade does not say whether the narrative is asserted "
        "or rejected, so rejection was not learnt:",
        "",
        *(f"- `{narrative}`: {_REJECTS[how]}" for narrative, how in record["rejects"].items()),
        "",
        f"- Base: `{record.get('base', '-')}`, {'trained on' if whole else 'its encoder unchanged'}",
        f"- Labels: {len(rows)} articles ({', '.join(f'{lang} {n}' for lang, n in sorted(langs.items()))}): "
        f"{record['n_trained']} to learn from, {record['n_held_out']} of other stories held out",
        f"- Texts date from {dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}" if dates else "- Texts carry no dates",
        f"- Sources: {'; '.join(f'{source} ({n})' for source, n in sources.most_common(12))}",
        f"- Licence of labels and texts: {record.get('licence', 'not stated')}",
        "- Data by hash, settings, strongest sentences of held-out articles, environment: `record/`",
        "",
        "## Held-out articles",
        "",
        _STOPPED if whole else _UNSEEN,
        "",
        *markdown_table(metrics),
        "",
    ]
    return "\n".join(lines)


_REJECTS = {
    "never": "reject is 0 always, and what is told counts as asserted, denials too",
    "as the base has it": "told is divided into assert and reject as the base divides it",
}
_UNSEEN = (
    "They were not looked at: calibration and thresholds are from answers to articles left out in turn. Spearman "
    "correlation of intensity with grade; AUC of telling grade 1 and more from 0."
)
_STOPPED = (
    "They also stopped the training and fitted calibration and thresholds, so these figures flatter; `froth evaluate` "
    "on other articles tells more. Spearman correlation of intensity with grade; AUC of telling grades from 1 from 0."
)
