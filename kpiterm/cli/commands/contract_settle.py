"""`kpiterm contract settle`: the statement of a month, on the store's figures or on given ones."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kpiterm.cli import contracts, output
from kpiterm.errors import OK, UsageError

if TYPE_CHECKING:
    from kpiterm.cli.session import Session

Document = Mapping[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="a contract file (default: the workspace's only contract)")
    parser.add_argument("--period", metavar="P", help="the month, e.g. 2026-10 (default: the last one that is over)")
    parser.add_argument("--values", metavar="F.json", help="settle on these figures and not the store's; - reads stdin")
    parser.add_argument("--close", action="store_true", help="write the statement for good, and enter it in the log")


def run(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.analysis.contract.statement import text

    found = _on_values(args, session) if args.values else _on_store(args, session)
    if session.json:
        output.line(text(found).rstrip("\n"))
    else:
        show(found)
    return OK


def _on_values(args: argparse.Namespace, session: Session) -> Document:
    from kpiterm.analysis.contract.statement import statement

    if args.close:
        raise UsageError("--close settles on the store's figures", hint="leave out --values")
    values = _values(args.values)
    agreed = contracts.contract(session, args.file)
    return statement(agreed, contracts.period(session, args.period or cast("str | None", values.get("period"))), values)


def _on_store(args: argparse.Namespace, session: Session) -> Document:
    from kpiterm.cli import settling

    agreed, period = contracts.contract(session, args.file), contracts.period(session, args.period)
    if args.close:
        found = settling.close(session, agreed, period)
        if not session.quiet:
            output.note(f"closed: {session.paths.root / 'statements' / f'{agreed.id}-{period}.json'}")
        return found
    return settling.settled(session, agreed, period)


def _values(name: str) -> Mapping[str, object]:
    from kpiterm.analysis.contract.document import read_json

    if name == "-":
        return read_json(sys.stdin.read(), "stdin")
    try:
        return read_json(Path(name).read_text("utf-8"), name)
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}", hint="name a JSON file, or - for stdin") from None
    except UnicodeDecodeError:
        raise UsageError(f"{name}: not UTF-8", hint="save the file as UTF-8") from None


def show(document: Document) -> None:
    """A statement for people: what each KPI came to, then the lines with how they were computed."""
    output.line(
        f"{document['contract']} · {document['period']} · terms {document['terms_version']} · {_status(document)}"
    )
    if document["kpis"]:
        output.table(
            ("KPI", "weight", "value", "target", "attained", ""),
            [_kpi(k) for k in document["kpis"]],
            right=(1, 2, 3, 4),
        )
    score = document["score"] or "–"
    output.line(f"score {score}  coverage {document['coverage']}\n")
    rows = [(line["code"], line["amount"], line["formula"]) for line in document["lines"]]
    rows.append(("total", document["total"], _total(document)))
    output.table(("line", document["currency"], "formula"), rows, right=(1,))
    output.line()
    for line in document["lines"]:
        output.line(output.paint(f"{line['code']}: {_inputs(line)}", "dim"))
    for text in _notes(document):
        output.line(text)
    output.line(document["hash"])


def _status(document: Document) -> str:
    reason = f": {document['reason'].removeprefix('held: ')}" if document["reason"] else ""
    return f"{document['status']}{reason}"


def _kpi(kpi: Document) -> tuple[str, ...]:
    target = f"{kpi['target']['op']} {kpi['target']['value']}"
    return kpi["id"], kpi["weight"], _short(kpi["value"]), target, kpi["attainment"] or "–", _remark(kpi)


def _short(value: str | None) -> str:
    """The statement itself has every digit."""
    return f"{Decimal(value):.6f}".rstrip("0").rstrip(".") if value else "–"


def _remark(kpi: Document) -> str:
    said = []
    if kpi["policy"]:
        said.append(f"{kpi['reason']}: {kpi['policy']}")
    elif kpi["met"] is False:
        said.append("missed")
    if kpi["gate"]:
        said.append("gate: no bonus")
    if kpi["relief"]:
        said.append(f"relief {kpi['relief']['applied']}{f' ({why})' if (why := kpi['relief']['reason']) else ''}")
    return "; ".join(said)


def _inputs(line: Document) -> str:
    return ", ".join(f"{key} {value}" for key, value in sorted(line["inputs"].items()))


def _total(document: Document) -> str:
    return "paid now" if document["dispute"] else ""


def _notes(document: Document) -> Sequence[str]:
    notes = []
    if tax := document["tax"]:
        notes.append(f"{tax['name']} {tax['rate']}: {tax['amount']}, payable {tax['payable']} {document['currency']}")
    if dispute := document["dispute"]:
        claims = ", ".join(f"{party} {claim['total']}" for party, claim in dispute["claims"].items())
        notes.append(f"disputed: {claims}; escrow {document['escrow']} until {dispute['due']}")
    return notes
