"""Attacks the Alexa endpoint over real HTTP: a server of its own, a certificate authority of its own.

Run: python -m benchmarks.endpoint_attack [--list]

Starts `restock serve` in development on a fresh database, on loopback only, sends every vector of
attack_vectors and attack_forgeries and then the scenarios below, and prints by group how many were wrongly
accepted, answered by a server error, wrongly refused, or answered by a status that is none of 400, 404, 405
and 413, and how many certificate downloads were too many. Ends with 1 unless all are 0, every refusal has its
reason in the log, the log holds nothing that was sent, and the times are within their limits: 50 ms for the
median launch, two seconds for one beside requests that wait.
"""

import argparse
import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks import attack_forgeries, attack_vectors
from benchmarks.attack_vectors import (
    DAY,
    HOST,
    PATH,
    SECRET,
    SKILL,
    Vector,
    envelope,
    good,
    sign,
    signer,
    wire,
)
from tests.alexa.envelopes import ENVELOPES, SKILL_ID, require_valid
from tests.alexa_ca import authority, pem
from tests.file_server import Answer, FileServer

ROOT = Path(__file__).parents[1]
REFUSALS = (400, 404, 405, 413)
COUNTERS = ("wrongly accepted", "server errors", "wrongly refused", "other statuses", "unwanted fetches")
NOT_IN_LOG = (SECRET, "CertChain", "-----BEGIN", "Traceback")
WARM_MS, BESIDE_MS, AT_ONCE = 50, 2000, 16
VECTORS = (
    attack_vectors.valid,
    attack_vectors.url,
    attack_forgeries.cert,
    attack_forgeries.sig,
    attack_vectors.time,
    attack_vectors.app,
    attack_vectors.body,
    attack_vectors.route,
)


@dataclass
class Attack:
    """A running server, the host of its certificates, and what was found so far."""

    port: int
    host: FileServer
    log: Path
    listing: bool
    sent: Counter[tuple[str, bool]] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    refusals: int = 0
    times: dict[str, float] = field(default_factory=dict)

    def send(self, vector: Vector) -> tuple[int, bytes]:
        """The status and the content of the answer; status 0 when the connection was closed instead."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            _write(connection, vector)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def judge(self, vector: Vector) -> bytes:
        """Send a vector, count what is wrong with the answer, and give its content."""
        before = len(self.host.asked)
        status, content = self.send(vector)
        self.rate(vector, status)
        self.note(vector, "unwanted fetches", max(0, len(self.host.asked) - before - vector.fetches))
        return content

    def rate(self, vector: Vector, status: int) -> None:
        """Count a vector and what its status tells."""
        self.sent[vector.group, vector.passes] += 1
        self.refusals += 400 <= status < 500
        if status >= 500:
            self.note(vector, "server errors", 1)
        elif vector.passes:
            self.note(vector, "wrongly refused", status != 200)
        elif status < 400:
            self.note(vector, "wrongly accepted" if status else "other statuses", 1)
        else:
            self.note(vector, "other statuses", status not in REFUSALS)

    def note(self, vector: Vector, counter: str, times: int) -> None:
        """Add to a counter of the vector's group."""
        self.found[vector.group, counter] += times
        if times and self.listing:
            print(f"{counter}: {vector.group}: {vector.name[:90]!r}")


def _write(connection: http.client.HTTPConnection, vector: Vector) -> None:
    connection.putrequest(vector.method, vector.path)
    if not any(name == "Content-Type" for name, _ in vector.headers):
        connection.putheader("Content-Type", "application/json")
    for name, value in vector.headers:
        connection.putheader(name, value.encode("latin-1"))
    connection.putheader(*(("Transfer-Encoding", "chunked") if vector.chunked else _length(vector)))
    try:
        parts = [vector.body[at : at + 1000] for at in range(0, len(vector.body), 1000)]
        connection.endheaders(iter(parts) if vector.chunked else vector.body, encode_chunked=vector.chunked)
    except ConnectionError:
        return  # the server may answer before it has read everything


def _length(vector: Vector) -> tuple[str, str]:
    return "Content-Length", str(len(vector.body))


def cache(attack: Attack) -> None:
    """What the memory of certificates must and must not keep."""
    host, chain = attack.host, authority().chain(signer())
    launch = good("cache", "unsigned, thirty addresses")
    for number in range(30):
        attack.judge(_at(launch, f"{PATH}?{number}", passes=False))
        attack.judge(replace(launch, headers=(), passes=False))
    first, again = _at(launch, "/echo.api/first.pem"), _at(launch, "/echo.api/./x/../first.pem")
    attack.judge(replace(first, name="not there yet", passes=False, fetches=1))
    host.answers["/echo.api/first.pem"] = authority("stranger").chain()
    attack.judge(replace(first, name="not trusted yet", passes=False, fetches=1))
    host.answers["/echo.api/first.pem"] = chain
    attack.judge(replace(first, name="there and trusted now", fetches=1))
    host.answers["/echo.api/first.pem"] = Answer(status=500)
    attack.judge(replace(again, name="remembered under another spelling"))
    host.answers["/echo.api/short.pem"] = authority().chain(
        signer(not_after=attack_vectors.now() + DAY / 86_400 * 3)
    )
    short = _at(launch, "/echo.api/short.pem")
    attack.judge(replace(short, name="valid for three seconds", fetches=1))
    time.sleep(4.2)  # a certificate is valid to the end of its last second
    attack.judge(replace(short, name="expired in memory", passes=False, fetches=1))
    for number in range(40):
        host.answers[f"/echo.api/many-{number}.pem"] = chain
        attack.judge(_at(launch, f"/echo.api/many-{number}.pem", fetches=1))
    attack.judge(replace(good("cache", "forgotten after forty others"), fetches=1))
    host.answers["/echo.api/cold.pem"] = Answer(chain, after=0.3)
    before, cold = len(host.asked), _at(launch, "/echo.api/cold.pem", name="cold for sixteen")
    for status, _content in _together([lambda: attack.send(cold)] * AT_ONCE):
        attack.rate(cold, status)
    attack.note(cold, "unwanted fetches", len(host.asked) - before - 1)


def _at(vector: Vector, path: str, **changes: Any) -> Vector:
    return replace(vector, headers=sign(vector.body, f"https://{HOST}{path}"), **changes)


def _together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def crowd(attack: Attack) -> None:
    """Many at once: beside hanging certificate hosts and slow senders, and one purchase sixteen times."""
    attack.judge(good("crowd", "before", kind="LaunchRequest"))
    bad = good("crowd", "hanging certificate host")
    for number in range(AT_ONCE):
        attack.host.answers[f"/echo.api/hang-{number}.pem"] = Answer(after=10)
    hanging = [_at(bad, f"/echo.api/hang-{number}.pem", passes=False) for number in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        pending = [pool.submit(attack.send, each) for each in hanging]
        time.sleep(0.2)
        attack.times[f"beside {AT_ONCE} on a hanging certificate host"] = _timed(
            attack, good("crowd", "beside")
        )
        for vector, future in zip(hanging, pending, strict=True):
            attack.rate(vector, future.result()[0])
    slow = [socket.create_connection(("127.0.0.1", attack.port)) for _ in range(300)]
    for each in slow:
        each.sendall(b"POST /alexa HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    attack.times["beside 300 senders that never end"] = _timed(attack, good("crowd", "beside slow senders"))
    for each in slow:
        each.close()
    _purchase(attack)
    warm = [_timed(attack, good("crowd", "warm")) for _ in range(30)]
    attack.times["warm launch, median"], attack.times["warm launch, slowest of 30"] = (
        sorted(warm)[15],
        max(warm),
    )


def _timed(attack: Attack, vector: Vector) -> float:
    started = time.perf_counter()
    attack.judge(vector)
    return (time.perf_counter() - started) * 1000


def _purchase(attack: Attack) -> None:
    order = good("crowd", "order", kind="IntentRequest", intent={"name": "ReorderUsualIntent", "slots": {}})
    asked = json.loads(attack.judge(order))
    said = envelope("IntentRequest", intent={"name": "AMAZON.YesIntent", "slots": {}})
    said["session"] |= {"new": False, "attributes": asked["sessionAttributes"]}
    yes = replace(order, name="yes, sixteen times", body=wire(said), headers=sign(wire(said)))
    before = _orders(attack)
    answers = _together([lambda: attack.send(yes)] * AT_ONCE)
    for status, _content in answers:
        attack.rate(yes, status)
    different = len({content for _status, content in answers}) - 1
    attack.note(yes, "wrongly accepted", different)
    attack.note(yes, "wrongly accepted", max(0, _orders(attack) - before - 1))
    attack.note(yes, "wrongly refused", _orders(attack) == before)


def _orders(attack: Attack) -> int:
    with closing(sqlite3.connect(attack.log.parent / "shop.db")) as database:
        return int(database.execute("SELECT count(*) FROM shop_order").fetchone()[0])


def envelopes(attack: Attack) -> None:
    """The odd envelopes of tests/requests, signed and in time: all are answered as Alexa wants it."""
    for name, kept in ENVELOPES.items():
        made = json.loads(json.dumps(kept).replace(SKILL_ID, SKILL))
        if "request" in made:
            made["request"]["timestamp"] = attack_vectors.stamp()
        body = wire(made)
        vector = Vector("envelopes", name, True, body, sign(body))
        try:
            require_valid(json.loads(attack.judge(vector)))
        except (AssertionError, ValueError, KeyError):
            attack.note(vector, "wrongly refused", 1)


HEAD = b"POST /alexa HTTP/1.1\r\nHost: x\r\n"
WIRE = {
    "no line ends": b"x" * 1000 + b"\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"POST /alexa\r\n\r\n",
    "chunk that is none": HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
    "negative chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
    "compressed transfer": HEAD + b"Transfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "two transfers": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "length in words": HEAD + b"Content-Length: two\r\n\r\n{}",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length of a gigabyte": HEAD + b"Content-Length: 1073741824\r\n\r\n{}",
    "length of many digits": HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
    "both lengths": HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "no length": HEAD + b"\r\n",
    "no colon": HEAD + b"Content-Length 2\r\n\r\n{}",
    "control character": HEAD + b"SignatureCertChainUrl: \x00\x01\r\n\r\n",
    "folded header": HEAD + b"SignatureCertChainUrl: https:\r\n //s3.amazonaws.com/\r\n\r\n",
    "header of 300 kB": HEAD + b"X: " + b"x" * 300_000 + b"\r\n\r\n",
    "20,000 headers": HEAD + b"".join(b"X-%d: x\r\n" % number for number in range(20_000)) + b"\r\n",
    "address of 100 kB": b"POST /alexa?" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
}


def raw(attack: Attack) -> None:
    """Bytes that are hardly HTTP: refused in one answer, and the server goes on."""
    for name, content in WIRE.items():
        vector = Vector("raw", name, False, b"", ())
        with socket.create_connection(("127.0.0.1", attack.port), timeout=10) as connection:
            try:
                connection.sendall(content)
                connection.shutdown(socket.SHUT_WR)
                status = int(connection.recv(100).split()[1])
            except (OSError, IndexError):
                status = 0
        attack.rate(vector, status)
    attack.judge(good("raw", "afterwards"))


@contextmanager
def attacked(folder: Path, listing: bool) -> Iterator[Attack]:
    """A migrated and seeded shop behind `restock serve`, trusting our authority only."""
    (folder / "roots.pem").write_bytes(pem(authority().root.certificate))
    with FileServer({PATH: authority().chain(signer())}) as host, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RESTOCK_")}
        environ = kept | {
            "PYTHONPATH": str(ROOT),
            "RESTOCK_ENV": "development",
            "RESTOCK_SKILL_ID": SKILL,
            "RESTOCK_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}",
            "RESTOCK_TEST_CA_FILE": str(folder / "roots.pem"),
            "RESTOCK_TEST_CERT_BASE": host.base,
        }
        restock = [sys.executable, "-m", "skill"]
        for command in ("upgrade", "seed"):
            subprocess.run([*restock, "db", command], env=environ, check=True, stdout=subprocess.DEVNULL)
        log = folder / "log"
        with log.open("w") as stderr:
            server = subprocess.Popen([*restock, "serve", "--port", str(port)], env=environ, stderr=stderr)
        try:
            _wait(server, port)
            yield Attack(port, host, log, listing)
        finally:
            server.terminate()
            server.wait(30)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise SystemExit("The server did not start.")


def report(attack: Attack) -> int:
    """Print the counters by group, the times and the state of the log; 1 when anything is wrong."""
    print(f"{'group':<12}{'refuse':>8}{'pass':>6}" + "".join(f"{name:>18}" for name in COUNTERS))
    for group in (*dict.fromkeys(group for group, _passes in attack.sent), "all"):
        sent = [sum(n for (g, p), n in attack.sent.items() if group in (g, "all") and p == w) for w in (0, 1)]
        wrong = [
            sum(n for (g, c), n in attack.found.items() if group in (g, "all") and c == counter)
            for counter in COUNTERS
        ]
        print(f"{group:<12}{sent[0]:>8}{sent[1]:>6}" + "".join(f"{number:>18}" for number in wrong))
    for name, taken in attack.times.items():
        print(f"{name}: {taken:.0f} ms")
    text = attack.log.read_text()
    reasons = [json.loads(line)["reason"] for line in text.splitlines() if '"refused"' in line]
    print(f"refusals {attack.refusals}, reasons in the log {len(reasons)} ({len(set(reasons))} different)")
    leaks = [line for line in text.splitlines() if any(sent in line for sent in NOT_IN_LOG)]
    print(f"lines of the log with a piece of what was sent, or a traceback: {len(leaks)}")
    if attack.listing and leaks:
        start = max(0, text.find(leaks[0]) - 500)
        print(text[start : start + 5000])
    late = max(value for name, value in attack.times.items() if name.startswith("beside")) > BESIDE_MS
    slow = attack.times["warm launch, median"] > WARM_MS
    unlogged = attack.refusals != len(reasons)
    return int(any((*attack.found.values(), late, slow, leaks, unlogged)))


def main() -> int:
    """Attack, report, and return 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description="Attacks the Alexa endpoint over HTTP on loopback.")
    parser.add_argument("--list", action="store_true", help="name every vector that was answered wrongly")
    listing = parser.parse_args().list
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, attacked(Path(folder), listing) as attack:
        for group in VECTORS:
            for vector in group(attack.host):
                attack.judge(vector)
        for scenario in (cache, envelopes, raw, crowd):
            scenario(attack)
        result = report(attack)
    print(f"{time.perf_counter() - started:.0f} seconds")
    return result


if __name__ == "__main__":
    sys.exit(main())
