"""`kpiterm contract handover`: the exit list, the export of everything, the deletion and its certificate."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import contracts, output
from kpiterm.errors import OK, KpitermError, UsageError
from kpiterm.i18n import said, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpiterm.analysis.contract.exit import End, Item
    from kpiterm.analysis.contract.ledger import Ledger
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.cli.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="a contract file (default: the workspace's only contract)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="export everything into a new folder")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet", help="of the tables in it")
    parser.add_argument(
        "--notice", choices=("seller", "provider"), metavar="SIDE", help="enter that a side gave notice"
    )
    parser.add_argument("--ends", metavar="DATE", help="the contract's last day by that notice")
    parser.add_argument("--done", metavar="ITEM", help="enter that an item of the list was handed over")
    parser.add_argument("--note", default="", help="in words")
    parser.add_argument("--attach", type=Path, action="append", default=[], metavar="FILE", help="its hash is kept")
    parser.add_argument("--delete", action="store_true", help="delete the workspace's data for good, after an export")
    parser.add_argument("--export", type=Path, metavar="DIR", help="the export that the deletion relies on")
    parser.add_argument("--confirm", metavar="NAME", help="the workspace's name, written out")


def run(args: argparse.Namespace, session: Session) -> int:
    if args.delete:
        return _delete(args, session)
    contract = contracts.contract(session, args.file)
    if args.notice:
        _notice(args, contract, session)
    if args.done:
        _done(args, contract, session)
    if args.out:
        _export(args, contract, session)
    _list(contract, session)
    return OK


def _notice(args: argparse.Namespace, contract: Contract, session: Session) -> None:
    from kpiterm.analysis.contract.exit import NOTICE

    try:
        ends = date.fromisoformat(args.ends or "")
    except ValueError:
        raise UsageError(f"--ends {args.ends!r} is no day", hint="write the contract's last day: 2027-02-28") from None
    service = (contract.in_force(contracts.today(session, contract)) or contract.terms[-1]).service
    days = service.notice_of(args.notice) if service else None
    left = (ends - contracts.today(session, contract)).days
    if days is not None and left < days and not session.quiet:
        text = said("the {0} must give {1} days of notice, these are {2}", word(args.notice), days, left)
        output.note(session.teller()(text))
    _enter(session, NOTICE, {"contract": contract.id, "side": args.notice, "ends": f"{ends}", "note": args.note})


def _done(args: argparse.Namespace, contract: Contract, session: Session) -> None:
    from kpiterm.analysis.contract.exit import HANDED
    from kpiterm.cli.commands.contract_dispute import attached
    from kpiterm.config.toml import did_you_mean

    items = [item for terms in contract.terms if terms.service for item in terms.service.handover]
    if args.done not in items:
        raise UsageError(f"{args.done!r} is no item of {contract.id}'s handover", hint=did_you_mean(args.done, items))
    files = attached(args.attach)
    _enter(
        session, HANDED, {"contract": contract.id, "item": args.done, "note": args.note, "attached": files}
    )  # fmt: skip


def _export(args: argparse.Namespace, contract: Contract, session: Session) -> None:
    from kpiterm.analysis.contract.exit import EXPORT
    from kpiterm.store import dump

    found = dump.export(session.paths, args.out, args.format)
    files = found.manifest["files"]
    detail = {
        "contract": contract.id, "folder": str(args.out.resolve()), "manifest": f"sha256:{found.sha256}",
        "files": len(files), "rows": sum(file["rows"] or 0 for file in files), "state": found.manifest["state"],
    }  # fmt: skip
    _enter(session, EXPORT, detail)
    if not session.quiet:
        text = said("exported {0} files to {1}, manifest sha256:{2}", len(files), args.out, found.sha256)
        output.note(session.teller()(text))


def _delete(args: argparse.Namespace, session: Session) -> int:
    """Only what was exported as it is now is deleted, and only by its name."""
    from kpiterm.analysis.contract.exit import DELETE
    from kpiterm.store import dump, erase

    name = session.paths.workspace
    if args.confirm != name:
        raise UsageError(
            "a deletion needs the workspace's name", hint=f"--delete --confirm {name} --export DIR, after --out DIR"
        )
    file = erase.resume(session.paths)
    if file is None:
        contract = contracts.contract(session, args.file)
        export = dump.read_export(_folder(args.export or args.out, session))
        erase.check(session.paths, export)
        detail = {"contract": contract.id, "credentials": _drop_credentials(session)}
        file = erase.erase(session.paths, export, DELETE, detail, export.folder.parent)
    if session.json:
        output.answer({"workspace": name, "deleted": True, "certificate": str(file)})
    else:
        output.line(session.teller()(said("deleted {0}; certificate: {1}", name, file)))
    return OK


def _folder(given: Path | None, session: Session) -> Path:
    """The export's folder, outside of what is deleted."""
    if given is None:
        raise UsageError(
            "which export was handed over?", hint="--export DIR, as kpiterm contract handover --out DIR made"
        )
    if given.resolve().is_relative_to(session.paths.root.resolve()):
        raise UsageError(f"{given} lies in the workspace that is deleted", hint="move the export out of it")
    return given


def _drop_credentials(session: Session) -> str:
    """Every account's secrets out of the keyring; what became of them, in words for the certificate."""
    secrets, plugins, said = session.secrets(), session.plugins(), []
    for account in session.accounts():
        connector = plugins.connectors.get(account.connector)
        try:
            for secret in connector.secrets if connector else ():
                secrets.drop(account.name, secret.name)
            said.append(f"{account.name}: removed from the keyring" if connector else f"{account.name}: plugin missing")
        except KpitermError as error:
            said.append(f"{account.name}: not removed ({error.message})")
    return "; ".join(said) or "none were kept"


def _enter(session: Session, kind: str, detail: dict[str, object]) -> None:
    from kpiterm.store import journal

    entry = journal.append(session.paths.journal, kind, detail)
    if not session.quiet:
        output.note(session.teller()(said("entered as no. {0} of the operation log", entry.seq)))


def _list(contract: Contract, session: Session) -> None:
    from kpiterm.analysis.contract.exit import end_of, exit_list
    from kpiterm.analysis.contract.ledger import read_ledger

    service = (contract.in_force(contracts.today(session, contract)) or contract.terms[-1]).service
    with session.reader() as reader:
        ledger = read_ledger(reader, contract)
    end, items = end_of(contract, ledger), exit_list(service.handover if service else (), ledger)
    if session.json:
        output.answer(_document(contract, end, items, ledger))
        return
    _ = session.teller()
    ends = said("ends on {0}", end.day) if end.day else said("has no end")
    if end.notice_by:
        ends = said("{0}, by notice of the {1}", ends, word(end.notice_by))
    output.line(f"{contract.id}: {_(ends)}")
    done = output.paint(_("done"), "ok")
    rows = [
        (done if i.done else _("open"), _(word(i.name)), f"{i.day or ''}", i.actor or "", i.note, "; ".join(i.evidence))
        for i in items
    ]
    output.table((_("state"), _("item"), _("day"), _("by"), "", _("evidence")), rows)


def _document(contract: Contract, end: End, items: Sequence[Item], ledger: Ledger) -> dict[str, object]:
    from kpiterm.analysis.contract.exit import EXPORT

    exports = ledger.of(EXPORT)
    return {
        "contract": contract.id,
        "ends": f"{end.day}" if end.day else None,
        "notice_by": end.notice_by,
        "items": [
            {"item": i.name, "done": i.done, "day": f"{i.day}" if i.day else None, "by": i.actor, "note": i.note,
             "evidence": list(i.evidence)}
            for i in items
        ],
        "export": dict(exports[-1].detail) if exports else None,
    }  # fmt: skip
