"""Reading articles: every input format of froth into one stream of articles and failures.

In reading order: `inputs` (what may be given, one reader per suffix), `records` (a row of any table into an article),
`json_lines`, `tabular` (CSV, Parquet), `plain_text` and its `footers`; `fingerprint` tells whether inputs are those of
before.
"""

from nlp.reading.fingerprint import Fingerprint, fingerprint
from nlp.reading.inputs import READERS, STDIN, check_inputs, counts_in_folder, input_files, read_articles

__all__ = [
    "READERS",
    "STDIN",
    "Fingerprint",
    "check_inputs",
    "counts_in_folder",
    "fingerprint",
    "input_files",
    "read_articles",
]
