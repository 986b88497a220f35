"""The report: one HTML file that needs no network, may be forwarded, and runs nothing but its own scripts.

`write_report` puts template, style and scripts (files of `assets`), plotly.js and the payload
(`nlp.report.payload`) together. Foreign text reaches the page as JSON only; the scripts write it as text nodes, never
as markup. A Content-Security-Policy allows exactly the inlined scripts and style, by hash, and no connection at all.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from nlp.report.data import ReportData
from nlp.report.payload import report_payload
from nlp.safety import harmless

__all__ = ["json_for_html", "render_report", "write_report"]

_SCRIPTS = (
    "words.js", "table.js", "figure.js", "claims.js", "evidence.js", "panels.js", "episodes.js", "languages.js",
    "leadlag.js", "quality.js", "page.js",
)  # fmt: skip
_STYLES = ("report.css", "panels.css")
_MAP_STYLE = re.compile(r'getElementById\("([0-9a-f]{32,64})"\)\)\{var \w+=document\.createElement\("style"\)')
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_JSON_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def write_report(data: ReportData, path: Path) -> None:
    """Write the report to `path`, whole or not at all; the same data give the same bytes.

    The file holds plotly.js (about 4.8 MB) and the evidence (bounded, see `nlp.report.evidence`).
    """
    page = render_report(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(page, encoding="utf-8", newline="\n")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def render_report(data: ReportData) -> str:
    """The page as a string."""
    payload = report_payload(data)
    title = harmless(data.title, 200) or "froth report"
    style = "\n".join(_asset(name) for name in _STYLES)
    application = '(() => {\n"use strict";\n' + "\n".join(_asset(name) for name in _SCRIPTS) + "\n})();\n"
    plotly = _plotly_js()
    return _filled(
        _asset("report.html"),
        {
            "policy": _policy(scripts=(plotly, application), style=style),
            "title": html.escape(title),
            "style": style,
            "map_styles": _map_style_stands(plotly),
            "plain": _plain_summary(payload),
            "payload": json_for_html(payload),
            "plotly": plotly,
            "application": application,
        },
    )


def json_for_html(value: object) -> str:
    r"""JSON that can stand inside a script element: nothing in it can end the element or start a comment.

    >>> json_for_html({"t": "</script>&\u2028"})
    '{"t":"\\u003c/script\\u003e\\u0026\\u2028"}'
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_JSON_ESCAPES)


def _policy(*, scripts: tuple[str, ...], style: str) -> str:
    """The Content-Security-Policy. plotly.js fills style elements that it makes empty: hence the hash of nothing."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(_hash(script) for script in scripts),
            f"style-src {_hash(style)} {_hash('')}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _map_style_stands(plotly: str) -> str:
    """Empty style elements under the ids that plotly.js' map code looks for, so that it doesn't add its own.

    The report has no map, and the policy would refuse the addition with a noise in the console.
    """
    return "".join(f'<style id="{found}"></style>' for found in sorted(set(_MAP_STYLE.findall(plotly))))


def _hash(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def _filled(template: str, parts: Mapping[str, str]) -> str:
    """The template with every `{{name}}` replaced, in one pass: what is put in is never searched again."""
    return _PLACEHOLDER.sub(lambda match: parts[match[1]], template)


def _asset(name: str) -> str:
    return (resources.files("nlp.report") / "assets" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _plotly_js() -> str:
    """plotly.js of the installed package; imported here because `froth --help` must not wait for it."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs()).replace("\r\n", "\n")


def _plain_summary(payload: Mapping[str, object]) -> str:
    """The latest figures as plain HTML, for a mail preview that runs no scripts."""
    dates: list[str] = payload["dates"]  # type: ignore[assignment]
    n_stories: list[float] = payload["n_stories"]  # type: ignore[assignment]
    thin: float = payload["thin"]  # type: ignore[assignment]
    rows = []
    for narrative in payload["narratives"]:  # type: ignore[attr-defined]
        known = [i for i, value in enumerate(narrative["value"]) if value is not None]
        if known:
            last, peak = known[-1], max(known, key=lambda i: (n_stories[i] >= thin, narrative["value"][i]))
            text = (
                f"{narrative['name']}: latest {_with_band(narrative, last)}, period from {dates[last]}; "
                f"peak {_with_band(narrative, peak)}, period from {dates[peak]}"
            )
            rows.append(f"<li>{html.escape(text)}</li>")
    return "".join(rows) or "<li>No dated article.</li>"


def _with_band(narrative: Mapping[str, list[float | None]], i: int) -> str:
    low, high = narrative["low"][i], narrative["high"][i]
    band = "" if low is None or high is None else f" (95% {low:.2f} to {high:.2f})"
    return f"{narrative['value'][i]:.2f}{band}"
