"""The sandbox: one loopback server with a virtual host for each of the vendors' host names."""

from __future__ import annotations

import signal
from collections import deque
from datetime import UTC, datetime
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from kpiterm.sandbox import amazon, helium10, junglescout, shopify, walmart
from kpiterm.sandbox.clock import Clock
from kpiterm.sandbox.faults import Faults, Storms
from kpiterm.sandbox.limits import Buckets, Taken
from kpiterm.sandbox.shop import Shop
from kpiterm.sandbox.vendor import SandboxAccount, Vendor, World
from kpiterm.sandbox.wire import Request, Response, Server, json_response

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

VENDORS: Mapping[str, Callable[[World], Vendor]] = {
    "amazon": amazon.build,
    "walmart": walmart.build,
    "shopify": shopify.build,
    "helium10": helium10.build,
    "junglescout": junglescout.build,
}


UNTHROTTLED = ("x-amzn-RateLimit-Limit", "1000.0")
"""What answers say when nothing is throttled, so that kpiterm's clients do not wait either."""
SAYS_IT_ITSELF = ("sellingpartnerapi-na.amazon.com", "api.amazon.com")


class Sandbox:
    """Serves a seeded shop over the vendors' wire protocols; a context manager, or `start()` and `stop()`.

    Send a request meant for `https://HOST/path` to `url + "/path"` with `Host: HOST`. Every argument that shapes the
    shop is part of the seed: the same arguments and `now` give the same answers. `lag=False` shows reports at once.
    `stories` plants what an operator has to notice, such as a stock-out; `shop.stories` tells in which SKU.
    A vendor is its name, or a function that builds it, such as `partial(shopify.build, setup=…)`.

    `faults` is the share of requests that fail on the line, or a probability for each kind of `faults.KINDS` and
    `faults.VENDOR_KINDS`. `longest_page` cuts lists into more pages than are asked for. Protocol time (quotas, tokens,
    reports) runs `speed` times as fast as the machine's: see `Clock`.
    """

    def __init__(
        self,
        *,
        vendors: Sequence[str | Callable[[World], Vendor]] = ("amazon",),
        port: int = 0,
        seed: int = 7,
        days: int = 120,
        orders_per_day: float = 45,
        skus: int = 40,
        latency_ms: int = 0,
        throttle: bool = True,
        faults: float | Mapping[str, float] = 0.0,
        token_seconds: int = 3600,
        report_seconds: float = 0.4,
        now: datetime | None = None,
        lag: bool = True,
        speed: float = 1.0,
        longest_page: int = 1_000_000,
        stories: bool = False,
    ) -> None:
        if unknown := [name for name in vendors if isinstance(name, str) and name not in VENDORS]:
            raise ValueError(f"no sandbox for {', '.join(unknown)}; there is one for {', '.join(VENDORS)}")
        self.clock = Clock(now, speed)
        self.shop = Shop(
            seed=seed,
            days=days,
            orders_per_day=orders_per_day,
            skus=skus,
            now=now or datetime.now(UTC),
            lag=lag,
            stories=stories,
        )
        outages: dict[str, Mapping[str, Response]] = {}
        self.faults = Faults(faults, seed, outages)
        self._world = World(
            self.shop, self.clock, Buckets(self.clock.time), throttle, token_seconds, report_seconds,
            faults=self.faults, longest_page=longest_page,
        )  # fmt: skip
        built = [(VENDORS[vendor] if isinstance(vendor, str) else vendor)(self._world) for vendor in vendors]
        self.accounts: tuple[SandboxAccount, ...] = tuple(a for vendor in built for a in vendor.accounts)
        self._hosts = {host: answer for vendor in built for host, answer in vendor.hosts.items()}
        self.requests: deque[tuple[str, str, str, int]] = deque(maxlen=100_000)
        outages |= {host: vendor.outages for vendor in built for host in vendor.hosts}
        self._refusals = {host: refuse for vendor in built for host, refuse in vendor.storms.items()}
        self._storms = Storms(self.faults, self.clock.time)
        self._server_options = (port, self.faults, latency_ms / 1000)
        self._server: Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`; only while the sandbox runs."""
        if self._server is None:
            raise RuntimeError("the sandbox is not running; call start() or use it in a with statement")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that are answered for."""
        return tuple(self._hosts)

    @property
    def throttled(self) -> Counter[str]:
        """How many requests were refused with 429, by operation."""
        return self._world.throttled

    def start(self) -> Self:
        """Listen on loopback and answer in a background thread."""
        if self._server is None:
            port, faults, latency = self._server_options
            self._server = Server(port, self.answer, faults, latency)
            self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True)
            self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection; harmless when not running."""
        if self._server and self._thread:
            self._server.close()
            self._thread.join()
        self._server = self._thread = None

    def run(self) -> None:
        """Serve in the foreground until interrupted; in the main thread only."""
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with it ignored
        with self:
            try:
                Event().wait()
            except KeyboardInterrupt:
                return

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    @property
    def taken(self) -> Sequence[Taken]:
        """Every request that a vendor's quota was asked for, in order."""
        return self._world.buckets.taken

    def answer(self, request: Request) -> Response:
        """The answer to one request, chosen by its Host header."""
        response = self._stormy(request.host) or self._true_answer(request)
        if not self._world.throttle and response.status < 400 and request.host not in SAYS_IT_ITSELF:
            response.headers.setdefault(*UNTHROTTLED)
        self.requests.append((request.method, request.host, request.path, response.status))
        return response

    def _stormy(self, host: str) -> Response | None:
        refuse = self._refusals.get(host)
        seconds = self._storms.left(host) if refuse else 0.0
        return refuse(seconds, self.clock.time()) if refuse and seconds else None

    def _true_answer(self, request: Request) -> Response:
        vendor = self._hosts.get(request.host)
        return vendor(request) if vendor else _misdirected(request.host, self.hosts)


def _misdirected(host: str, hosts: Sequence[str]) -> Response:
    message = (
        f"The sandbox does not answer for host {host or '(none)'}. Send the vendor's own host name in the Host header; "
        f"it knows {', '.join(hosts)}."
    )
    return json_response(421, {"errors": [{"code": "MisdirectedRequest", "message": message, "details": ""}]})
