"""`kpiterm contract faults`: who acted late in each stock-out of a month, and the relief that follows."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kpiterm.cli import board, contracts, output
from kpiterm.errors import OK, UsageError
from kpiterm.i18n import N_, Translate, listing, said, sentences, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpiterm.analysis.contract.faults import Account, Party, Share
    from kpiterm.analysis.contract.ledger import Ledger
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.analysis.contract.relief_claim import Claim
    from kpiterm.cli.session import Session
    from kpiterm.cli.stock_faults import Faults

_CAUSE = N_("stock_out")
_GROWING = frozenset({"growth", "sum", "net"})


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="a contract file (default: the workspace's only contract)")
    parser.add_argument("--period", metavar="P", help="the month, e.g. 2026-10 (default: the last one that is over)")
    parser.add_argument(
        "--approve", choices=("seller", "provider"), metavar="SIDE",
        help="enter one side's approval of the relief: seller or provider; it holds once both have",
    )  # fmt: skip


def run(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.analysis.contract.ledger import read_ledger
    from kpiterm.cli.stock_faults import faults

    contract = contracts.contract(session, args.file)
    period = contracts.period(session, args.period)
    found = faults(session, contract, period)
    if args.approve:
        _approve(session, contract, period, found.claim, args.approve)
    with session.reader() as reader:
        ledger = read_ledger(reader, contract)
    if session.json:
        output.answer(_document(contract, period, found, ledger))
    else:
        _show(contract, period, found, ledger, session.teller())
    return OK


def _approve(session: Session, contract: Contract, period: str, claim: Claim | None, side: str) -> None:
    """The other side's standing proposal is approved as it was entered; else the ledger's own is entered."""
    from kpiterm.analysis.contract.ledger import RELIEF, read_ledger
    from kpiterm.store import journal

    with session.reader() as reader:
        ledger = read_ledger(reader, contract)
    open_ = [
        n.detail for n in ledger.of(RELIEF, period)
        if n.detail.get("mask_hash") and n.detail["side"] != side
        and n.detail["expires"] >= f"{contracts.today(session, contract)}"
    ]  # fmt: skip
    if open_:
        detail: dict[str, object] = {**open_[-1], "side": side}
    elif claim is None:
        raise UsageError(f"{period}: no relief follows from its stock-outs", hint="see kpiterm contract faults")
    else:
        detail = {**_detail(contract, _kpi(session, contract, period), claim), "side": side}
    entry = journal.append(session.paths.journal, RELIEF, detail)
    if not session.quiet:
        text = said("approved by the {0}: no. {1} of the operation log", word(side), entry.seq)
        output.note(session.teller()(text))


def _kpi(session: Session, contract: Contract, period: str) -> str:
    """The KPI that lost sales weigh on: the first growth or total of the terms."""
    from kpiterm.analysis.contract.segments import month_of

    catalogue = board.catalogue(session)
    for kpi in month_of(contract, period).terms.kpis:
        if kpi in catalogue and catalogue[kpi].kind in _GROWING:
            return kpi
    raise UsageError(f"{contract.id}: no KPI is a growth or a total of sales", hint="relief moves no other target")


def _detail(contract: Contract, kpi: str, claim: Claim) -> dict[str, object]:
    return {
        "contract": contract.id, "period": claim.period, "kpi": kpi, "share": f"{claim.share:f}", "cause": _CAUSE,
        "fault": claim.fault, "mask": list(claim.mask), "mask_hash": claim.mask_hash, "expires": f"{claim.expires}",
        "note": "", "attached": [],
    }  # fmt: skip


def _show(contract: Contract, period: str, found: Faults, ledger: Ledger, _: Translate) -> None:
    from kpiterm.analysis.contract.faults import PARTIES

    total = sum(len(_inside(s, found)) for s in found.shares)
    counted = _(said("{0} stock-outs, {1} SKU-days", len(found.shares), total))
    output.line(f"{contract.id} · {period} · {counted}")
    if not found.shares:
        return
    header = (
        "SKU", _("days"), _("suggested"), _("order by"), _("heard"), _("ordered"), _("promised"), _("arrived"),
        _("for sale"), *map(_, PARTIES), "",
    )  # fmt: skip
    output.table(header, [_row(s, found, _) for s in found.shares], right=(1, *range(9, 9 + len(PARTIES))))
    output.line()
    rows = [(_(a.party), f"{a.days}", f"{a.lost:.2f}", _(_late_with(a))) for a in _parties(found, contract)]
    lost = said("lost {0}", contract.currency)
    output.table((_("party"), _("SKU-days"), _(lost), _("late with")), rows, right=(1, 2))
    _show_claim(found, ledger, period, _)


_HOLDS = N_(
    "relief: {0} of the expected sales ({1} of {2}), fault {3}; holds once both sides approve by {4}: "
    "kpiterm contract faults --period {5} --approve seller|provider"
)


def _show_claim(found: Faults, ledger: Ledger, period: str, _: Translate) -> None:
    output.line()
    if claim := found.claim:
        lost, expected = f"{claim.lost:f}", f"{claim.expected:f}"
        output.line(_(said(_HOLDS, claim.share, lost, expected, word(claim.fault), claim.expires, period)))
    else:
        output.line(_("relief: none follows"))
    for relief in ledger.relief(period):
        sides = listing(map(word, cast("list[str]", relief["approvals"])))
        cause, fault = word(str(relief["cause"])), word(str(relief["fault"]))
        text = said("approved by {0}: {1} {2} ({3}, {4})", sides, relief["kpi"], relief["share"], cause, fault)
        output.line(_(text))


def _inside(share: Share, found: Faults) -> list[tuple[object, Party]]:
    return [(d, p) for d, p in share.by_day if found.span.start <= d.day <= found.span.end]


def _row(share: Share, found: Faults, _: Translate) -> tuple[str, ...]:
    from kpiterm.analysis.contract.faults import PARTIES

    cycle, order = share.cycle, share.cycle.order
    inside = [p for _, p in _inside(share, found)]
    dates = (
        cycle.suggested, cycle.order_by, cycle.acknowledged, order and order.ordered, order and order.promised,
        order and order.arrived, order and order.received,
    )  # fmt: skip
    counts = (f"{n}" if (n := inside.count(party)) else "" for party in PARTIES)
    why = sentences(share.reasons)
    told = _(why) if share.out.over else _(said("{0} (still out)", why))
    return share.out.days[0].sku, f"{len(inside)}", *(f"{d or ''}" for d in dates), *counts, told


def _parties(found: Faults, contract: Contract) -> list[Account]:
    from kpiterm.analysis.contract.faults import by_party

    return by_party(found.shares, found.span.start, found.span.end, contract.currency)


def _late_with(account: Account) -> str:
    return listing(said("{0} {1} d", sku, days) for sku, days in account.skus.items())


def _document(contract: Contract, period: str, found: Faults, ledger: Ledger) -> dict[str, object]:
    return {
        "contract": contract.id,
        "period": period,
        "stock_outs": [_stock_out(share, found) for share in found.shares],
        "parties": [
            {"party": a.party, "days": a.days, "lost": f"{a.lost:.2f}", "currency": contract.currency, "skus": a.skus}
            for a in _parties(found, contract)
        ],
        "relief": _claim(found.claim),
        "approved": [dict(relief) for relief in ledger.relief(period)],
    }


def _stock_out(share: Share, found: Faults) -> Mapping[str, object]:
    from kpiterm.analysis.contract.faults import PARTIES

    cycle, order, inside = share.cycle, share.cycle.order, _inside(share, found)
    first = share.out.days[0]
    return {
        "account": first.account, "channel": first.channel, "sku": first.sku, "first": f"{share.out.first}",
        "last": f"{share.out.days[-1].day}", "over": share.out.over, "days": len(inside),
        "suggested": _day(cycle.suggested), "order_by": _day(cycle.order_by), "acknowledged": _day(cycle.acknowledged),
        "order": order.id if order else None, "ordered": _day(order and order.ordered),
        "promised": _day(order and order.promised), "arrived": _day(order and order.arrived),
        "received": _day(order and order.received),
        "late": {p: n for p in PARTIES if (n := min(share.late[p], len(share.out.days)))},
        "attributed": {p: n for p in PARTIES if (n := [q for _, q in inside].count(p))},
        "reasons": list(share.reasons),
    }  # fmt: skip


def _claim(claim: Claim | None) -> dict[str, object] | None:
    if claim is None:
        return None
    return {
        "share": f"{claim.share:f}", "fault": claim.fault, "lost": f"{claim.lost:f}", "expected": f"{claim.expected:f}",
        "mask": list(claim.mask), "mask_hash": claim.mask_hash, "expires": f"{claim.expires}",
    }  # fmt: skip


def _day(day: object) -> str | None:
    return f"{day}" if day else None
