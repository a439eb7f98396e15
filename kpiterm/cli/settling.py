"""Contracts on the store: figures gathered as of a moment, statements closed for good, and replayed."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpiterm.cli import board
from kpiterm.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kpiterm.analysis.contract.ledger import Ledger
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.analysis.contract.source import Source
    from kpiterm.cli.session import Session

Document = dict[str, Any]


@contextmanager
def opened(session: Session, contract: Contract) -> Iterator[Source]:
    """The store and the operation log as they were known at the session's moment."""
    from kpiterm.analysis.board import ask
    from kpiterm.analysis.contract.ledger import read_ledger
    from kpiterm.analysis.contract.source import Source
    from kpiterm.analysis.kpi.fx import load_rates

    # A statement's bytes depend on no setting of the screen.
    config = replace(session.config(), language="en")
    with session.reader() as reader:
        ledger = read_ledger(reader, contract)
        question = ask(
            reader, config, session.accounts(), now=session.now(), settles={}, catalogue=board.catalogue(session),
            rates=load_rates(session.paths.rates),
        )  # fmt: skip
        yield Source(contract=contract, question=question, ledger=ledger, statements=statements(session, ledger))


def settled(session: Session, contract: Contract, period: str) -> Document:
    """The statement of a month. A month that was closed is read from its file; with `--as-of`, settled again on what
    was known when it was closed."""
    closing = _closing(session, contract, period)
    if closing and session.as_of and datetime.fromisoformat(str(closing["as_of"])) <= session.as_of:
        return replay(session, contract, closing)
    with opened(session, contract) as source:
        if closing and session.as_of is None:
            return dict(source.statements[period])
        return _draft(session, contract, source, period)


def _closing(session: Session, contract: Contract, period: str) -> Mapping[str, object] | None:
    """The log's entry about the closing of a month, whatever the moment that is asked about: it was written just after
    the moment as of which the statement was settled."""
    from kpiterm.analysis.contract.ledger import CLOSE
    from kpiterm.store import journal

    entries = (e.detail for e in journal.read(session.paths.journal) if e.kind == CLOSE)
    return next((d for d in entries if (d["contract"], d["period"]) == (contract.id, period)), None)


def _draft(session: Session, contract: Contract, source: Source, period: str) -> Document:
    from kpiterm.analysis.contract.gather import gather
    from kpiterm.analysis.contract.statement import Closing, statement

    return statement(contract, period, gather(source, period), Closing(as_of=moment(session.now())))


def replay(session: Session, contract: Contract, closing: Mapping[str, object]) -> Document:
    """A closed statement, settled again from the store as it was known then and on the terms that it carries.

    StoreError where it comes to anything else than what was closed: neither side may take the one for the other.
    """
    from kpiterm.analysis.contract.parse import contract_from_text

    file = _file(session, str(closing["file"]))
    closed = json.loads(file.read_bytes()) if file.exists() else None
    if closed:
        contract = contract_from_text(closed["contract_text"], contract.origin)
    then = replace(session, as_of=datetime.fromisoformat(str(closing["as_of"])))
    found = _final(then, contract, str(closing["period"]))
    if closed and found != closed:
        raise StoreError(
            f"{file}: closed as {closing['hash']}, and comes to {found['hash']} when settled again",
            hint="`kpiterm contract verify` tells whether the file was changed; else fx.toml, a KPI file or the time "
            "zone was since: put back what held when it was closed",
        )
    return found


def close(session: Session, contract: Contract, period: str) -> Document:
    """Write the statement of a month for good, and enter it in the operation log. Nobody else may write to the store
    meanwhile, so that all that was known by this moment is in the snapshot."""
    from kpiterm.analysis.contract.ledger import CLOSE
    from kpiterm.analysis.contract.segments import whole_month
    from kpiterm.analysis.contract.statement import text
    from kpiterm.store import journal
    from kpiterm.store.lock import writer_lock

    if session.as_of:
        raise UsageError("a statement is closed on what is known now", hint="leave out --as-of")
    with writer_lock(session.paths.store):
        now = datetime.now(UTC)
        then = replace(session, as_of=now.replace(microsecond=now.microsecond // 1000 * 1000))
        with opened(then, contract) as source:
            _may_close(source, period, whole_month(period).end)
        document = _final(then, contract, period)
        file = _file(session, f"{contract.id}-{period}.json")
        _write(file, text(document))
        detail = {
            "contract": contract.id, "period": period, "file": file.name, "hash": document["hash"],
            "total": document["total"], "status": document["status"], "as_of": document["as_of"],
        }  # fmt: skip
        journal.append(session.paths.journal, CLOSE, detail)
    return document


def _final(then: Session, contract: Contract, period: str) -> Document:
    from kpiterm.analysis.contract.gather import gather
    from kpiterm.analysis.contract.ledger import CLOSE
    from kpiterm.analysis.contract.statement import Closing, statement

    with opened(then, contract) as source:
        before = source.ledger.of(CLOSE)
        closing = Closing(
            closed=True,
            as_of=moment(then.now()),
            previous=before[-1].detail["hash"] if before else None,
            log=source.ledger.head,
        )
        return statement(contract, period, gather(source, period), closing)


def _may_close(source: Source, period: str, end: date) -> None:
    if found := source.ledger.closing(period):
        raise UsageError(
            f"{source.contract.id} {period} was closed on {found.day} (entry {found.seq}) and stays as it is",
            hint="what is known later is booked in the next month; a claim: kpiterm contract dispute open",
        )
    if not source.is_over(end):
        raise UsageError(f"{period} is not over", hint="close it when the month and its data are complete")


def statements(session: Session, ledger: Ledger) -> dict[str, Document]:
    """The closed statements of a contract by month; StoreError where a file is not the one that was closed."""
    from kpiterm.analysis.contract.document import fingerprint
    from kpiterm.analysis.contract.ledger import CLOSE

    found = {}
    for note in ledger.of(CLOSE):
        file = _file(session, str(note.detail["file"]))
        try:
            document = json.loads(file.read_bytes())
            sound = isinstance(document, dict) and fingerprint(document) == document["hash"] == note.detail["hash"]
        except (OSError, ValueError, LookupError):
            sound = False
        if not sound:
            raise StoreError(
                f"{file}: not the statement that was closed by entry {note.seq} of the operation log",
                hint="restore it from a backup or from the other party; `kpiterm contract verify` names what differs",
            )
        found[str(note.detail["period"])] = document
    return found


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _file(session: Session, name: str) -> Path:
    return session.paths.root / "statements" / Path(name).name


def _write(file: Path, text: str) -> None:
    """Whole or not at all. One that a crash left behind without its entry in the log was never closed."""
    from kpiterm.paths import private_dir

    private_dir(file.parent)
    temporary = file.with_name(f".{file.name}.tmp")
    with temporary.open("w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), 0o600)
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)
