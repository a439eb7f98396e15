"""Failures on demand, drawn from the seed: of the line, and of the vendors behind it."""

from __future__ import annotations

import socket
import struct
from collections import Counter, defaultdict
from random import Random
from threading import Event, Lock
from typing import TYPE_CHECKING

from kpiterm.sandbox.wire import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from io import BufferedIOBase

KINDS = ("500", "503", "reset", "slow", "truncated")
"""Faults of the line; one number for all of them is shared out evenly."""
VENDOR_KINDS = ("storm", "expired", "duplicate", "failed")
"""Faults that only a vendor can have: 429 whatever is asked for `STORM_SECONDS`, an access token that ends before its
time, items of a page again on the next one, and a report that fails where asking again would bring it."""
SLOW_SECONDS = 1.5
STORM_SECONDS = 20.0
_TEXT = b'{"errors":[{"code":"%s","message":"%s","details":""}]}'


def rates_of(faults: float | Mapping[str, float]) -> dict[str, float]:
    """Probability by kind; ValueError for what is no kind or no probability."""
    rates = dict(faults) if not isinstance(faults, int | float) else dict.fromkeys(KINDS, faults / len(KINDS))
    if unknown := sorted(set(rates) - {*KINDS, *VENDOR_KINDS}):
        raise ValueError(f"faults: no kind {unknown[0]!r}; there is {', '.join((*KINDS, *VENDOR_KINDS))}")
    of_line = sum(rates.get(kind, 0.0) for kind in KINDS)
    if bad := [rate for rate in (*rates.values(), of_line) if not 0 <= rate <= 1]:
        raise ValueError(f"faults={bad[0]:g} is not a probability; give a number from 0 to 1")
    return rates


def read_rates(text: str) -> float | dict[str, float]:
    """`0.05` for all faults of the line, or `500=0.05,storm=0.01` by kind; ValueError for anything else."""
    try:
        if "=" not in text:
            return float(text)
        pairs = (part.partition("=") for part in text.split(","))
        return {kind.strip(): float(rate) for kind, _, rate in pairs}
    except ValueError:
        raise ValueError(f"faults={text!r}: write 0.05, or by kind 500=0.05,reset=0.02") from None


class Faults:
    """Draws faults at the given rates. Each host and kind has a sequence of its own, so that vendors that are asked
    side by side do not shift each other's; `struck` counts what was drawn."""

    def __init__(
        self,
        rates: float | Mapping[str, float] = 0.0,
        seed: int = 7,
        outages: Mapping[str, Mapping[str, Response]] | None = None,
    ) -> None:
        self._rates, self._seed = rates_of(rates), seed
        self._outages = {} if outages is None else outages  # the sandbox fills it later
        self._sequences: dict[str, Random] = {}
        self._seen: set[tuple[str, str]] = set()
        self._lock = Lock()
        self.struck: Counter[str] = Counter()

    def draw(self, host: str = "") -> str:
        """The fault of the line for the next request to the host, or an empty string."""
        left = self._random(f"line:{host}")
        for kind in KINDS:
            left -= self._rates.get(kind, 0.0)
            if left < 0:
                self.struck[kind] += 1
                return kind
        return ""

    def strikes(self, kind: str, where: str = "") -> bool:
        """Whether a fault of the kind happens now."""
        rate = self._rates.get(kind, 0.0)
        struck = bool(rate) and self._random(f"{kind}:{where}") < rate
        self.struck[kind] += struck
        return struck

    def fails_first(self, what: str) -> bool:
        """Whether this report fails: only one that is asked for the first time may."""
        with self._lock:
            first = ("failed", what) not in self._seen
            self._seen.add(("failed", what))
        return first and self.strikes("failed", what)

    def overlap(self, size: int, where: str) -> int:
        """How many of a page's `size` items the next page begins with, as when something moves under a live cursor."""
        again = size > 1 and self.strikes("duplicate", where)
        return 1 + int(self._random(f"overlap:{where}") * (size - 1)) if again else 0

    def _random(self, name: str) -> float:
        with self._lock:
            return self._sequences.setdefault(name, Random(f"{self._seed}:{name}")).random()

    def response(self, fault: str, host: str = "") -> Response | None:
        """The vendor's own error answer for the two server errors; None where the true answer is made first."""
        if own := self._outages.get(host, {}).get(fault):
            return own
        if fault == "500":
            return Response(500, _TEXT % (b"InternalFailure", b"We encountered an internal error. Please try again."))
        if fault == "503":
            return Response(503, _TEXT % (b"ServiceUnavailable", b"Service is temporarily unavailable."))
        return None

    def send(self, fault: str, data: bytes, out: BufferedIOBase, stopping: Event, sock: socket.socket) -> bool:
        """Write the answer as the fault wants it; False when the connection must end."""
        if fault == "reset":
            # Linger 0 makes close() send RST instead of FIN.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if fault == "slow":
            stopping.wait(SLOW_SECONDS)
        if fault == "truncated":
            head, _, body = data.partition(b"\r\n\r\n")
            out.write(head + b"\r\n\r\n" + body[: len(body) // 2])
            return False
        out.write(data)
        return True


class Storms:
    """Which hosts refuse everything just now, and until when on the protocol's clock."""

    def __init__(self, faults: Faults, clock: Callable[[], float]) -> None:
        self._faults, self._clock = faults, clock
        self._until: dict[str, float] = defaultdict(float)

    def left(self, host: str) -> float:
        """Seconds that the host's storm goes on, 0 where there is none; one may begin now."""
        now = self._clock()
        if now >= self._until[host] and self._faults.strikes("storm", host):
            self._until[host] = now + STORM_SECONDS
        return max(0.0, self._until[host] - now)
