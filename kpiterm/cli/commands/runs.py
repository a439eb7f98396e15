"""`kpiterm runs`: what the last syncs and imports did."""

from __future__ import annotations

import argparse

from kpiterm.cli import output
from kpiterm.cli.progress import size
from kpiterm.cli.session import Session
from kpiterm.errors import OK

_COLUMNS = (
    "run_id", "account", "connector", "stream", "status", "started_at", "finished_at", "windows", "rows", "superseded",
    "bytes", "requests", "throttled", "read_from", "watermark", "error_kind", "error", "hint", "note",
)  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="the last N runs (default 20)")
    parser.add_argument("--account", metavar="NAME", help="of this account only")


def run(args: argparse.Namespace, session: Session) -> int:
    with session.reader() as reader:
        rows = reader.rows(
            f"SELECT {', '.join(_COLUMNS)} FROM run WHERE account = coalesce(?, account) "
            "ORDER BY started_at DESC, run_id DESC LIMIT ?",
            [args.account, args.limit],
        )
    runs = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    if session.json:
        for found in runs:
            for name in ("started_at", "finished_at", "read_from", "watermark"):
                found[name] = f"{found[name]:%Y-%m-%dT%H:%M:%SZ}" if found[name] else None
        output.answer({"runs": runs})
        return OK
    shown = [
        (
            f"{r['started_at']:%m-%d %H:%MZ}",
            str(r["account"]),
            str(r["stream"]),
            str(r["status"]),
            f"{r['rows']:,}",
            f"{r['superseded']:,}",
            size(int(str(r["bytes"]))),
            str(r["throttled"]),
            str(r["error"] or r["note"] or ""),
        )
        for r in runs
    ]
    header = ("started", "account", "stream", "status", "rows", "superseded", "read", "429s", "error or note")
    output.table(header, shown, right=(4, 5, 6, 7))
    return OK
