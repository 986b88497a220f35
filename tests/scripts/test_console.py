"""What every command does around its work: errors and tables on terminals of any kind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRINTS = "plain_table(('source',), [('港湾财经',)])"


def printed(body: str, encoding: str, root: Path) -> subprocess.CompletedProcess[bytes]:
    code = f"from scripts.console import main, plain_table\nmain(lambda: {body})"
    here = {**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": encoding}
    return subprocess.run([sys.executable, "-c", code], env=here, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "港湾财经".encode()),
        ("gb18030", "港湾财经".encode("gb18030")),
        ("ascii", b"\\u6e2f\\u6e7e\\u8d22\\u7ecf"),
    ],
)
def test_a_terminal_that_lacks_a_character_gets_its_number(encoding: str, name: bytes, root: Path) -> None:
    done = printed(PRINTS, encoding, root)
    assert (done.returncode, done.stdout.split()) == (0, [b"source", name])


def test_an_unexpected_error_is_one_plain_line(root: Path) -> None:
    done = printed("(_ for _ in ()).throw(ValueError('\\x1b[31mred\\u202e\\r泡沫'))", "utf-8", root)
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: froth failed unexpectedly in <string>:2 (ValueError: red ")
    assert "red 泡沫); run it again with --debug".encode() in done.stderr
    assert done.stderr.count(b"\n") == 1
