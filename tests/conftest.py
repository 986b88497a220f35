"""Fixtures that more than one folder of tests needs; everything they make is small and made here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from nlp.schema import Article
from tests.databases import running_postgres

if TYPE_CHECKING:
    from nlp.labelled import LabelledSentence

# How long an example takes says nothing here: two busy cores.
settings.register_profile("froth", deadline=None)
settings.load_profile("froth")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development data beside the checkout; tests that need it skip without it."""
    path = ROOT.parent / "shared"
    if not (path / "labelled" / "CODEBOOK.md").exists():
        pytest.skip("the development data is not here")
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of a PostgreSQL server that was started for the tests."""
    with running_postgres() as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> str:
    """The same, without any table."""
    from sqlalchemy import create_engine, text

    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres_url


@pytest.fixture(params=["sqlite", "postgresql"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("empty_postgres_url"))
    return f"sqlite:///{tmp_path / 'froth.db'}"


@pytest.fixture(scope="session")
def labelled_rows() -> list[LabelledSentence]:
    """The sentences labelled for this project."""
    from nlp.labelled import read_labelled

    return read_labelled([ROOT / "corpora" / "labels" / "sentences.jsonl"])


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random two-layer BERT with a character tokenizer, saved as a Hugging Face folder."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789.,泡沫流动性危机缩表抽血美国科技股不是的有"]
    pieces = marks + letters + [f"##{letter}" for letter in letters]
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=128,
    )
    torch.manual_seed(0)
    model = BertModel(
        BertConfig(
            vocab_size=len(pieces),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=128,
        )
    )
    path = tmp_path_factory.mktemp("tiny") / "encoder"
    model.save_pretrained(path)
    fast.save_pretrained(path)
    return path


@pytest.fixture(scope="session")
def tfidf_folder(labelled_rows: list[LabelledSentence], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The TF-IDF floor trained on our own labels, saved as a model folder: the fast test double."""
    from models.baseline import train_tfidf
    from models.checkpoint import save_classifier

    path = tmp_path_factory.mktemp("floor") / "tfidf"
    save_classifier(train_tfidf(labelled_rows, ("bubble", "liquidity_crisis")), path)
    return path


@pytest.fixture
def article() -> Article:
    """One short article with a date."""
    return Article.create(
        title="AI shares",
        text="Prices are detached from earnings. It is a bubble.",
        lang="en",
        source="Harbour Wire",
        published=datetime(2024, 3, 1, 9, 30, tzinfo=UTC),
        published_precision="minute",
    )
