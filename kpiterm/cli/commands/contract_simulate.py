"""`kpiterm contract simulate`: what contracts would have paid on the store's months."""

from __future__ import annotations

import argparse
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import contracts, output
from kpiterm.errors import OK, UsageError
from kpiterm.i18n import Translate, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kpiterm.analysis.contract.lines import Line
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.analysis.contract.simulate import Simulation
    from kpiterm.analysis.view import Span
    from kpiterm.cli.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="contracts or drafts; several are compared")
    parser.add_argument("--inputs", type=Path, metavar="F.toml", help="a fee estimate from a seller's own answers")
    parser.add_argument("--months", type=int, default=6, metavar="N", help="whole months up to the last (default 6)")


def run(args: argparse.Namespace, session: Session) -> int:
    if not 1 <= args.months <= 36:
        raise UsageError(f"--months {args.months}", hint="between 1 and 36")
    agreed = [contracts.contract(session, file) for file in args.files or [None]]
    if args.inputs:
        return _estimates(agreed, args.inputs, session)
    found = [_simulation(session, contract, args.months) for contract in agreed]
    if session.json:
        output.answer({"contracts": [_document(simulation) for simulation in found]})
        return OK
    for simulation in found:
        _show(simulation, session.teller())
    return OK


def _estimates(agreed: Sequence[Contract], file: Path, session: Session) -> int:
    from kpiterm.cli import fee_estimate

    found = [fee_estimate.estimated(contract, file) for contract in agreed]
    if session.json:
        output.answer({"estimates": [fee_estimate.document(one) for one in found]})
        return OK
    for one in found:
        fee_estimate.show(one, session.teller())
    return OK


def _simulation(session: Session, contract: Contract, count: int) -> Simulation:
    from kpiterm.analysis.contract.gather import gather
    from kpiterm.analysis.contract.ledger import Ledger
    from kpiterm.analysis.contract.simulate import as_if_in_force, simulate
    from kpiterm.analysis.contract.values import read_values
    from kpiterm.analysis.period import label
    from kpiterm.cli import settling

    months = _months(session, count)
    # A year before the first month, so that none of them is the contract's first one.
    draft = as_if_in_force(contract, months[0].start.replace(year=months[0].start.year - 1))
    with settling.opened(session, draft) as source:
        bare = replace(source, ledger=Ledger([], None), statements={})
        values = [(label(month), read_values(gather(bare, label(month)), "store")) for month in months]
    return simulate(draft, values)


def _months(session: Session, count: int) -> list[Span]:
    from kpiterm.analysis.period import parse_period, past

    return list(past(parse_period("last", session.now().date()), count))


def _show(found: Simulation, _: Translate) -> None:
    version = _(said("version {0} as if it had been in force", found.contract.terms[-1].version))
    output.line(f"{found.contract.id} · {version}")
    rows = [
        _row(m.month.name, _parts(m.lines), m.score, m.total, _("held") if m.status == "held" else "")
        for m in found.months
    ]
    parts = [_parts(month.lines) for month in found.months]
    sums = {code: sum((p[code] for p in parts), Decimal(0)) for code in _CODES}
    rows.append(_row(_("all"), sums, None, found.total, ""))
    header = (_("month"), _("score"), *map(_, _CODES), _("total"), "")
    output.table(header, rows, right=tuple(range(1, len(header) - 1)))
    for sentence in _sentences(found):
        output.line(f"{found.months[-1].month.name}: {_(sentence)}")
    output.line()


def _sentences(found: Simulation) -> Iterator[str]:
    """What moves the last month's fee."""
    for s in found.sensitivity:
        yield said("{0} {1} worse {2}, better {3}", s.kpi, _plain(s.step), f"{s.worse:f}", f"{s.better:f}")
    for b in found.break_even:
        if b.value is None:
            yield said("no {0} avoids one, the others as measured", b.kpi)
        else:
            yield said("no penalty while {0} {1} {2}, the others as measured", b.kpi, b.op, _plain(b.value))
    if found.sales_needed is not None:
        yield said("commission begins at sales of {0}", f"{found.sales_needed:.2f}")
    for share, total in found.at_shares.items():
        yield said("at {0} of its sales {1}", f"{100 * share:.0f} %", f"{total:f}")


_CODES = ("base", "modifier", "commission", "clawback", "adjustment", "cap")


def _parts(lines: Sequence[Line]) -> dict[str, Decimal]:
    return {code: sum((line.amount for line in lines if line.code == code), Decimal(0)) for code in _CODES}


def _row(name: str, parts: dict[str, Decimal], score: Decimal | None, total: Decimal, held: str) -> tuple[str, ...]:
    shown = f"{score:.4f}" if score is not None else ""
    return name, shown, *(f"{parts[code]:f}" if parts[code] else "" for code in _CODES), f"{total:f}", held


def _plain(value: Decimal) -> str:
    from kpiterm.analysis.contract.amounts import digits

    return digits(round(value, 6))


def _document(found: Simulation) -> dict[str, object]:
    return {
        "contract": found.contract.id,
        "version": found.contract.terms[-1].version,
        "currency": found.contract.currency,
        "total": f"{found.total:f}",
        "months": [
            {
                "period": month.month.name,
                "status": month.status,
                "score": None if month.score is None else f"{month.score:.6f}",
                "lines": {code: f"{amount:f}" for code, amount in _parts(month.lines).items() if amount},
                "total": f"{month.total:f}",
            }
            for month in found.months
        ],
        "sensitivity": [
            {"kpi": s.kpi, "step": _plain(s.step), "worse": f"{s.worse:f}", "better": f"{s.better:f}"}
            for s in found.sensitivity
        ],
        "break_even": [
            {"kpi": b.kpi, "op": b.op, "value": None if b.value is None else _plain(b.value),
             "reason": "no value of it avoids a penalty" if b.value is None else None}
            for b in found.break_even
        ],
        "sales_needed": None if found.sales_needed is None else f"{found.sales_needed:.2f}",
        "at_shares": {f"{share:f}": f"{total:f}" for share, total in found.at_shares.items()},
    }  # fmt: skip
