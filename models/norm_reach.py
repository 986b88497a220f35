"""Which columns of a BERT encoder's states go far from their mean, as seen in a few sentences.

A layer norm keeps nearly every column within some standard deviations of its mean. A handful go to where no norm lets
anything beyond, at the first token, separators and the most frequent tokens, in whatever text (Timkey and van Schijndel
2021, arXiv:2109.04404; Sun et al. 2024, arXiv:2402.17762). Whole numbers (`models.packed`) need to know which: a range
for all columns that holds the far ones too leaves the others a third of their steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from models.passages import Passage
from models.windows import WindowLayout, pack, tokenise

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from models.windows import Window

__all__ = ["far_columns", "sample_windows"]

_NORM = ".LayerNorm"
_FAR = 7.0
"""Standard deviations; less than `models.packed` leaves to all columns, as other texts go further than these few."""
_SAMPLE = (
    "The bubble in technology shares has burst, analysts said on Monday.",
    'Is it 1999 again? "No," said the bank\'s chief strategist, Ms. Li, who expects profits to grow by 8.5% in 2025.',
    "The S&P 500 fell 2.1 percent; yields on 10-year notes rose to 4.3% (from 4.1%), and oil lost $3 a barrel.",
    "Credit has dried up: lenders won't roll over loans, funds are selling what they can, and cash is hoarded.",
    "市场流动性充裕，央行昨日开展500亿元逆回购操作，利率为1.5%。",
    "分析师认为，人工智能板块估值偏高，但“泡沫”一说言过其实；多家公司（包括芯片企业）第三季度净利润同比增长20%以上。",
    "资金面骤然收紧，银行间市场一度无钱可借，债券基金遭遇大额赎回。",
    "会不会出现危机？记者采访了上海、深圳等地的投资者，他们表示：暂不担心。",
)


def sample_windows(tokenizer: PreTrainedTokenizerFast, layout: WindowLayout) -> list[Window]:
    """The sentences as an encoder reads an article, in two languages."""
    passage = Passage(_SAMPLE, 0, len(_SAMPLE))
    (tokens,) = tokenise(tokenizer, [passage], layout.max_sentence)
    return list(pack(passage, tokens, layout, 0))


def far_columns(model: Any, windows: Sequence[Window]) -> Mapping[str, torch.Tensor]:  # noqa: ANN401 - any BERT
    """For each norm, by where it is (as "encoder.layer.0.output"), which columns go far. Shape: (width,), bool.

    Whether a column goes far, not how far, so that the last bits of what is read here make no difference.
    """
    found: dict[str, torch.Tensor] = {}
    hooks = [
        module.register_forward_hook(partial(_note, found, name.removesuffix(_NORM)))
        for name, module in model.named_modules()
        if name.endswith(_NORM)
    ]
    model.eval()
    try:
        with torch.inference_mode():
            for window in windows:
                ids = torch.tensor([window.ids])
                model(input_ids=ids, attention_mask=torch.ones_like(ids))
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _note(found: dict[str, torch.Tensor], name: str, module: Any, given: Any, _: Any) -> None:  # noqa: ANN401 - of torch
    normed = functional.layer_norm(given[0], (given[0].shape[-1],), eps=module.eps)
    far = (normed.abs() > _FAR).flatten(0, -2).any(0)
    found[name] = far if name not in found else found[name] | far
