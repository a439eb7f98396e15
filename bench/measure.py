"""What a command costs: wall time, CPU time and peak memory of its process tree (read from /proc, so on Linux)."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PAGE = resource.getpagesize()
_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY = 0.02  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall and CPU; bytes of memory: peak of the tree's sum (shared pages count twice), largest process."""

    wall: float
    cpu: float
    tree: int
    largest: int


@dataclass(slots=True)
class _Peak:
    """The highest memory seen so far in a process tree."""

    root: int
    tree: int = 0
    largest: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.over.wait(_EVERY):
            sizes = [_resident(pid) for pid in _family(self.root)]
            self.tree = max(self.tree, sum(sizes))
            self.largest = max(self.largest, *sizes, 0)


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, stdin: str = "") -> tuple[Cost, str]:
    """Run a command to its end; what it cost and its standard output. CalledProcessError when it fails."""
    before, started = _children_cpu(), time.monotonic()
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    peak = _Peak(process.pid)
    watcher = threading.Thread(target=peak.watch, daemon=True)
    watcher.start()
    out, _ = process.communicate(stdin)
    wall = time.monotonic() - started
    peak.over.set()
    watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, out)
    return Cost(wall, _children_cpu() - before, peak.tree, peak.largest), out


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each time, the highest of each memory."""
    return Cost(
        statistics.median(c.wall for c in costs),
        statistics.median(c.cpu for c in costs),
        max(c.tree for c in costs),
        max(c.largest for c in costs),
    )


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Median wall time of `work`."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def cpu_seconds(root: int) -> float:
    """CPU time that a process and its children that live have taken so far, with that of their children that ended."""
    return sum(map(_cpu, _family(root)))


def on_cpu(pid: int) -> float:
    """CPU time of a process's threads so far, to the microsecond; those that have ended are left out."""
    return sum(int(file.read_text().split()[0]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def _family(pid: int) -> Iterator[int]:
    yield pid
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = file.read_text().split()
        except OSError:  # the thread has ended
            continue
        for child in children:
            yield from _family(int(child))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):  # the process has ended
        return 0


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # the process has ended
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS
