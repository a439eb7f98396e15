"""The sandbox in a process of its own, answering from memory what it has answered before: it must not be the limit.

`python -m bench.server DAYS ORDERS_PER_DAY` prints one JSON line about itself and then obeys its standard input:
`move SECONDS` shifts the shop's clock, the end of the input ends it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from bench.admin_api import HOSTS, Storefront
from kpiterm.sandbox import Sandbox
from kpiterm.sandbox.wire import Request, Response


class Recorded(Sandbox):
    """A sandbox that renders every answer once; the same question gets the same bytes until the clock moves. For the
    Shopify shop it has a plain one of its own."""

    def record(self, storefront: Storefront) -> None:
        """Start with no answers."""
        self._answers: dict[tuple[str, str, str, str, bytes], Response] = {}
        self._storefront = storefront

    def answer(self, request: Request) -> Response:
        key = (request.method, request.host, request.path, request.query_string, request.body)
        if key not in self._answers:
            own = request.host in HOSTS
            self._answers[key] = self._storefront.answer(request) if own else super().answer(request)
        return self._answers[key]


@dataclass(slots=True)
class Shop:
    """A running server: its address, the shop's present moment, and the Amazon account that it accepts."""

    url: str
    now: datetime
    settings: dict[str, str]
    secrets: dict[str, str]
    process: subprocess.Popen[str]

    def move(self, by: timedelta) -> None:
        """Let time pass in the shop: orders come in, are paid, shipped and cancelled."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"move {by.total_seconds()}\n")
        self.process.stdin.flush()
        self.process.stdout.readline()
        self.now += by


@contextmanager
def serving(days: int, orders_per_day: int) -> Iterator[Shop]:
    """A shop with so many days of history, until the block ends."""
    command = [sys.executable, "-m", "bench.server", str(days), str(orders_per_day)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        now = datetime.fromisoformat(told["now"])
        account = told["account"]
        yield Shop(told["url"], now, account["settings"], account["secrets"], process)


def main() -> None:
    days, orders_per_day = int(sys.argv[1]), int(sys.argv[2])
    # In the past, so that the clock can be moved on without overtaking the real one.
    now = (datetime.now(UTC) - timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    box = Recorded(days=days, orders_per_day=orders_per_day, throttle=False, now=now, report_seconds=0)
    start = (now - timedelta(days=days)).timestamp()
    storefront = Storefront(days * orders_per_day, start, now.timestamp())
    box.record(storefront)
    with box:
        account = asdict(box.accounts[0])
        print(json.dumps({"url": box.url, "now": now.isoformat(), "account": account}), flush=True)
        for line in sys.stdin:
            box.clock.move(timedelta(seconds=float(line.split()[1])))
            box.record(storefront)
            print("moved", flush=True)


if __name__ == "__main__":
    main()
