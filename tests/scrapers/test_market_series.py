from __future__ import annotations

from pathlib import Path

import pytest

from nlp.errors import SourceError
from scrapers.market_providers import EXTRAS, PROVIDERS
from scrapers.market_series import ADJUSTMENTS, SeriesSource, load_series, select_series

VIX = """
[[series]]
id = "vix"
provider = "fred"
symbol = "VIXCLS"
unit = "points"
zone = "America/New_York"
note = "made for this test"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "series.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_froths_own_series_are_sound() -> None:
    series = load_series()
    assert {source.provider for source in series} == ADJUSTMENTS.keys() == PROVIDERS.keys()
    assert {"vix", "walcl", "rrpontsyd", "fear_greed", "csi300", "hang_seng"} <= {source.id for source in series}
    assert set(EXTRAS) == {"yahoo", "akshare_cn", "akshare_hk"}
    assert not any(source.url or source.allow_private for source in series)


def test_a_declaration_in_full(tmp_path: Path) -> None:
    (source,) = load_series(written(tmp_path, VIX))
    assert source == SeriesSource(
        id="vix",
        provider="fred",
        symbol="VIXCLS",
        unit="points",
        zone="America/New_York",
        note="made for this test",
    )
    assert source.origin == "fred VIXCLS"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "vix"', 'id = "VIX"', "id = 'VIX'"),
        ('id = "vix"', 'id = "close"', "no column's name"),
        ('id = "vix"', 'id = "../vix"', "id = '../vix'"),
        ('"fred"', '"freddie"', "provider = 'freddie'; expected one of fred, cnn"),
        ('"VIXCLS"', '"VIXCLS&cosd=2000"', "symbol"),
        ('"America/New_York"', '"New York"', "zone"),
        ('unit = "points"', "unit = 3", "unit = 3; expected a str"),
        ('unit = "points"', "", "key 'unit' is missing"),
        ("[[series]]", "[[series]]\ncolour = 1", "unknown key 'colour'"),
        ("[[series]]", '[[series]]\nadjustment = "adjusted"', "expected raw for fred"),
        ("[[series]]", "[[series]]\nmax_gap_days = 0", "at least 1"),
        ("[[series]]", '[[series]]\nhistory = "some"', "one of full, window"),
        ("[[series]]", "[[series]]\nregular_since = 2014", "expected a date"),
        ("[[series]]", "[[source]]", "found .'source'."),
    ],
)
def test_a_bad_declaration_names_the_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        load_series(written(tmp_path, VIX.replace(old, new)))


def test_adjusted_prices_need_their_whole_history(tmp_path: Path) -> None:
    text = VIX.replace('"fred"', '"yahoo"') + 'adjustment = "adjusted"\nhistory = "window"\n'
    with pytest.raises(SourceError, match="every dividend changes all of them"):
        load_series(written(tmp_path, text))


def test_ids_are_unique_and_known(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="used twice"):
        load_series(written(tmp_path, VIX + VIX))
    declared = load_series(written(tmp_path, VIX + VIX.replace('"vix"', '"other"')))
    assert [source.id for source in select_series(declared, ["other", "vix"])] == ["vix", "other"]
    with pytest.raises(SourceError, match="no series 'spx'; declared are vix, other"):
        select_series(declared, ["spx"])
