"""The shared quota: never more than the vendor grants, never less, whoever asks and whoever dies."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kpiterm.plugins.limits import Limiter, retry_after
from kpiterm.plugins.model import Rate

ORDERS = Rate(operation="getOrders", match="GET /orders/*", per_second=0.5, burst=3)
PATH = "/orders/2026"
LATE = 0.5
"""Seconds that a full bucket starts to refill late, since the first request of a burst arrives late."""


class Clock:
    """Moves when somebody sleeps."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def limiter(directory: Path, clock: Clock, *rates: Rate, scope: str = "seller") -> Limiter:
    return Limiter(directory, scope, rates or (ORDERS,), sleep=clock.sleep, clock=clock)


def test_the_burst_goes_first_and_then_each_slot_is_waited_for_exactly(tmp_path: Path) -> None:
    clock = Clock()
    limited = limiter(tmp_path, clock)
    waits = [limited.acquire("GET", PATH) for _ in range(6)]
    assert waits[:3] == [0, 0, 0]
    assert waits[3:] == pytest.approx([2 + LATE, 2, 2], abs=1e-3)


def test_the_bucket_refills_while_nobody_asks(tmp_path: Path) -> None:
    clock = Clock()
    limited = limiter(tmp_path, clock)
    for _ in range(3):
        limited.acquire("GET", PATH)
    assert limited.left("getOrders") == 0
    clock.now += 4.1 + LATE
    assert limited.left("getOrders") == 2
    clock.now += 3600
    assert limited.left("getOrders") == 3


def test_requests_that_no_rate_names_pass_at_once(tmp_path: Path) -> None:
    limited = limiter(tmp_path, Clock())
    unnamed = [("POST", PATH), ("GET", "/orders"), ("GET", "/orders/1/items")]
    assert [limited.acquire(method, path) for method, path in unnamed] == [0, 0, 0]
    assert limited.left("getOrders") == 3


def test_operations_and_credentials_have_quotas_of_their_own(tmp_path: Path) -> None:
    clock, other = Clock(), Rate(operation="getReport", match="GET /reports/*", per_second=1, burst=1)
    mine, theirs = limiter(tmp_path, clock, ORDERS, other), limiter(tmp_path, clock, ORDERS, scope="another seller")
    for _ in range(3):
        mine.acquire("GET", PATH)
    assert (mine.left("getOrders"), mine.left("getReport"), theirs.left("getOrders")) == (0, 1, 3)


def test_a_quota_nobody_declared_has_no_display(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="getMoney"):
        limiter(tmp_path, Clock()).left("getMoney")


def test_says_what_it_waits_for_before_it_waits(tmp_path: Path) -> None:
    clock, said = Clock(), list[tuple[str, float, float]]()
    limited = limiter(tmp_path, clock)
    start = clock.now
    for _ in range(4):
        limited.acquire("GET", PATH, note=lambda name, seconds: said.append((name, seconds, clock.now - start)))
    ((operation, seconds, moment),) = said
    assert (operation, round(seconds, 2), moment) == ("getOrders", 2 + LATE, 0)


@pytest.mark.parametrize(("advertised", "rate"), [("2.0", 2), ("0.1", 0.1), ("1e9", 1000), ("1e-9", 1e-4)])
def test_the_advertised_rate_takes_over_within_bounds(advertised: str, rate: float, tmp_path: Path) -> None:
    clock = Clock()
    limited = limiter(tmp_path, clock)
    for _ in range(4):
        limited.acquire("GET", PATH)
    limited.learn("GET", PATH, 200, {"X-Amzn-RateLimit-Limit": advertised})
    other_process = limiter(tmp_path, clock)
    assert other_process.acquire("GET", PATH) == pytest.approx(1 / rate, rel=1e-3)


@pytest.mark.parametrize("advertised", ["", "soon", "nan", "inf", "-1", "0"])
def test_a_senseless_rate_is_not_learnt(advertised: str, tmp_path: Path) -> None:
    clock = Clock()
    limited = limiter(tmp_path, clock)
    for _ in range(4):
        limited.acquire("GET", PATH)
    limited.learn("GET", PATH, 200, {"x-amzn-ratelimit-limit": advertised})
    assert limited.acquire("GET", PATH) == pytest.approx(2, abs=1e-3)


def test_a_new_declaration_replaces_what_was_learnt(tmp_path: Path) -> None:
    clock = Clock()
    limiter(tmp_path, clock).learn("GET", PATH, 200, {"x-amzn-ratelimit-limit": "0.001"})
    corrected = limiter(tmp_path, clock, Rate(operation="getOrders", match="GET /orders/*", per_second=2, burst=1))
    assert [corrected.acquire("GET", PATH) for _ in range(3)] == pytest.approx([0, 0.55, 0.5], abs=1e-3)


def test_a_429_empties_the_bucket_for_every_process(tmp_path: Path) -> None:
    clock = Clock()
    first, second = limiter(tmp_path, clock), limiter(tmp_path, clock)
    first.learn("GET", PATH, 429, {})
    assert second.left("getOrders") == 0
    assert second.acquire("GET", PATH) == pytest.approx(2, abs=1e-3)


def test_every_process_honours_retry_after_and_spreads_out_behind_it(tmp_path: Path) -> None:
    clock = Clock()
    first, second = limiter(tmp_path, clock), limiter(tmp_path, clock)
    first.learn("GET", PATH, 429, {"retry-after": "30"})
    assert second.acquire("GET", PATH) == pytest.approx(30, abs=1e-3)
    assert first.acquire("GET", PATH) == pytest.approx(2, abs=1e-3)


def test_an_absurd_retry_after_does_not_block_for_ever(tmp_path: Path) -> None:
    limited = limiter(tmp_path, Clock())
    limited.learn("GET", PATH, 429, {"Retry-After": "99999999"})
    assert limited.acquire("GET", PATH) <= 3600


def test_a_clock_that_is_set_back_does_not_stall(tmp_path: Path) -> None:
    clock = Clock()
    limited = limiter(tmp_path, clock)
    for _ in range(4):
        limited.acquire("GET", PATH)
    clock.now -= 86_400
    assert limited.acquire("GET", PATH) <= 4 + LATE


@pytest.mark.parametrize("damage", [b"", b"\0\0\0", b"{", b'{"tokens": 1}', b"[]", b'{"tokens": NaN, "since": 1}'])
def test_a_damaged_file_starts_anew(damage: bytes, tmp_path: Path) -> None:
    clock = Clock()
    limited = limiter(tmp_path, clock)
    for _ in range(5):
        limited.acquire("GET", PATH)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    assert limited.acquire("GET", PATH) == 0


def test_the_files_are_private_and_name_no_credential(tmp_path: Path) -> None:
    directory = tmp_path / "limits"
    limiter(directory, Clock(), scope="Atzr|refresh").acquire("GET", PATH)
    (file,) = directory.iterdir()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Atzr" not in file.name + file.read_text()


def test_threads_share_one_bucket(tmp_path: Path) -> None:
    rate = Rate(operation="op", match="GET /", per_second=1, burst=5)
    waits: list[float] = []
    shared = Limiter(tmp_path, "s", (rate,), sleep=lambda _: None, clock=lambda: 1000.0)
    threads = [threading.Thread(target=lambda: waits.append(shared.acquire("GET", "/"))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == pytest.approx([0] * 5 + [n + LATE for n in range(1, 8)])


@given(
    gaps=st.lists(st.floats(0, 30), min_size=2, max_size=60),
    per_second=st.floats(0.01, 50),
    burst=st.integers(1, 25),
)
@hypothesis_settings(max_examples=60)
def test_no_span_of_time_holds_more_than_burst_plus_rate(
    gaps: list[float], per_second: float, burst: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock = Clock()
    rate = Rate(operation="op", match="GET /", per_second=per_second, burst=burst)
    limited = limiter(tmp_path_factory.mktemp("limits"), clock, rate)
    sent: list[float] = []
    for gap in gaps:
        clock.now += gap
        limited.acquire("GET", "/")
        sent.append(clock.now)
    for i, first in enumerate(sent):
        for j in range(i, len(sent)):
            assert j - i + 1 <= burst + per_second * (sent[j] - first) + 1e-3


WORKER = """
import sys, time
from pathlib import Path
from kpiterm.plugins.limits import Limiter
from kpiterm.plugins.model import Rate
directory, count, rate, burst = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
how = dict(sleep=lambda _: None, clock=lambda: 1e9) if sys.argv[5] == "frozen" else dict(sleep=time.sleep)
shared = Limiter(directory, "seller", (Rate(operation="op", match="GET /", per_second=rate, burst=burst),), **how)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(count):
    print(repr(shared.acquire("GET", "/")), flush=True)
"""


def worker(directory: Path, count: int, rate: float, burst: int, frozen: str = "") -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(directory), str(count), str(rate), str(burst), frozen],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def release(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.mark.e2e
def test_processes_that_race_share_out_each_slot_once_and_leave_none_unused(tmp_path: Path) -> None:
    """In all three processes it is the same moment, so the waits are the slots."""
    rate, burst, count = 40.0, 8, 100
    processes = [worker(tmp_path, count, rate, burst, "frozen") for _ in range(3)]
    for process in processes:
        release(process)
    waits = [float(line) for process in processes for line in process.communicate(timeout=60)[0].splitlines()]
    late = (burst - 1) / rate
    slots = [0.0] * burst + [n / rate + late for n in range(1, 3 * count - burst + 1)]
    assert sorted(waits) == pytest.approx(slots, abs=1e-6)


@pytest.mark.e2e
def test_a_killed_process_leaves_nothing_locked(tmp_path: Path) -> None:
    victim = worker(tmp_path, 1000, 20.0, 1)
    release(victim)
    assert victim.stdout
    victim.stdout.readline()
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    survivor = worker(tmp_path, 3, 20.0, 1)
    release(survivor)
    assert len(survivor.communicate(timeout=30)[0].splitlines()) == 3


@pytest.mark.e2e
def test_a_process_killed_while_it_holds_the_lock_releases_it(tmp_path: Path) -> None:
    limited = Limiter(tmp_path, "seller", (ORDERS,), sleep=lambda _: None)
    limited.acquire("GET", PATH)
    (file,) = tmp_path.iterdir()
    code = f"import fcntl,time; f=open({str(file)!r},'r+'); fcntl.flock(f,2); print(1,flush=True); time.sleep(600)"
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert holder.stdout
    holder.stdout.readline()
    done = threading.Event()

    def acquire() -> None:
        limited.acquire("GET", PATH)
        done.set()

    waiter = threading.Thread(target=acquire)
    waiter.start()
    assert not done.wait(0.1)
    holder.kill()
    holder.communicate()
    assert done.wait(10)
    waiter.join()


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    now = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    date = format_datetime(now + timedelta(seconds=90), usegmt=True)
    past = format_datetime(now - timedelta(seconds=90), usegmt=True)
    read = [retry_after({"Retry-After": text}, now=now.timestamp()) for text in ("7", "1.5", date, past, "soon", "nan")]
    assert read == [7, 1.5, 90, 0, None, None]
    assert retry_after({}, now=now.timestamp()) is None


def test_waits_outside_the_lock(tmp_path: Path) -> None:
    """While one caller sleeps for its slot, another one gets its own, later slot at once."""
    asleep, wake = threading.Event(), threading.Event()

    def sleep(_: float) -> None:
        asleep.set()
        wake.wait(10)

    sleeper = Limiter(tmp_path, "s", (ORDERS,), sleep=sleep, clock=lambda: 1000.0)
    for _ in range(3):
        sleeper.acquire("GET", PATH)
    thread = threading.Thread(target=sleeper.acquire, args=("GET", PATH))
    thread.start()
    assert asleep.wait(10)
    started = time.monotonic()
    second = Limiter(tmp_path, "s", (ORDERS,), sleep=lambda _: None, clock=lambda: 1000.0).acquire("GET", PATH)
    assert second == pytest.approx(4 + LATE)
    assert time.monotonic() - started < 5
    wake.set()
    thread.join()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-Next-Replenishment-Time": "12"}, 12.0),
        ({"X-Next-Replenishment-Time": "1000030000"}, 1000030000.0),
        ({"x-next-replenish-time": "1700000030000"}, 30.0),
        ({"X-Next-Replenishment-Time": "2023-11-14T22:13:50Z"}, 30.0),
        ({"Retry-After": "5", "X-Next-Replenishment-Time": "60"}, 5.0),
        ({"X-Next-Replenishment-Time": "soon"}, None),
    ],
)
def test_a_bucket_that_says_when_it_is_refilled_is_believed(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=1_700_000_000.0) == seconds
