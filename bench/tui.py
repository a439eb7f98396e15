"""What the screen costs a line and a core, beside other terminal programs: every one in the same pseudo-terminal."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread

from bench import peers
from bench.filled import fill
from bench.ingest import task
from bench.measure import cpu_seconds, on_cpu
from bench.probe import Probe
from bench.server import serving
from bench.table import Line
from bench.workloads import WORKLOADS
from bench.workspace import Workspace, workspace
from kpiterm.cli.board import refresh_state
from kpiterm.cli.session import Session
from kpiterm.tui.stock_text import SORTS

LOW = {"KPITERM_LOW_BANDWIDTH": "1"}
RATE, DELAY = 9600, 0.15  # bytes a second; seconds each way
_BULK = next(work for work in WORKLOADS if work.kind == "bulk")
ABSENT = "not here: make bench-peers, apt install btop"
_SETTLED = 1.5  # seconds without a byte


@dataclass(frozen=True, slots=True)
class Program:
    """A command, None where it is not here, and a text that its first screen has."""

    name: str
    command: Sequence[str] | None
    text: str
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """Seconds to the first paint, of CPU until then; bytes until nothing more comes; bytes and CPU a second idle."""

    paint: float
    cpu: float
    bytes: int
    idle_bytes: float
    idle_cpu: float


def screens(home: Path, orders: int, skus: int, days: int, *, rounds: int) -> Iterator[Line]:
    """A board over so many order lines, an inventory of so many SKUs, a sync of so many days of orders."""
    place = workspace(home / "board")
    fill(place.paths, orders)
    session = Session(paths=place.paths, lang=None, as_of=None, json=False, quiet=True, verbose=False)
    refresh_state(session)
    yield from compared(list(_programs(home, place)), rounds, 10 if rounds > 1 else 3)
    for name, env in (("", {}), (", low bandwidth", LOW)):
        yield _refresh(f"three gauges changed{name}", env)
    yield from _keys(skus, rounds)
    for name, env in (("", {}), (", low bandwidth", LOW)):
        yield from _slow(f"9.6 kB/s, 300 ms{name}", env)
    yield from _busy(home / "busy", days, skus)


def compared(programs: Sequence[Program], rounds: int, idle: float) -> Iterator[Line]:
    """Each program started `rounds` times, taking turns; medians."""
    looks: dict[str, list[Look]] = {program.name: [] for program in programs}
    failed: dict[str, str] = {}
    for _ in range(rounds):
        for program in programs:
            if program.command:
                try:
                    looks[program.name].append(_look(program, program.command, idle))
                except (EOFError, TimeoutError) as error:
                    failed[program.name] = f"it did not start: {error}".partition("\n")[0]
    for program in programs:
        yield _compared(program, looks[program.name], failed.get(program.name, ABSENT))


def _look(program: Program, command: Sequence[str], idle: float) -> Look:
    with Probe(command, env=program.env) as probe:
        probe.until(lambda _: probe.painted is not None)
        cpu = cpu_seconds(probe.pid)
        probe.until_text(program.text)
        probe.quiet(_SETTLED, patience=4)
        sent = probe.bytes
        idle_bytes, idle_cpu = probe.idle(idle)
        assert probe.painted is not None
        return Look(probe.painted, cpu, sent, idle_bytes, idle_cpu)


def _compared(program: Program, looks: Sequence[Look], absent: str) -> Line:
    if not looks:
        return Line(name=program.name, note=absent)

    def middle(read: Callable[[Look], float]) -> float:
        return statistics.median(map(read, looks))

    return Line(
        name=program.name,
        wall_ms=1000 * middle(lambda look: look.paint),
        cpu_ms=1000 * middle(lambda look: look.cpu),
        bytes=round(middle(lambda look: look.bytes)),
        idle_bps=middle(lambda look: look.idle_bytes),
        idle_cpu=middle(lambda look: look.idle_cpu),
        note="first paint",
    )


def _programs(home: Path, place: Workspace) -> Iterator[Program]:
    empty = home / "peers"
    empty.mkdir(parents=True, exist_ok=True)
    alone = {"HOME": str(empty), "XDG_CONFIG_HOME": str(empty), "XDG_DATA_HOME": str(empty), "LANG": "C.UTF-8"}
    yield Program("kpiterm", place.command(), "GMV", place.env)
    yield Program("kpiterm --low-bandwidth", place.command("--low-bandwidth"), "GMV", place.env)
    harlequin = peers.screen("harlequin")
    if harlequin:
        harlequin += ["-P", "None", str(empty / "harlequin.duckdb")]
    yield Program("harlequin", harlequin, "Catalog", alone)
    yield Program("posting", peers.screen("posting"), "Collection", alone)
    yield Program("btop", peers.screen("btop"), "cpu", alone)


def _cockpit(*options: object) -> list[str]:
    return [sys.executable, "-m", "bench.cockpit", *map(str, options)]


def _refresh(name: str, env: Mapping[str, str]) -> Line:
    with Probe(_cockpit(), env=env) as probe:
        probe.until_text("Sales of kind 9")
        probe.quiet(_SETTLED)
        before = probe.bytes
        probe.press("r")
        probe.until_text("21,234")
        probe.quiet(_SETTLED)
        return Line(name=name, bytes=probe.bytes - before)


def _keys(skus: int, rounds: int) -> Iterator[Line]:
    """How soon a key's answer is on the screen of a person beside the machine."""
    taken: dict[str, list[tuple[float, float]]] = {}
    with Probe(_cockpit("--skus", skus)) as probe:

        def press(what: str, key: str, seen: str = "", gone: str = "") -> None:
            cpu = on_cpu(probe.pid)
            probe.press(key)
            took = probe.until_text(seen) if seen else probe.until_gone(gone)
            taken.setdefault(what, []).append((1000 * took, 1000 * (on_cpu(probe.pid) - cpu)))
            probe.quiet(0.5)

        probe.until_text("Sales of kind 9")
        probe.quiet(2 * _SETTLED)
        press("the inventory, still to be read", "3", "forecasting demand")
        probe.until_text("SKU-00001")
        probe.quiet(_SETTLED)
        for _ in range(rounds):
            press("all or those to order", "t", "all SKUs")
            press("the last row", "G", f"SKU-{skus - 1:05}")
            press("sort by the next column", "o", "by order by")
            probe.press("g")
            probe.until_text("SKU-00199")
            probe.press("/")
            probe.quiet(0.5)
            press("a first letter to look for", "#", gone="SKU-00199")
            press("a second letter", "3", gone="SKU-00000")
            probe.press("\x1b")
            probe.quiet(0.5)
            press("back to the board", "1", "Sales of kind 9")
            press("back to the inventory", "3", "SKU-")
            probe.press("t" + "o" * (len(SORTS) - 1) + "g")
            probe.quiet(0.5)
    for what, times in taken.items():
        wall, cpu_ms = map(statistics.median, zip(*times, strict=True))
        yield Line(name=f"key: {what}", wall_ms=wall, cpu_ms=cpu_ms, rows=skus)


def _slow(name: str, env: Mapping[str, str]) -> Iterator[Line]:
    """On a line that takes so many bytes a second, each way as far: opening the board, and another row's choice."""
    with Probe(_cockpit("--skus", 100), env=env, rate=RATE, delay=DELAY) as probe:
        painted = probe.until_text("Sales of kind 9")
        probe.quiet(_SETTLED)
        yield Line(name=f"{name}: the full board", wall_ms=1000 * painted, bytes=probe.bytes)
        probe.press("j")
        yield Line(name=f"{name}: the next row", wall_ms=1000 * (DELAY + probe.until_more()))


def _busy(home: Path, shop_days: int, skus: int) -> Iterator[Line]:
    """How late the event loop is while a sync of the workspace that it shows writes as fast as it can."""
    with serving(shop_days + 2, 1000) as shop:
        place = workspace(home, shop)
        task(_BULK, shop, place, timedelta(hours=12)).sync()
        late = home / "late.json"
        command = _cockpit("--home", place.paths.home, "--skus", skus, "--lag", late)
        bare = subprocess.Popen(_cockpit("--lag", home / "bare.json", "--bare"), stdin=subprocess.PIPE)
        with Probe(command, env=place.env) as probe:
            probe.until_text("GMV")
            probe.press("3")
            probe.until_text("SKU-00001")
            probe.quiet(_SETTLED)
            sync = Thread(target=task(_BULK, shop, place, timedelta(days=shop_days)).sync, kwargs={"empty": False})
            began = time.monotonic()
            sync.start()
            while sync.is_alive():
                probe.press("j")
                probe.quiet(0.1, patience=0.5)
            ended = time.monotonic()
            probe.press("q")
            probe.until_ended()
        bare.communicate()
    for name, file in (("event loop late while a sync writes", late), ("  a bare loop then", home / "bare.json")):
        found = sorted(lag for at, lag in json.loads(file.read_text()) if began <= at <= ended)
        for share in (50, 99):
            yield Line(name=f"{name}, p{share}", wall_ms=found[len(found) * share // 100])
