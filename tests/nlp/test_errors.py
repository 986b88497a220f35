"""Errors as they come out of worker processes."""

from __future__ import annotations

import pickle

import pytest

from nlp import errors


@pytest.mark.parametrize(
    "error",
    [
        errors.InputError("no article in x: give a file of articles"),
        errors.ArticleError("an article needs a text", field="text"),
        errors.FetchError("refused", url="https://harbour.example/", status=403),
        errors.MissingExtraError("peft is not installed", extra="lora"),
    ],
)
def test_errors_travel_whole(error: errors.FrothError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))
