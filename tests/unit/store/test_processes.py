"""Writers and readers as processes of their own: they do not wait for each other, and may be killed at any moment."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from kpiterm.store import snapshot
from kpiterm.store.engine import Writer
from kpiterm.store.read import Reader

if TYPE_CHECKING:
    from kpiterm.paths import Paths
    from tests.unit.store.conftest import Workspace

DAY = date(2026, 11, 1)
SESSIONS = "SELECT sessions FROM traffic_day"


def stored(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of November 2026 as the store holds it: UTC, without a zone."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


READ = f"""
import sys
from pathlib import Path
from kpiterm.paths import Paths
from kpiterm.store.read import Reader
with Reader(Paths(Path(sys.argv[1]))) as reader:
    print(reader.rows("{SESSIONS}"), flush=True)
    sys.stdin.readline()
    print(reader.rows("{SESSIONS}"), flush=True)
"""

WRITE = """
import sys
from pathlib import Path
from kpiterm.paths import Paths
from kpiterm.store.engine import Writer
with Writer(Paths(Path(sys.argv[1]))) as writer, writer.transaction() as con:
    con.execute("DELETE FROM traffic_day")
    print("deleted", flush=True)
    sys.stdin.readline()
    raise SystemExit
"""

# Forks writers from one warm process. Each commits batches of n rows together with the number n, and publishes some,
# until it is killed. The seconds to let each live come on standard input: after its first commit, or, where they are
# negative, after its birth.
WRITERS = """
import os, random, signal, sys, time
from datetime import date, datetime, timedelta
from pathlib import Path
import duckdb
from kpiterm.paths import Paths
from kpiterm.plugins import Output
from kpiterm.store import journal, migrate, read, snapshot, write
from kpiterm.store.engine import Writer

paths, day = Paths(Path(sys.argv[1])), date(2026, 11, 1)
output = Output(into="traffic_day", replaces=("window:day",),
                select="SELECT DATE '2026-11-01' AS day, 'sku' AS level, i AS sku, hash(i) % 9 AS sessions FROM source")

def work(seed, committed):
    numbers = random.Random(seed)
    with Writer(paths) as writer:
        writer.con.execute("CREATE TEMP TABLE payloads (seq INTEGER, sha256 VARCHAR)")
        while True:
            n, now = numbers.randrange(1, 20_000), datetime.now()
            with writer.transaction() as con:
                con.execute(f"CREATE OR REPLACE TEMP TABLE source AS SELECT range AS i FROM range({n})")
                batch = write.Batch(account="us", channel="c", source="s", run_id=str(n), loaded_at=now, days=[day])
                write.merge(con, output, batch)
                con.execute("DELETE FROM watermark")
                con.execute("INSERT INTO watermark VALUES ('us', 's', make_timestamp(?), ?)", [n, now])
            os.write(committed, b".")
            if numbers.random() < 0.7:
                writer.publish()

for seed, line in enumerate(sys.stdin):
    heard, committed = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(seed, committed)
        finally:
            os._exit(1)
    if float(line) > 0:
        os.read(heard, 1)
    time.sleep(abs(float(line)))
    os.kill(child, signal.SIGKILL)
    os.write(1, f"{os.waitpid(child, 0)[1]}\\n".encode())
"""


@contextmanager
def python(code: str, paths: Paths) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", code, str(paths.home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str], line: object) -> None:
    assert process.stdin
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def test_a_reader_that_stays_open_stops_no_writer_and_keeps_its_view(workspace: Workspace) -> None:
    first = workspace.traffic({DAY: 1}, stored(2))
    workspace.close()
    with python(READ, workspace.paths) as reader:
        assert heard(reader) == "[(1,)]"
        for n in range(2, 6):
            workspace.traffic({DAY: n}, stored(2, n))
        assert not first.exists()
        tell(reader, "look again")
        assert heard(reader) == "[(1,)]"
    assert workspace.read(SESSIONS) == [(5,)]


def test_a_writer_in_mid_transaction_stops_no_reader(workspace: Workspace) -> None:
    workspace.traffic({DAY: 1}, stored(2))
    workspace.close()
    with python(WRITE, workspace.paths) as writer:
        assert heard(writer) == "deleted"
        assert workspace.read(SESSIONS) == [(1,)]
        tell(writer, "give up")
        writer.wait()
    assert workspace.writer.con.execute(SESSIONS).fetchall() == [(1,)]


def test_readers_see_only_whole_snapshots_while_a_writer_publishes(workspace: Workspace) -> None:
    workspace.traffic({DAY: 1}, stored(2))
    stop, faults = threading.Event(), list[Any]()

    def look() -> None:
        while not stop.is_set():
            try:
                found = workspace.read("SELECT count(*), count(DISTINCT sessions) FROM traffic_day")
            except Exception as error:  # noqa: BLE001 (whatever it is, the test tells)
                faults.append(error)
            else:
                if found[0][1] != 1:
                    faults.append(found)

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    days = [date(2026, 11, n) for n in range(1, 8)]
    for n in range(25):
        workspace.traffic(dict.fromkeys(days, n), stored(3, 0, n))
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []


def count_and_marker(paths: Paths) -> tuple[object, ...]:
    """Rows of the snapshot, and the number that was committed with them."""
    with Reader(paths) as reader:
        return reader.rows("SELECT count(*), (SELECT epoch_us(watermark) FROM watermark) FROM traffic_day")[0]


def test_twenty_killed_writers_leave_a_whole_store(workspace: Workspace) -> None:
    """Whatever was committed is published by the next writer, and every snapshot is one that was committed."""
    moments = random.Random(20261101)
    with Writer(workspace.paths) as writer:
        writer.publish()
    published = set()
    with python(WRITERS, workspace.paths) as writers:
        for number in range(20):
            tell(writers, moments.uniform(0.001, 0.15) * (1 if number % 4 else -1))
            assert heard(writers) == "9", "the writer was to be killed, and did not end of itself"
            rows, marker = count_and_marker(workspace.paths)
            assert rows == (marker or 0)
            with Writer(workspace.paths) as writer:
                sql = "SELECT (SELECT count(*) FROM traffic_day), (SELECT max(epoch_us(watermark)) FROM watermark)"
                committed = writer.con.execute(sql).fetchall()[0]
                assert committed[0] == (committed[1] or 0)
                writer.publish()
                assert sorted(p.name for p in workspace.paths.store.glob("*.tmp")) == []
            assert count_and_marker(workspace.paths) == committed
            published.add(snapshot.current(workspace.paths.store))
    assert len(published) >= 15
