"""The figure: the same bytes for the same data, every character drawn, Chinese with the right letters or not at all."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from pathlib import Path

import matplotlib
import pandas as pd
import pytest
from lxml import etree
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from nlp.errors import InputError
from nlp.narratives import load_narratives
from nlp.report import ReportData, ReportNarrative, write_figure
from nlp.report.drawing import COLOURS, draw_intensities, draw_series, shade_episodes, share_time
from nlp.report.episodes import episode_places
from nlp.report.lettering import FAMILIES, covering_family, missing_characters

N_MONTHS = 14
MONTHS = pd.date_range("2023-01-01", periods=N_MONTHS, freq="MS")
TITLE = "泡沫与流动性：2023 年以来的美国科技股"
HOSTILE = "$x^2$ --> <script>alert(1)</script> & \\frac"

needs_chinese = pytest.mark.skipif(
    not set(FAMILIES[:-1]) & set(fontManager.get_font_names()), reason="no Chinese font is installed (fonts-noto-cjk)"
)


def data(**rest: object) -> ReportData:
    rows = {"date": [f"{day:%Y-%m-%d}" for day in MONTHS], "n_articles": 4, "n_stories": [2, *[4] * (N_MONTHS - 1)]}
    for name, level in (("bubble", 0.3), ("liquidity_crisis", 0.1)):
        values = [None if i == 4 else level + i / 100 for i in range(N_MONTHS)]
        rows |= {
            name: values,
            f"{name}_low": [v and v / 2 for v in values],
            f"{name}_high": [v and 2 * v for v in values],
        }
        rows |= {f"{name}_share": 0.5, f"{name}_stance": 0.5, f"{name}_z": [0.0] * N_MONTHS}
    rows["bubble_z"][9:11] = [2.5, 2.5]
    trend = pd.DataFrame(rows).assign(market_vix=range(12, 12 + N_MONTHS), market_walcl=8e6, market_mine=-0.5)
    return ReportData(trend, None, None, load_narratives(), **rest)


def written(given: ReportData, path: Path, language: str = "en") -> bytes:
    write_figure(given, path, language)
    return path.read_bytes()


@pytest.mark.parametrize("name", ["a.png", "a.svg"])
def test_the_same_data_give_the_same_bytes_whatever_is_set_besides(name: str, tmp_path: Path) -> None:
    first = written(data(), tmp_path / name)
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": None, "axes.grid": True}):
        assert written(data(), tmp_path / name) == first
        assert matplotlib.rcParams["font.size"] == 20
    assert written(data(title="Other"), tmp_path / name) != first
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_png_has_the_resolution_of_print(tmp_path: Path) -> None:
    png = written(data(), tmp_path / "a.PNG")
    width, _ = struct.unpack(">II", png[16:24])
    (per_metre,) = struct.unpack(">I", png[png.index(b"pHYs") + 4 :][:4])
    assert (width, round(per_metre * 0.0254)) == (2250, 300)


def test_letters_are_paths_and_texts_no_markup_and_no_formulas(tmp_path: Path) -> None:
    names = [ReportNarrative("bubble", HOSTILE), ReportNarrative("liquidity_crisis", "Plain")]
    svg = written(replace(data(), narratives=names, title=HOSTILE), tmp_path / "a.svg").decode("utf-8")
    tags = {element.tag.rpartition("}")[2] for element in etree.fromstring(svg.encode()).iter(etree.Element)}
    assert "path" in tags
    assert not tags & {"text", "script", "a", "image", "foreignObject"}
    assert not re.search(r'(?:href|src)="(?!#)', svg)


@needs_chinese
@pytest.mark.parametrize("language", ["en", "zh"])
def test_chinese_is_drawn_in_a_font_that_has_every_character(language: str, tmp_path: Path) -> None:
    drawn = written(data(title=TITLE), tmp_path / "a.svg", language).decode("utf-8")
    texts = "".join(re.findall("<!-- (.*?) -->", drawn))
    assert all(char in texts for char in TITLE)
    assert ("流动性危机" in texts) == (language == "zh")
    assert ("Liquidity crisis" in texts) == (language == "en")
    family = covering_family([texts])
    assert family in FAMILIES[:-1]
    assert missing_characters(texts, family) == frozenset()


def test_what_no_font_has_is_refused_with_a_remedy(tmp_path: Path) -> None:
    nowhere = "\U000f1234"
    with pytest.raises(InputError, match=r"U\+F1234.*fonts-noto-cjk"):
        write_figure(data(title=f"Bubble {nowhere}"), tmp_path / "a.png")
    with pytest.raises(InputError, match=r"characters 沫 \(U\+6CAB\) 泡 \(U\+6CE1\): install"):
        covering_family(["泡沫 bubble"], ("DejaVu Sans",))
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.png or \.svg"):
        write_figure(data(), tmp_path / "a.pdf")
    with pytest.raises(InputError, match="no period"):
        write_figure(replace(data(), trend=data().trend.iloc[:0], freq="M"), tmp_path / "a.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(InputError, match=r"folder\.png"):
        write_figure(data(), tmp_path / "folder.png")


def test_the_panels_show_the_values() -> None:
    given = data()
    figure = Figure()
    upper, strip = figure.subplots(2)
    draw_intensities(upper, given)
    draw_series(strip, given, {"name": "VIX", "value": [None, 12.0, *[None] * (N_MONTHS - 3), 23_456.0]})
    shade_episodes([upper, strip], given, episode_places(given))
    share_time([upper, strip], given)
    line = upper.lines[0]
    assert pd.isna(line.get_ydata()[4])
    assert line.get_ydata()[5] == given.trend["bubble"].iloc[5]
    start, end = date2num(MONTHS[9]), date2num(MONTHS[10])
    for axes, n_patches in ((upper, 2), (strip, 1)):
        assert len(axes.patches) == n_patches
        assert all(
            box.get_x() < start < end < box.get_x() + box.get_width() < date2num(MONTHS[11]) for box in axes.patches
        )
    assert strip.get_title(loc="right") == "23.46k"
    assert upper.get_xlim() == strip.get_xlim()


def test_colours_are_those_of_the_page() -> None:
    style = (Path(__file__).parents[3] / "nlp/report/assets/report.css").read_text("utf-8")
    daylight = re.findall(r"--n\d: (#\w+);", style)[: len(COLOURS)]
    assert tuple(daylight) == COLOURS
