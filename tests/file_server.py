"""A small real HTTP host for tests: it hands out files on a loopback port and can misbehave."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass
class Answer:
    """What the host answers for one path; `after` is the pause in seconds before the body.

    `drip` sends the body one byte at a time with that many seconds between.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    drip: float = 0.0


class FileServer:
    """An HTTP host on a free loopback port: `answers` by path, `asked` in order of arrival.

    Use it as a context manager; leaving it ends every pause.
    """

    def __init__(self, answers: Mapping[str, Answer | bytes] | None = None) -> None:
        self.answers: dict[str, Answer | bytes] = dict(answers or {})
        self.asked: list[str] = []
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def base(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FileServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_until_asked(self, times: int) -> None:
        """Return once the host has been asked this many times in all; fails after ten seconds."""
        for _ in range(1000):
            if len(self.asked) >= times:
                return
            time.sleep(0.01)
        raise AssertionError(f"asked {len(self.asked)} times, not {times}")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        asked, answers, closing = self.asked, self.answers, self._closing

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name http.server asks for
                asked.append(self.path)
                found = answers.get(self.path, Answer(status=404))
                answer = found if isinstance(found, Answer) else Answer(found)
                try:
                    self._send(answer)
                except OSError:  # the other side hung up, which is what some tests are about
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                closing.wait(answer.after)
                if not answer.drip:
                    self.wfile.write(answer.body)
                    return
                for number in answer.body:
                    self.wfile.write(bytes([number]))
                    if closing.wait(answer.drip):
                        return

            def log_message(self, format: str, *args: object) -> None:
                """Keep test output clean."""

        return Handler
