"""The report: a trend table and what stands behind it as one self-contained HTML page.

In reading order: `data` (what goes in, checked), `files` (from CSVs), `quotes` and `evidence` (the sentences behind a
point), `market`, `payload` (all of it as JSON), `page` (template, style and scripts of `assets` around it).
"""

from nlp.report.data import NamedNarrative, ReportData, ReportNarrative
from nlp.report.files import read_report_data
from nlp.report.page import json_for_html, render_report, write_report

__all__ = [
    "NamedNarrative",
    "ReportData",
    "ReportNarrative",
    "json_for_html",
    "read_report_data",
    "render_report",
    "write_report",
]
