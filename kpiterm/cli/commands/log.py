"""`kpiterm log`: the operation log, and whether anyone has tampered with it."""

from __future__ import annotations

import argparse
import json

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import OK, StoreError
from kpiterm.store import journal


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--verify", action="store_true", help="check the chain of hashes")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="the last N entries (default 50)")


def _verify(session: Session) -> int:
    """The chain in itself, and against the entries that the store took in: cutting off its end shows there."""
    count = journal.verify(session.paths.journal)
    known = {(entry.seq, entry.hash) for entry in journal.read(session.paths.journal)}
    with session.reader() as reader:
        for seq, digest in reader.rows("SELECT seq, hash FROM event ORDER BY seq"):
            if (seq, digest) not in known:
                raise StoreError(
                    f"{session.paths.journal}: entry {seq}, which the store took in, is missing from it or is another",
                    hint="it was cut or replaced: restore it from a backup; `kpiterm log` shows what the store has",
                )
    return count


def run(args: argparse.Namespace, session: Session) -> int:
    if args.verify:
        count = _verify(session)
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
