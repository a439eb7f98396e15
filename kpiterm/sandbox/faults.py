"""Failures on demand: server errors, resets, slow and cut-off answers, drawn from the seed."""

from __future__ import annotations

import socket
import struct
from random import Random
from threading import Event, Lock
from typing import TYPE_CHECKING

from kpiterm.sandbox.wire import Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from io import BufferedIOBase

KINDS = ("500", "503", "reset", "slow", "truncated")
SLOW_SECONDS = 1.5
_TEXT = b'{"errors":[{"code":"%s","message":"%s","details":""}]}'


class Faults:
    """Draws a fault for each request with the given probability; `outages` are hosts' own error answers, by fault."""

    def __init__(
        self,
        probability: float,
        seed: int,
        kinds: Sequence[str] = KINDS,
        outages: Mapping[str, Mapping[str, Response]] | None = None,
    ) -> None:
        if not 0 <= probability <= 1:
            raise ValueError(f"faults={probability} is not a probability; give a number from 0 to 1")
        self._probability, self._kinds, self._outages = probability, kinds, outages or {}
        self._rng, self._lock = Random(f"{seed}:faults"), Lock()

    def draw(self) -> str:
        """The kind of fault for the next request, or an empty string."""
        if not self._probability:
            return ""
        with self._lock:
            return self._rng.choice(self._kinds) if self._rng.random() < self._probability else ""

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
