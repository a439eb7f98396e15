"""`kpiterm contract dispute`: claims on a month's figures and how they end, relief, and suspended service."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpiterm.cli import board, contracts, output
from kpiterm.config.toml import did_you_mean
from kpiterm.errors import OK, UsageError
from kpiterm.i18n import N_, Translate, said, word

if TYPE_CHECKING:
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.analysis.kpi.definition import Definition
    from kpiterm.cli.session import Session

_FAULTS = ("client", "supplier", "carrier", N_("force_majeure"), "provider")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(contract=None)
    steps = parser.add_subparsers(dest="step", metavar="list|open|explain|resolve|relief|suspend|resume")
    _step(steps, "list", "every dispute with its state, and whether the service is suspended")
    opens = _step(steps, "open", "a party claims other figures; the difference goes into escrow", period=True)
    opens.add_argument("--party", required=True, help="who claims: client, provider, …")
    opens.add_argument("--claim", required=True, action="append", metavar="KPI=VALUE", help="also net_sales=VALUE")
    explain = _step(steps, "explain", "attach a written explanation or a plan of remedy", period=True)
    explain.add_argument("--party", required=True, help="who explains")
    resolve = _step(steps, "resolve", "the figures that the parties agreed on end the dispute", period=True)
    resolve.add_argument("--value", required=True, action="append", metavar="KPI=VALUE", help="also net_sales=VALUE")
    relief = _step(steps, "relief", "one side's approval of relief; it holds once both have given it", period=True)
    relief.add_argument("--kpi", required=True, metavar="ID")
    relief.add_argument("--share", required=True, metavar="S", help="sales lost, of those expected, e.g. 0.09")
    relief.add_argument("--cause", required=True, help="e.g. stock_out")
    relief.add_argument("--fault", required=True, choices=_FAULTS)
    relief.add_argument("--side", required=True, help="who approves: seller or provider")
    for name, text in (("suspend", "the service rests from a day on"), ("resume", "it goes on from a day on")):
        _step(steps, name, text).add_argument("--from", dest="day", required=True, metavar="DATE")


def _step(steps: Any, name: str, text: str, *, period: bool = False) -> argparse.ArgumentParser:  # noqa: ANN401
    parser: argparse.ArgumentParser = steps.add_parser(name, help=text)
    parser.add_argument("--contract", type=Path, metavar="FILE", help="default: the workspace's only contract")
    if period:
        parser.add_argument("--period", required=True, metavar="P", help="the month that it is about, e.g. 2026-10")
    if name != "list":
        parser.add_argument("--note", default="", help="in words")
        parser.add_argument("--attach", type=Path, action="append", default=[], metavar="FILE", help="its hash is kept")
    return parser


def run(args: argparse.Namespace, session: Session) -> int:
    agreed = contracts.contract(session, args.contract)
    if args.step in {None, "list"}:
        return _list(agreed, session)
    return _enter(args, agreed, session)


def _enter(args: argparse.Namespace, agreed: Contract, session: Session) -> int:
    from kpiterm.store import journal

    detail = {
        "contract": agreed.id,
        **_detail(args, agreed, session),
        "note": args.note,
        "attached": attached(args.attach),
    }
    kind = f"contract.{'dispute' if args.step == 'open' else args.step}"
    entry = journal.append(session.paths.journal, kind, detail)
    if session.json:
        output.answer({"entry": entry.seq, "kind": kind, **detail})
    elif not session.quiet:
        text = N_("entered as no. {0} of the operation log; kpiterm contract dispute shows where it stands")
        output.note(session.teller()(said(text, entry.seq)))
    return OK


def _detail(args: argparse.Namespace, agreed: Contract, session: Session) -> dict[str, object]:
    if args.step in {"suspend", "resume"}:
        return {"from": f"{_day(args.day)}"}
    if args.step == "relief":
        _relievable(args.kpi, board.catalogue(session))
    period = contracts.period_of(agreed, args.period)
    match args.step:
        case "open":
            return {"period": period, "party": _name(args.party), "claims": _figures(args.claim, agreed)}
        case "explain":
            return {"period": period, "party": _name(args.party)}
        case "resolve":
            return {"period": period, "values": _figures(args.value, agreed)}
        case _:
            return {
                "period": period, "kpi": _kpi(args.kpi, agreed), "share": _share(args.share), "cause": args.cause,
                "fault": args.fault, "side": _name(args.side),
            }  # fmt: skip


def _figures(given: Sequence[str], agreed: Contract) -> dict[str, str]:
    found = {}
    for text in given:
        name, _, value = text.partition("=")
        found[_kpi(name, agreed, also=("net_sales", "refunds_in_window"))] = _number(value, text)
    return found


def _kpi(name: str, agreed: Contract, also: Sequence[str] = ()) -> str:
    known = [*dict.fromkeys(kpi for terms in agreed.terms for kpi in terms.kpis), *also]
    if name not in known:
        raise UsageError(f"{name!r} is no KPI of {agreed.id}", hint=did_you_mean(name, known))
    return name


def _number(value: str, text: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise UsageError(f"{text!r} gives no number", hint="write ID=VALUE, e.g. gmv_mom=0.09")
    return f"{number:f}"


def _relievable(kpi: str, catalogue: Mapping[str, Definition]) -> None:
    """A share of the sales that were lost says what growth or a total could have been, and nothing about a rate."""
    if kpi in catalogue and catalogue[kpi].kind not in {"growth", "sum", "distinct", "net"}:
        raise UsageError(f"{kpi} is neither growth nor a total", hint="claim its figure: kpiterm contract dispute open")


def _share(text: str) -> str:
    share = _number(text, text)
    if not 0 < Decimal(share) < 1:
        raise UsageError(f"--share {text}", hint="write the share of the expected sales that was lost, e.g. 0.09")
    return share


def _name(text: str) -> str:
    if not text.strip() or text == "measured":
        raise UsageError(f"{text!r} names no party", hint="write client, seller or provider")
    return text.strip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--from {text!r} is no day", hint="write 2026-11-01") from None


def attached(files: Sequence[Path]) -> list[dict[str, str]]:
    """Files by name and sha256, as the operation log keeps them."""
    try:
        return [{"name": f.name, "sha256": hashlib.sha256(f.read_bytes()).hexdigest()} for f in files]
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}", hint="name a file that can be read") from None


def _list(agreed: Contract, session: Session) -> int:
    from kpiterm.analysis.contract.disputes import disputes
    from kpiterm.analysis.contract.ledger import read_ledger

    with session.reader() as reader:
        ledger = read_ledger(reader, agreed)
    found, suspended = disputes(ledger, agreed), ledger.is_suspended(session.now().date())
    if session.json:
        output.answer({"contract": agreed.id, "suspended": suspended, "disputes": found})
        return OK
    _ = session.teller()
    state = _("service suspended") if suspended else _("in service")
    output.line(f"{agreed.id}: {state}")
    if found:
        header = _("month"), _("state"), _("opened"), _("due"), _("claims"), _("agreed"), _("log")
        output.table(header, [_row(dispute, _) for dispute in found])
    return OK


def _row(dispute: Mapping[str, Any], _: Translate) -> tuple[str, ...]:
    claims = "; ".join(f"{_(party)}: {_pairs(claim)}" for party, claim in dispute["claims"].items())
    log = ", ".join(f"{entry['seq']} {entry['kind'].removeprefix('contract.')}" for entry in dispute["log"])
    agreed = _pairs(dispute["agreed"])
    state, opened, due = _(word(dispute["state"])), dispute["opened"] or "", dispute["due"] or ""
    return dispute["period"], state, opened, due, claims, agreed, log


def _pairs(figures: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in figures.items())
