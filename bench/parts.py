"""Where a sync's time goes that a bare client's does not: each part by itself, in one process, over bytes at hand."""

from __future__ import annotations

import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.bare import FLAT_ENCODING, Task, bodies
from bench.limit import PLAIN
from bench.table import Line
from kpiterm.paths import Paths, private_dir
from kpiterm.plugins import Marketplace, Payload
from kpiterm.plugins.model import Format
from kpiterm.store.engine import Writer
from kpiterm.store.write import Batch
from kpiterm.sync.normalise import load
from kpiterm.sync.spool import Manifest, Spool

_FORMATS: dict[str, tuple[Format, tuple[str, ...]]] = {
    "graphql": ("json", ("data", "orders", "nodes")), "pages": ("json", ("orders",)), "bulk": ("ndjson", ()),
    "reports": ("tsv", ()),
}  # fmt: skip
_PARTS = (
    ("read with the declared columns *", re.compile(r"CREATE .* source AS")),
    ("the connector's SELECT *", re.compile(r"CREATE .* stage AS|DESCRIBE")),
    ("lineage", re.compile(r"INSERT INTO payload|CREATE .* (payloads|counted)")),
    ("insert *", re.compile(r"INSERT INTO order_line")),
    ("commit *", re.compile("COMMIT")),
    ("compare with the store", re.compile("")),
)


class Spent:
    """CPU seconds by part; stands in for a DuckDB connection to see what each statement takes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.con: Any = None

    @contextmanager
    def on(self, part: str) -> Iterator[None]:
        before = time.process_time()
        yield
        self.seconds[part] += time.process_time() - before

    def execute(self, sql: str, *parameters: object) -> Any:  # noqa: ANN401 - DuckDB's result
        part = next(name for name, pattern in _PARTS if pattern.match(sql))
        with self.on(part):
            return self.con.execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the rest of the connection
        return getattr(self.con, name)


def parts(home: Path, task: Task, title: str) -> Iterator[Line]:
    """CPU time of each part of storing the workload as one window. The limit has those with a star too."""
    spent, folder = Spent(), home / "parts"
    shutil.rmtree(folder, ignore_errors=True)
    paths = Paths(folder, "bench")
    private_dir(paths.spool)
    found = [_as_given(body, task["kind"], paths.spool / f"body-{n}") for n, body in enumerate(bodies(task))]
    with spent.on("split, hash and spool"):
        manifest = _spooled(paths.spool, task["kind"], found)
    rows = _stored(paths, task["kind"], manifest, spent)
    yield Line(name=f"{title}, parts", cpu_ms=1000 * sum(spent.seconds.values()), rows=rows)
    for name, seconds in spent.seconds.items():
        yield Line(name=f"  {name}", cpu_ms=1000 * seconds)


def _as_given(body: bytes, kind: str, path: Path) -> bytes | Path:
    """A page as it is; a document on disk, as a connector downloads it."""
    if kind in ("graphql", "pages"):
        return body
    path.write_bytes(body)
    return path


def _spooled(folder: Path, kind: str, found: list[bytes | Path]) -> Manifest:
    (form, records), spool = _FORMATS[kind], Spool(folder, kind)
    encoding = FLAT_ENCODING if form == "tsv" else "utf-8"
    for number, body in enumerate(found, 1):
        spool.add(Payload(body=body, format=form, request=f"body {number}", records=records, encoding=encoding))
    return spool.close()


def _stored(paths: Paths, kind: str, manifest: Manifest, spent: Spent) -> int:
    plain = PLAIN[kind]
    place = Marketplace(channel=plain.channel, timezone=plain.timezone, currency="USD")
    moment = datetime.fromisoformat("2026-01-01")
    batch = Batch(account="a", channel=plain.channel, source="bench.orders", run_id="r", loaded_at=moment)
    with Writer(paths) as writer:
        spent.con = writer.con
        writer.con = spent  # type: ignore[assignment]
        with writer.transaction() as con:
            loaded = load(con, manifest, plain.shape, batch, place)
        writer.con = spent.con
        with spent.on("publish a snapshot"):
            writer.publish()
    return loaded.rows
