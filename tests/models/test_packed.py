from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from models.arithmetic import check_precision
from models.packed import Int8Linear, Int8Neurons, Spread
from nlp.errors import CheckpointError

WIDTH, OUTLIER = 256, 5


@pytest.fixture(autouse=True)
def _instructions() -> None:
    try:
        check_precision("int8", torch.device("cpu"))
    except CheckpointError as error:
        pytest.skip(str(error))


def drawn(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def a_norm() -> tuple[torch.Tensor, torch.Tensor]:
    return 0.5 + drawn(WIDTH, seed=1).abs(), drawn(WIDTH, seed=2)


def normed() -> torch.Tensor:
    """What a norm gives of ordinary tokens and of one that has all its weight in a single column."""
    x = drawn(64, WIDTH, seed=3)
    x[0, OUTLIER] = 1000
    return functional.layer_norm(x, (WIDTH,), *a_norm())


def wrong(spread: Spread) -> torch.Tensor:
    """The greatest error by row, as a share of what the layer gives."""
    layer = drawn(96, WIDTH, seed=4), drawn(96, seed=5)
    expected = functional.linear(normed(), *layer)
    return ((Int8Linear.of(layer, spread)(normed()) - expected).abs().amax(1) / expected.std()).flatten()


def test_a_column_that_goes_far_is_held_whole_and_costs_the_others_nothing_where_it_is_known() -> None:
    far = torch.arange(WIDTH) == OUTLIER
    known, unknown, mistaken = (wrong(Spread.of_norm(*a_norm(), of)) for of in (far, None, far & False))
    assert known.max() < 0.1
    assert known.max() < unknown.max() < 0.2
    assert mistaken[0] > 0.3
    assert mistaken[1:].max() < 0.1


def test_means_of_values_lie_where_the_weights_say() -> None:
    values = drawn(WIDTH, WIDTH, seed=6), drawn(WIDTH, seed=7)
    spread = Spread.of_attention(values, a_norm())
    means = functional.linear(normed()[1:], *values).view(-1, 3, WIDTH).mean(1)
    beyond = (means - spread.centre).abs() / spread.reach
    assert 0.3 < beyond.max() < 1


def test_a_row_is_the_same_in_any_company() -> None:
    up, down = (drawn(512, WIDTH, seed=8), drawn(512, seed=9)), (drawn(WIDTH, 512, seed=10), drawn(WIDTH, seed=11))
    neurons = Int8Neurons.of(up, down, a_norm(), Spread.of_norm(*a_norm()))
    together = neurons(normed())
    for row in (0, 1, 63):
        torch.testing.assert_close(neurons(normed()[row : row + 1]), together[row : row + 1], rtol=0, atol=0)
