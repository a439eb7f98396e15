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
from kpiterm.i18n import N_, Translate, listing, recalled, said, sentences, word

if TYPE_CHECKING:
    from kpiterm.cli.session import Session

Document = Mapping[str, Any]
WORDS = (
    N_("base"), N_("modifier"), N_("commission"), N_("clawback"), N_("adjustment"), N_("cap"), N_("escrow"),
    N_("draft"), N_("final"), N_("held"), N_("disputed"), N_("reweight"), N_("neutral"), N_("zero"), N_("measured"),
)  # fmt: skip
"""The codes of a statement, which scripts read as they are."""


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
        show(found, session.teller())
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
            file = session.paths.root / "statements" / f"{agreed.id}-{period}.json"
            output.note(session.teller()(said("closed: {0}", file)))
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


def show(document: Document, _: Translate) -> None:
    """A statement for people: what each KPI came to, then the lines with how they were computed."""
    terms = _(said("terms {0}", document["terms_version"]))
    output.line(f"{document['contract']} · {document['period']} · {terms} · {_(_status(document))}")
    if document["kpis"]:
        header = "KPI", _("weight"), _("value"), _("target"), _("attained"), ""
        output.table(header, [_kpi(k, _) for k in document["kpis"]], right=(1, 2, 3, 4))
    output.line(_(said("score {0}  coverage {1}", document["score"] or "–", document["coverage"])) + "\n")
    lines = [(_(word(line["code"])), line) for line in document["lines"]]
    rows = [(code, line["amount"], _(recalled(line["formula"]))) for code, line in lines]
    rows.append((_("total"), document["total"], _("paid now") if document["dispute"] else ""))
    output.table((_("line"), document["currency"], _("formula")), rows, right=(1,))
    output.line()
    for code, line in lines:
        output.line(output.paint(f"{code}: {_inputs(line, _)}", "dim"))
    for text in _notes(document):
        output.line(_(text))
    output.line(document["hash"])


def _status(document: Document) -> str:
    status = word(document["status"])
    if not document["reason"]:
        return status
    return said("{0}: {1}", status, recalled(document["reason"].removeprefix("held: ")))


def _kpi(kpi: Document, _: Translate) -> tuple[str, ...]:
    target = f"{kpi['target']['op']} {kpi['target']['value']}"
    return kpi["id"], kpi["weight"], _short(kpi["value"]), target, kpi["attainment"] or "–", _(_remark(kpi))


def _short(value: str | None) -> str:
    """The statement itself has every digit."""
    return f"{Decimal(value):.6f}".rstrip("0").rstrip(".") if value else "–"


def _remark(kpi: Document) -> str:
    found: list[str] = []
    if kpi["policy"]:
        found.append(said("{0}: {1}", recalled(kpi["reason"]), word(kpi["policy"])))
    elif kpi["met"] is False:
        found.append(said("missed"))
    if kpi["gate"]:
        found.append(said("gate: no bonus"))
    if relief := kpi["relief"]:
        applied = said("relief {0}", relief["applied"])
        found.append(said("{0} ({1})", applied, recalled(relief["reason"])) if relief["reason"] else applied)
    return sentences(found)


def _inputs(line: Document, _: Translate) -> str:
    """Under the names that the formula has."""
    return ", ".join(f"{key} {_(recalled(value))}" for key, value in sorted(line["inputs"].items()))


def _notes(document: Document) -> Sequence[str]:
    notes = []
    if tax := document["tax"]:
        payable = tax["payable"], document["currency"]
        notes.append(said("{0} {1}: {2}, payable {3} {4}", tax["name"], tax["rate"], tax["amount"], *payable))
    if dispute := document["dispute"]:
        claims = listing(said("{0} {1}", word(party), claim["total"]) for party, claim in dispute["claims"].items())
        notes.append(said("disputed: {0}; escrow {1} until {2}", claims, document["escrow"], dispute["due"]))
    return notes
