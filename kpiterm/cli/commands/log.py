"""`kpiterm log`: the operation log, and whether anyone has tampered with it."""

from __future__ import annotations

import argparse
import json

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import OK
from kpiterm.store import journal


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--verify", action="store_true", help="check the chain of hashes")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="the last N entries (default 50)")


def run(args: argparse.Namespace, session: Session) -> int:
    if args.verify:
        count = journal.verify(session.paths.journal)
        if session.json:
            output.answer({"entries": count, "intact": True})
        else:
            output.line(f"{count} entries, chain intact")
        return OK
    with session.reader() as reader:
        rows = reader.rows(
            "SELECT seq, happened_at, actor, kind, detail FROM event ORDER BY seq DESC LIMIT ?", [args.limit]
        )
    if session.json:
        output.answer(
            {
                "entries": [
                    {
                        "seq": s,
                        "happened_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                        "actor": who,
                        "kind": kind,
                        "detail": json.loads(str(d)),
                    }
                    for s, at, who, kind, d in reversed(rows)
                ]
            }
        )
        return OK
    shown = [(str(s), f"{at:%Y-%m-%d %H:%MZ}", str(who), str(kind), str(d)) for s, at, who, kind, d in reversed(rows)]
    output.table(("#", "when", "who", "what", "detail"), shown, right=(0,))
    return OK
