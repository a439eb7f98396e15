"""One request, sent as often as it takes: quota first, then the line, then the verdict whether another try may help."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import httpx
import tenacity

from kpiterm.plugins import clock
from kpiterm.plugins.errors import TransientError
from kpiterm.plugins.limits import Limiter, retry_after
from kpiterm.plugins.redact import SECRET_HEADERS, Redactor
from kpiterm.plugins.wire import Line, raw_chunks

TIMEOUT = httpx.Timeout(connect=10, read=60, write=30, pool=10)
RETRIED = frozenset({429, 500, 502, 503, 504, 520, 521, 522, 523, 524})  # 52x: the edge in front of the vendor
RETRIED_POST = frozenset({429, 503})
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
PATIENCE = 300.0
"""Seconds that the retries of one request may wait in all; waiting for quota is not counted."""
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_DECODED = ("content-encoding", "content-length", "transfer-encoding")

Take = Callable[[httpx.Response, Iterator[bytes]], bytes]


@dataclass(slots=True)
class Stats:
    """What an account's requests cost so far: `received` in bytes on the line, `throttled` = answers 429, `waited` in
    seconds. `note` is told what is being waited for, and an empty text when the wait is over."""

    requests: int = 0
    received: int = 0
    throttled: int = 0
    waited: float = 0.0
    note: Callable[[str], None] = field(default=lambda _: None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, *, requests: int = 0, received: int = 0, throttled: int = 0, waited: float = 0.0) -> None:
        with self._lock:
            self.requests += requests
            self.received += received
            self.throttled += throttled
            self.waited += waited


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Sends one request as often as it takes. Every attempt passes the limiter; every wait goes through `sleep`."""

    line: Line
    limiter: Limiter
    redactor: Redactor
    stats: Stats
    sleep: Callable[[float], None]
    log: Callable[[str], None]
    attempts: int

    def name(self, request: httpx.Request) -> str:
        rate = self.limiter.rate(request.method, request.url.path)
        return rate.operation if rate else f"{request.method} {request.url.host}{request.url.path[:120]}"

    def run(self, request: httpx.Request, what: str, take: Take) -> httpx.Response:
        """The last answer, its body as `take` returned it; TransientError where there was none at all."""
        request.extensions.setdefault("timeout", TIMEOUT.as_dict())
        for name in SECRET_HEADERS & set(request.headers):
            self.redactor.add(request.headers[name].removeprefix("Bearer ").removeprefix("Basic "))
        retrying = tenacity.Retrying(
            retry=partial(_worth_retrying, request),
            wait=_pause,
            stop=partial(_enough, self.attempts),
            before_sleep=partial(self._announce, what),
            sleep=self._wait,
            retry_error_callback=_last_outcome,
        )
        try:
            return retrying(self._attempt, request, what, take)
        except httpx.TransportError as error:
            raise TransientError(
                f"{what}: {_reason(error)} ({request.url.host})",
                hint="check the network, the proxy and the clock; the next sync tries again",
            ) from None

    def _attempt(self, request: httpx.Request, what: str, take: Take) -> httpx.Response:
        self.stats.add(waited=self.limiter.acquire(request.method, request.url.path, note=self._waits_for_quota))
        self.stats.note("")
        self.stats.add(requests=1)
        response = self.line.handle_request(request)
        try:
            body = take(response, self._counted(raw_chunks(response, what)))
        finally:
            response.close()
        self.limiter.learn(request.method, request.url.path, response.status_code, response.headers)
        self.stats.add(throttled=response.status_code == httpx.codes.TOO_MANY_REQUESTS)
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _DECODED]
        return httpx.Response(response.status_code, headers=headers, content=body, request=request)

    def _counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.stats.add(received=len(chunk))
            yield chunk

    def _waits_for_quota(self, operation: str, seconds: float) -> None:
        self.stats.note(f"waiting {seconds:,.0f} s for {operation} quota")

    def _announce(self, what: str, state: tenacity.RetryCallState) -> None:
        text = self.redactor(f"{what}: {_trouble(state)}; trying again in {state.upcoming_sleep:,.0f} s")
        self.log(text)
        self.stats.note(text)

    def _wait(self, seconds: float) -> None:
        self.sleep(seconds)
        self.stats.add(waited=seconds)
        self.stats.note("")


def _worth_retrying(request: httpx.Request, state: tenacity.RetryCallState) -> bool:
    """Whether another attempt may help and cannot do a thing twice."""
    repeatable = request.method in IDEMPOTENT or bool(request.extensions.get("idempotent"))
    error = state.outcome.exception() if state.outcome else None
    if error is not None:
        return isinstance(error, _NOT_SENT) or (repeatable and isinstance(error, httpx.TransportError))
    status = _response(state).status_code
    return status in (RETRIED if repeatable else RETRIED_POST) and status not in request.extensions.get("accept", ())


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds to the next attempt: what the vendor asks for, else 1, 2, 4, … 60 with jitter."""
    answered = state.outcome and not state.outcome.failed
    if answered and (asked := retry_after(_response(state).headers, now=clock.time())):
        return asked
    return min(60.0, 2.0 ** (state.attempt_number - 1)) * random.uniform(0.5, 1.0)


def _enough(attempts: int, state: tenacity.RetryCallState) -> bool:
    return state.attempt_number >= attempts or state.idle_for + state.upcoming_sleep > PATIENCE


def _last_outcome(state: tenacity.RetryCallState) -> httpx.Response:
    return _response(state)


def _response(state: tenacity.RetryCallState) -> httpx.Response:
    """The attempt's answer; raises what the attempt raised."""
    assert state.outcome is not None
    response: httpx.Response = state.outcome.result()
    return response


def _trouble(state: tenacity.RetryCallState) -> str:
    error = state.outcome.exception() if state.outcome else None
    return _reason(error) if error else f"HTTP {_response(state).status_code}"


def _reason(error: BaseException) -> str:
    """A transport error in words; httpx leaves the text of some of them empty."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in type(error).__name__).strip()
    return f"{words}: {error}" if str(error) else words
