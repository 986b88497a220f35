"""The report: a trend table and what stands behind it as one self-contained HTML page, and its main figure alone.

In reading order: `data` (what goes in, checked by `checks`), `files` (from CSVs); panel by panel `quotes` and
`evidence` (the sentences behind a point), `market`, `episodes`, `languages`, `lead_lag`, `claims` (the figures in
articles and how many fail), `coverage`, `origin`; `payload` (all of it as JSON), `page` (template, style and scripts of
`assets` around it); `figure`, `drawing` and `lettering` (the picture).
"""

from nlp.report.data import NamedNarrative, ReportData, ReportNarrative
from nlp.report.figure import write_figure
from nlp.report.files import read_report_data
from nlp.report.page import json_for_html, render_report, write_report

__all__ = [
    "NamedNarrative",
    "ReportData",
    "ReportNarrative",
    "json_for_html",
    "read_report_data",
    "render_report",
    "write_figure",
    "write_report",
]
