"""`kpiterm contract access`: who can get at the shop, against what the contract grants."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kpiterm.cli import contracts, output
from kpiterm.errors import OK, UsageError
from kpiterm.i18n import Translate, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpiterm.analysis.contract.access import Finding
    from kpiterm.analysis.contract.grants import Grant, Grants
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.cli.session import Session
    from kpiterm.store.journal import Entry


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="a contract file (default: the workspace's only contract)")
    parser.add_argument(
        "--import", dest="users", type=Path, metavar="USERS.csv",
        help="enter a platform's list of users (CSV or XLSX: platform, principal, role, level, seen on)",
    )  # fmt: skip


def run(args: argparse.Namespace, session: Session) -> int:
    contract = contracts.contract(session, args.file)
    if args.users:
        entry = enter(args.users, contract.id, session)
        if not session.quiet:
            count = len(cast("list[object]", entry.detail["users"]))
            text = said("{0} rights entered as no. {1} of the operation log by {2}", count, entry.seq, entry.actor)
            output.note(session.teller()(text))
    grants, found = audited(session, contract)
    if session.json:
        output.answer(_document(contract, grants, found))
    else:
        _show(contract, grants, found, session.teller())
    return OK


def audited(session: Session, contract: Contract) -> tuple[Grants, list[Finding]]:
    """What is known of access at the session's moment, and its faults."""
    from kpiterm.analysis.contract.access import audit
    from kpiterm.analysis.contract.exit import end_of
    from kpiterm.analysis.contract.grants import read_grants
    from kpiterm.analysis.contract.ledger import read_ledger

    with session.reader() as reader:
        grants, last = read_grants(reader), end_of(contract, read_ledger(reader, contract)).day
    return grants, audit(contract, grants, contracts.today(session, contract), last)


def enter(file: Path, contract: str, session: Session) -> Entry:
    """A list of users as an entry of the operation log, with the file's hash and whoever imports it."""
    from kpiterm.analysis.contract.grants import IMPORT
    from kpiterm.analysis.contract.user_list import read_users
    from kpiterm.store import journal
    from kpiterm.sync.sheets import open_sheets

    sheets = open_sheets(file)
    if not sheets:
        raise UsageError(f"{file}: no table", hint="save the page of user permissions as CSV or XLSX")
    users = read_users(file.name, sheets[0].header, sheets[0].rows())
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    detail = {"contract": contract, "file": file.name, "sha256": digest, "users": users}
    return journal.append(session.paths.journal, IMPORT, detail)


def _show(contract: Contract, grants: Grants, found: Sequence[Finding], _: Translate) -> None:
    from kpiterm.analysis.contract.access import TITLES

    output.line(f"{contract.id}: {_(_read(grants))}")
    if not any(terms.service and terms.service.access for terms in contract.terms):
        output.line(_("no schedule was agreed: add access to [terms.service]"))
        return
    if not found:
        fine = _("nothing that the contract does not grant")
        output.line(f"{output.paint('✓', 'ok')} {fine}")
        return
    rows = [(_(TITLES[f.kind]), f.platform, f.account or f.principal, f.role, _(f.text)) for f in found]
    output.table((_("fault"), _("platform"), _("principal"), _("role"), ""), rows)
    output.line()
    for remedy in dict.fromkeys(_(f.remedy) for f in found):
        output.line(f"→ {remedy}")


def _read(grants: Grants) -> str:
    lists = ", ".join(f"{platform} {day}" for platform, day in sorted(grants.lists.items())) or said("none")
    accounts = len({g.account for g in grants.all if g.account})
    return said("{0} rights seen, of {1} accounts; user lists: {2}", len(grants.all), accounts, lists)


def _document(contract: Contract, grants: Grants, found: Sequence[Finding]) -> dict[str, object]:
    return {
        "contract": contract.id,
        "grants": [_grant(g) for g in grants.all],
        "lists": [{"platform": platform, "seen_on": f"{day}"} for platform, day in sorted(grants.lists.items())],
        "faults": [
            {"kind": f.kind, "platform": f.platform, "principal": f.principal, "role": f.role, "level": f.level,
             "account": f.account, "text": f.text, "remedy": f.remedy, "evidence": f.evidence}
            for f in found
        ],
    }  # fmt: skip


def _grant(grant: Grant) -> dict[str, object]:
    expires = grant.expires.strftime("%Y-%m-%dT%H:%M:%SZ") if grant.expires else None
    return {
        "platform": grant.platform, "principal": grant.principal, "role": grant.role, "level": grant.level,
        "account": grant.account, "seen_on": f"{grant.seen_on}", "expires": expires, "origin": grant.origin,
    }  # fmt: skip
