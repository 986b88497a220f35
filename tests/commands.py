"""The command line within the process of the tests, which is faster than one of its own and prints the same."""

from __future__ import annotations

import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest

from scripts import cli


def printed_by(folder: Path, *arguments: object, code: int = 0) -> str:
    """What `froth` with these arguments prints in a folder, to stdout and stderr; it must exit with `code`."""
    argv = ["froth", *map(str, arguments)]
    with (
        chdir(folder),
        patch.object(sys, "argv", argv),
        redirect_stdout(StringIO()) as printed,
        redirect_stderr(printed),
        pytest.raises(SystemExit) as left,
    ):
        cli.main()
    assert (left.value.code or 0) == code, printed.getvalue()[-2000:]
    return printed.getvalue()
