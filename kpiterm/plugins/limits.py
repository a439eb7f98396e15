"""The vendors' token buckets, kept in small locked files, so that all processes of an account share one quota."""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from kpiterm.plugins import clock as clocks
from kpiterm.plugins.model import Rate

RATE_HEADER = "x-amzn-ratelimit-limit"
SLOWEST, FASTEST = 1e-4, 1000.0
LONGEST_BLOCK = 3600.0
_MAX_MARGIN = 0.5 * clocks.SPEED  # the way to the vendor is not faster on a faster clock
THROTTLED: Final = 429


@dataclass(frozen=True, slots=True)
class Bucket:
    """`tokens` as of the moment `since`; below zero, that many slots in the future are promised to somebody."""

    tokens: float
    since: float
    per_second: float
    declared: float
    written: float = 0.0

    def refilled(self, now: float, burst: int) -> Bucket:
        """The bucket at `now`. One that is full starts to refill a little late: the vendor counts arrivals, and the
        first request of a burst, which may have to connect over a poor line, takes longer to arrive than the later
        ones. A large burst can wait for that without being felt, a single token cannot."""
        tokens = self.tokens + max(0.0, now - self.since) * self.per_second
        if tokens >= burst:
            margin = min(_MAX_MARGIN, max(0.1, burst - 1) / self.per_second)
            return replace(self, tokens=float(burst), since=now + margin)
        return replace(self, tokens=tokens, since=max(now, self.since))

    def wait(self, now: float) -> float:
        """Seconds until the last promised slot, 0 where none lies in the future."""
        return max(0.0, self.since - now - self.tokens / self.per_second) if self.tokens < 0 else 0.0


class Limiter:
    """The quotas of one credential (`scope`). Requests that no `Rate` matches pass at once.

    Slots are reserved under a short lock and waited for outside it; a process that dies loses its slot and locks
    nothing. `sleep` must raise to end a wait early: a wait that returns is followed by the request.
    """

    def __init__(
        self,
        directory: Path,
        scope: str,
        rates: Sequence[Rate],
        *,
        sleep: Callable[[float], None],
        clock: Callable[[], float] = clocks.time,
    ) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory, self._scope, self._sleep, self._clock = directory, scope, sleep, clock
        self._rates = [(_pattern(rate.match), rate) for rate in rates]

    def rate(self, method: str, path: str) -> Rate | None:
        """The first declared rate that matches the request."""
        line = f"{method.upper()} {path.partition('?')[0]}"
        return next((rate for pattern, rate in self._rates if pattern.fullmatch(line)), None)

    def acquire(self, method: str, path: str, *, note: Callable[[str, float], None] | None = None) -> float:
        """Wait for a slot of the request's quota; returns the seconds. `note(operation, seconds)` precedes a wait."""
        rate = self.rate(method, path)
        if rate is None:
            return 0.0
        with self._bucket(rate) as (bucket, now, store):
            taken = replace(bucket, tokens=bucket.tokens - 1)
            store(taken)
            seconds = taken.wait(now)
        if seconds > 0:
            if note:
                note(rate.operation, seconds)
            self._sleep(seconds)
        return seconds

    def learn(self, method: str, path: str, status: int, headers: Mapping[str, str]) -> None:
        """Correct the bucket by what the vendor answered, for every process that shares it."""
        rate = self.rate(method, path)
        advertised = _advertised(headers)
        if rate is None or (advertised is None and status != THROTTLED):
            return
        with self._bucket(rate) as (bucket, now, store):
            if advertised is not None:
                bucket = replace(bucket, per_second=advertised)
            if status == THROTTLED:
                bucket = _emptied(bucket, now, retry_after(headers, now=now))
            store(bucket)

    def left(self, operation: str) -> int:
        """Requests of `operation` that would pass at once now."""
        rate = next((rate for _, rate in self._rates if rate.operation == operation), None)
        if rate is None:
            raise ValueError(f"no rate is declared for the operation {operation!r}")
        with self._bucket(rate) as (bucket, _, _store):
            return max(0, math.floor(bucket.tokens + 1e-9))

    @contextmanager
    def _bucket(self, rate: Rate) -> Iterator[tuple[Bucket, float, Callable[[Bucket], None]]]:
        """The bucket as of now, and a function that stores it, under the lock of its file."""
        file = os.open(self._file(rate), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            now = self._clock()
            bucket = _decode(os.pread(file, 4096, 0), rate, now).refilled(now, rate.burst)
            yield bucket, now, lambda changed: _write(file, replace(changed, written=now))
        finally:
            os.close(file)

    def _file(self, rate: Rate) -> Path:
        return self._directory / place_of(self._scope, rate.operation)


def scope_of(connector: str, sandbox: str | None, secrets: Mapping[str, str]) -> str:
    """Whose quota it is: accounts with the same credential share one; nothing of the credential can be read from it."""
    return hashlib.sha256("\n".join([connector, sandbox or "", *sorted(secrets.values())]).encode()).hexdigest()[:24]


def place_of(scope: str, operation: str) -> str:
    """The name of the file that holds a bucket."""
    digest = hashlib.sha256(f"{scope}\0{operation}".encode()).hexdigest()[:20]
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', operation)[:40]}-{digest}"


def read_left(file: Path, rate: Rate, now: float) -> float | None:
    """Requests that would pass at once at `now` (seconds of the epoch), below 0 those that wait; None: never used."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    return _decode(data, rate, now).refilled(now, rate.burst).tokens


def retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds that the vendor asks for: `Retry-After` as a number or an HTTP date, else the moment at which its bucket
    is refilled (`X-Next-Replenishment-Time`, in seconds, epoch milliseconds or ISO); None where nothing is clear."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    for name in ("retry-after", "x-next-replenishment-time", "x-next-replenish-time"):
        seconds = _seconds(lower.get(name, ""), now)
        if seconds is not None:
            return seconds
    return None


def _seconds(text: str, now: float) -> float | None:
    try:
        seconds = float(text)
        if seconds > 1e11:  # epoch milliseconds
            seconds = seconds / 1000 - now
    except ValueError:
        moment = _moment(text)
        if moment is None:
            return None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _moment(text: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def _pattern(match: str) -> re.Pattern[str]:
    return re.compile("[^/ ]+".join(re.escape(part) for part in match.split("*")))


def _advertised(headers: Mapping[str, str]) -> float | None:
    text = next((value for name, value in headers.items() if name.lower() == RATE_HEADER), "")
    try:
        value = float(text)
    except ValueError:
        return None
    return min(max(value, SLOWEST), FASTEST) if value > 0 and math.isfinite(value) else None


def _emptied(bucket: Bucket, now: float, seconds: float | None) -> Bucket:
    """No token left, and the next one due after `seconds` (by the bucket's own rate where the vendor does not say)."""
    interval = 1 / bucket.per_second
    due = now + min(interval if seconds is None else seconds, LONGEST_BLOCK)
    return replace(bucket, tokens=min(bucket.tokens, 0.0), since=due - interval)


def _decode(data: bytes, rate: Rate, now: float) -> Bucket:
    """The stored bucket; a full one where there is none, it cannot be read, or the declared rate is another one."""
    try:
        fields = json.loads(data)
        bucket = Bucket(**{name: float(fields[name]) for name in Bucket.__slots__})
        usable = all(map(math.isfinite, asdict(bucket).values())) and SLOWEST <= bucket.per_second <= FASTEST
    except (ValueError, TypeError, KeyError):
        usable = False
    if not usable or bucket.declared != rate.per_second:
        return Bucket(tokens=rate.burst, since=now, per_second=rate.per_second, declared=rate.per_second)
    if bucket.written > now:  # the clock was set back: keep the distance, or a wait would last as long as the jump
        return replace(bucket, since=bucket.since - (bucket.written - now))
    return bucket


def _write(file: int, bucket: Bucket) -> None:
    data = json.dumps(asdict(bucket)).encode()
    os.pwrite(file, data, 0)
    os.ftruncate(file, len(data))
