"""A calibration plot as one HTML page: what a model stated against what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["calibration_page"]


def calibration_page(calibration: pd.DataFrame) -> str:
    """One panel a narrative, the size of a point its number of sentences.

    Args:
        calibration: `narrative`, `answer`, `stated`, `happened`, `n`, as from `models.evaluation_files`.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    narratives = list(dict.fromkeys(calibration["narrative"]))
    figure = make_subplots(cols=max(1, len(narratives)), subplot_titles=narratives or ["nothing was judged"])
    for column, narrative in enumerate(narratives, start=1):
        line = {"dash": "dot", "color": "#888"}
        figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=line, showlegend=False, col=column, row=1)
        for answer, color in (("assert", "#b2182b"), ("reject", "#2166ac")):
            part = calibration[(calibration["narrative"] == narrative) & (calibration["answer"] == answer)]
            figure.add_trace(
                go.Scatter(
                    x=part["stated"],
                    y=part["happened"],
                    text=part["n"].map("{} sentences".format),
                    mode="lines+markers",
                    name=answer,
                    legendgroup=answer,
                    showlegend=column == 1,
                    marker={"color": color, "size": 5 + 3 * np.log10(part["n"])},
                ),
                col=column,
                row=1,
            )
    figure.update_xaxes(title_text="stated probability", range=[0, 1])
    figure.update_yaxes(title_text="share of gold cases", range=[0, 1])
    figure.update_layout(title="Calibration", template="plotly_white")
    # Without an id of ours the page would be another in each run.
    page = str(figure.to_html(include_plotlyjs=True, full_html=True, div_id="calibration"))
    return page.replace("<head>", '<head><meta name="generator" content="froth">', 1)
