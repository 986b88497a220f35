"""A web on the loopback interface, a store, and pages of our own making."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nlp.store import Store
from scrapers.sources import Source

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """A server whose pages are set by the test; `requests` lists the paths asked for in order, `bodies` what came."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    host: str = "127.0.0.1"

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    def put(self, path: str, body: bytes | str = b"", *, status: int = 200, **headers: str) -> str:
        """Serve a body; header names are given with underscores."""
        data = body.encode() if isinstance(body, str) else body

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            lines = {"Content_Type": "text/html", "Content_Length": str(len(data))}
            for name, value in (lines | {name.title(): value for name, value in headers.items()}).items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(data)

        self.answers[path] = answer
        return self.url(path)

    def drip(self, path: str, start: bytes, piece: bytes, seconds: float) -> str:
        """Serve `start` and then `piece` again and again, for as long as the client listens."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(start)
            while not self.closing.wait(seconds):
                handler.wfile.write(piece)
                handler.wfile.flush()

        self.answers[path] = answer
        return self.url(path)


def _handler(web: Web) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.requests.append(self.path)
            web.headers.append({name.lower(): value for name, value in self.headers.items()})
            try:
                web.answers.get(self.path, lambda handler: handler.send_error(404))(self)
            except ConnectionError:
                self.close_connection = True

        def do_POST(self) -> None:
            web.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def web() -> Iterator[Web]:
    with served("127.0.0.1") as opened:
        yield opened


@pytest.fixture
def public_web() -> Iterator[Web]:
    """A web for tests that let this one address pass for public: 127.0.0.1 stays what it is."""
    with served("127.0.0.3") as opened:
        yield opened


@pytest.fixture
def busy_web() -> Iterator[Web]:
    """Another such host, for answers that ask to leave their host alone."""
    with served("127.0.0.4") as opened:
        yield opened


@contextmanager
def served(host: str) -> Iterator[Web]:
    server = ThreadingHTTPServer((host, 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    web = Web(server.server_port, host=host)
    server.RequestHandlerClass = _handler(web)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield web
    web.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "froth.db") as opened:
        yield opened


@pytest.fixture
def make_source() -> Callable[..., Source]:
    def make(**changes: object) -> Source:
        declared: dict[str, object] = {
            "id": "wire",
            "name": "Harbour Wire",
            "url": "http://127.0.0.1/feed",
            "lang": "en",
            "zone": "America/New_York",
            "licence_note": "made for this test",
            "allow_private": True,
        }
        return Source(**(declared | changes))  # type: ignore[arg-type]

    return make


ENGLISH = (
    "Shares of chip makers rose again on Tuesday; strategists at two brokers called the rally detached from earnings.",
    "Valuations have reached a level last seen before the market broke, said the head of research at one of them.",
    "Bank reserves fell for the sixth week while the overnight facility ran empty, which leaves less cash for dealers.",
)
CHINESE = (
    "周二，芯片股再度上涨，两家券商的策略师认为，这一轮行情已经脱离盈利，估值回到了上一次市场崩溃之前的水平。",
    "研究主管在报告中写道，银行准备金连续第六周下降，隔夜逆回购工具几乎见底，交易商手中的现金越来越少。",
    "如果财政部继续大量发行短期国债，货币市场利率可能突然上升，届时被迫卖出的将是那些杠杆最高的投资者。",
)


@pytest.fixture
def make_page() -> Callable[..., str]:
    """An article's page with the clutter that surrounds articles."""

    def make(title: str, paragraphs: Iterable[str] | str = ENGLISH, *, head: str = "", under_title: str = "") -> str:
        texts = {"en": ENGLISH, "zh": CHINESE}.get(paragraphs, ()) if isinstance(paragraphs, str) else paragraphs
        body = "".join(f"<p>{text}</p>" for text in texts)
        return (
            f"<!DOCTYPE html><html><head><title>{title} | Harbour Wire</title>{head}</head><body>"
            "<nav><ul><li><a href='/'>Home</a></li><li><a href='/markets'>Markets</a></li></ul></nav>"
            f"<article><h1>{title}</h1>{under_title}{body}</article>"
            "<footer><p>All rights reserved.</p></footer></body></html>"
        )

    return make
