"""The fault ledger of a month: its stock-outs, what people did, and what relief follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from kpiterm.analysis.contract.acts import Ordered
    from kpiterm.analysis.contract.faults import OutDay, Share
    from kpiterm.analysis.contract.model import Contract, TermsVersion
    from kpiterm.analysis.contract.relief_claim import Claim
    from kpiterm.analysis.reader import Reader
    from kpiterm.analysis.view import Span
    from kpiterm.cli.session import Session

_LOOK = 120  # days before and after a month, in which its stock-outs begin and end
_READING = "SELECT CAST(max(taken_at) AS DATE) FROM stock_level"
_SOLD = """SELECT coalesce(sum(item_price), 0) FROM order_line
    WHERE business_day BETWEEN $1 AND $2 AND coalesce(status, '') <> 'cancelled' AND currency = $3"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Every stock-out that touches the month, and the proposal of relief."""

    span: Span
    shares: list[Share]
    claim: Claim | None


def faults(session: Session, contract: Contract, period: str) -> Faults:
    """The ledger of a month at the session's moment."""
    from kpiterm.analysis.contract.acts import read_acts
    from kpiterm.analysis.contract.faults import share, stock_outs
    from kpiterm.analysis.contract.relief_claim import claim
    from kpiterm.analysis.contract.segments import whole_month

    span = whole_month(period)
    terms = contract.in_force(span.end) or contract.in_force(span.start) or contract.terms[-1]
    scope = terms.service.scope if terms.service else ()
    with session.reader() as reader:
        days, last = _days(reader, span), reader.rows(_READING)[0][0]
        acts = read_acts(reader, contract.timezone, _orders(session, reader))
        sold = cast("Decimal", reader.rows(_SOLD, [span.start, span.end, contract.currency])[0][0])
    outs = stock_outs(days, cast("date | None", last) or span.end)
    touching = [out for out in outs if any(span.start <= d.day <= span.end for d in out.days)]
    shares = [share(out, acts, provider_suggests="inventory" in scope) for out in touching]
    return Faults(
        span=span, shares=shares, claim=claim(shares, span, period, sold, contract.currency, _patience(terms))
    )  # fmt: skip


def _patience(terms: TermsVersion) -> int:
    """How long after a month its relief may be approved: until its statement is due, and a dispute's time longer."""
    stated = terms.service.statement_days if terms.service else None
    return (stated or 0) + terms.dispute_days


def _orders(session: Session, reader: Reader) -> list[Ordered]:
    """Every line of the purchase orders that still stand. A promised day is the day at the platform."""
    from kpiterm.analysis.contract.acts import Ordered, usual_days
    from kpiterm.analysis.inventory.supply.defaults import receiving
    from kpiterm.analysis.inventory.supply.faults import Faults as FileFaults
    from kpiterm.analysis.inventory.supply.files import read_supply
    from kpiterm.analysis.inventory.supply.orders import read_orders

    file_faults = FileFaults()
    supply = read_supply(session.paths.root / "supply.toml", file_faults)
    file_faults.end()

    return [
        Ordered(
            id=order.id, account=order.account, sku=line.sku, ordered=order.reached["ordered"], promised=order.promised,
            arrived=order.reached.get("checked_in"), received=order.reached.get("received"),
            receiving_days=usual_days(receiving(supply, order.channel), order.reached.get("checked_in", date.max)),
        )
        for order in read_orders(reader)
        if not order.cancelled and "ordered" in order.reached
        for line in order.lines
    ]  # fmt: skip


def _days(reader: Reader, span: Span) -> list[OutDay]:
    from kpiterm.analysis.contract.faults import OutDay
    from kpiterm.analysis.kpi.relations import RELATIONS

    relation = RELATIONS["stock_out"]
    first, last = span.start - timedelta(days=_LOOK), span.end + timedelta(days=_LOOK)
    # A day counts once: of a SKU that sold in two currencies, what it would have sold in one of them.
    rows = reader.rows(
        "SELECT account, channel, sku, day, CAST(max_by(lost_sales, currency) AS DECIMAL(18,4)), max(currency) "
        f"FROM ({relation.between(first, last)}) WHERE day BETWEEN $1 AND $2 GROUP BY ALL ORDER BY ALL",
        [first, last],
    )
    return [
        OutDay(str(account), str(channel), str(sku), cast("date", day), cast("Decimal", lost), str(currency))
        for account, channel, sku, day, lost, currency in rows
    ]
