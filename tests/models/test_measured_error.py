from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from models.manifest import LAYOUTS, model_folder, weights_hash
from models.measured_error import CONFUSION, bundled_confusion, confusion_beside, read_confusion
from nlp.errors import InputError

DEFAULT = f"default@{weights_hash(model_folder('default'), LAYOUTS['encoder'])}"


def test_the_bundled_model_comes_with_the_error_of_its_own_weights() -> None:
    """Whoever changes the weights measures anew: froth evaluate --confusion models/default/confusion.csv."""
    found = bundled_confusion([DEFAULT, DEFAULT])
    assert found is not None
    for narrative in ("bubble", "liquidity_crisis"):
        for lang in ("en", "zh"):
            rates = found.of(narrative, lang)
            assert rates is not None
            assert rates.quiet.mean < 0.1 < 0.4 < rates.telling.mean


def test_so_does_the_bundled_baseline() -> None:
    tfidf = f"tfidf@{weights_hash(model_folder('tfidf'), LAYOUTS['tfidf'])}"
    found = bundled_confusion([tfidf])
    assert found is not None
    rates = found.of("bubble", "zh")
    assert rates is not None
    assert rates.quiet.mean < 0.1 < 0.4 < rates.telling.mean


@pytest.mark.parametrize("models", [[], ["mine@1"], [DEFAULT, "mine@1"], ["default@00000000"]])
def test_other_models_have_no_error_that_is_known(models: list[str]) -> None:
    assert bundled_confusion(models) is None


def test_a_file_must_be_about_the_model_of_the_scores(tmp_path: Path) -> None:
    path = model_folder("default") / CONFUSION
    assert read_confusion(path, [DEFAULT]).model == DEFAULT
    with pytest.raises(InputError, match=r"is about default@.*, the scores are by mine@1"):
        read_confusion(path, [DEFAULT, "mine@1"])
    pd.read_csv(path).assign(model="old@1").to_csv(tmp_path / CONFUSION)
    assert confusion_beside(tmp_path, DEFAULT) is None
    assert confusion_beside(tmp_path / "nothing", DEFAULT) is None
