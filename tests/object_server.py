"""A folder served on a loopback port as S3 serves a bucket: lists and reads, in the protocol, whoever asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class _Bucket(BaseHTTPRequestHandler):
    """Answers for `/BUCKET/KEY`, whatever the bucket."""

    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path, *arguments: object) -> None:
        self._folder = folder
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        key = unquote(address.path).strip("/").partition("/")[2]
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if "list-type" in query:
            self._answer(200, self._listed(query), "application/xml")
        elif key and (self._folder / key).is_file():
            self._answer_part((self._folder / key).read_bytes())
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass

    def _listed(self, query: dict[str, str]) -> bytes:
        """Keys that begin with the prefix; those that hold the delimiter after it once for all (ListObjectsV2)."""
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
        keys, folders = [], set()
        for file in sorted(file for file in self._folder.rglob("*") if file.is_file()):
            key = file.relative_to(self._folder).as_posix()
            rest = key.removeprefix(prefix)
            if not key.startswith(prefix):
                continue
            if delimiter and delimiter in rest:
                folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
            else:
                keys.append(f"<Contents><Key>{escape(key)}</Key><Size>{file.stat().st_size}</Size></Contents>")
        below = "".join(f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in sorted(folders))
        found = f"<KeyCount>{len(keys) + len(folders)}</KeyCount><IsTruncated>false</IsTruncated>{''.join(keys)}{below}"
        return f"<ListBucketResult>{found}</ListBucketResult>".encode()

    def _answer_part(self, content: bytes) -> None:
        """All of it, or the bytes that are asked for."""
        first, _, last = self.headers.get("Range", "").removeprefix("bytes=").partition("-")
        if not first:
            self._answer(200, content, "binary/octet-stream")
            return
        end = min(int(last or len(content)) + 1, len(content))
        part = content[int(first) : end]
        self._answer(206, part, "binary/octet-stream", {"Content-Range": f"bytes {first}-{end - 1}/{len(content)}"})

    def _answer(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def served_as_bucket(folder: Path) -> Iterator[int]:
    """The port of the server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Bucket, folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
