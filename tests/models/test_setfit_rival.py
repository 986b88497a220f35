from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.encoder import load_encoder
from models.setfit_rival import setfit_answers
from nlp.labelled import LabelledSentence

pytest.importorskip("setfit")


@pytest.mark.filterwarnings("ignore")  # the library's own, of torch and of itself
def test_it_learns_by_the_library_and_leaves_the_body_as_it_was(tiny_encoder: Path) -> None:
    """Trains 24 steps of the library's own loop: 3 s, most of them imports."""
    texts = {1: "科技股有泡沫", 0: "流动性危机"}
    rows = [
        LabelledSentence(id=str(i), lang="zh", text=texts[i % 2] + "的" * (i // 2), labels={"told": i % 2, "sole": 0})
        for i in range(10)
    ]
    encoder = load_encoder(str(tiny_encoder))
    before = {name: tensor.clone() for name, tensor in encoder.model.state_dict().items()}
    p = setfit_answers(encoder, rows, rows[:6], ("told", "sole", "judged_nowhere"))
    assert p.sum(-1) == pytest.approx(np.ones((6, 3)))
    assert p[:, 0].argmax(-1).tolist() == [0, 1, 0, 1, 0, 1]
    assert (p[:, 1] == [1, 0, 0]).all()
    assert p[:, 2] == pytest.approx(1 / 3)
    assert all((tensor == before[name]).all() for name, tensor in encoder.model.state_dict().items())
