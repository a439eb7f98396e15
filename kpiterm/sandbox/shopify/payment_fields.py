"""Resolvers of the Shopify Payments account, its payouts, balance transactions and disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.shopify import state
from kpiterm.sandbox.shopify.order_fields import transaction_number
from kpiterm.sandbox.shopify.paging import Listing, listing
from kpiterm.sandbox.shopify.payments import (
    Entry,
    Payout,
    disputed,
    entries_of,
    payout_number,
    payout_status,
    payouts_of,
)
from kpiterm.sandbox.shopify.sales import day_bounds
from kpiterm.sandbox.shopify.search import Searchable, compile_search
from kpiterm.sandbox.shopify.values import CURRENCY, gid, moment, money

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpiterm.sandbox.shopify.context import Context
    from kpiterm.sandbox.shopify.execute import Resolvers
    from kpiterm.sandbox.shopify.paging import Key
    from kpiterm.sandbox.shopify.sales import Sale

_NOTHING = (
    "advanceFees",
    "advanceGross",
    "reservedFundsFee",
    "reservedFundsGross",
    "retriedPayoutsFee",
    "retriedPayoutsGross",
)
ENTRY_SEARCH = {
    "id": Searchable("id", lambda item: item[1].number),
    "processed_at": Searchable("time", lambda item: item[1].moment),
    "transaction_type": Searchable("text", lambda item: item[1].kind),
    "payments_transfer_id": Searchable("id", lambda item: payout_number(item[1].payout)),
    "payout_date": Searchable("time", lambda item: day_bounds(item[1].payout)[0]),
}
PAYOUT_SEARCH = {
    "id": Searchable("id", lambda item: item[1].number),
    "issued_at": Searchable("time", lambda item: item[1].issued),
    "status": Searchable("text", lambda item: payout_status(item[1].issued, item[0].at)),
}
DISPUTE_SEARCH = {
    "id": Searchable("id", lambda item: item[1].dispute.number),
    "initiated_at": Searchable("time", lambda item: item[1].dispute.opened),
    "status": Searchable("text", lambda item: state.dispute_status(item[1].dispute, item[0].at)),
}


def account() -> dict[str, Any]:
    """The account's plain fields."""
    return {
        "id": gid("ShopifyPaymentsAccount", 35_000_001),
        "activated": True,
        "country": "US",
        "defaultCurrency": CURRENCY,
        "onboardable": False,
    }


def disputes(context: Context, arguments: dict[str, Any]) -> Listing:
    found = compile_search(arguments["query"], DISPUTE_SEARCH)
    sales = [s for s in disputed(context.front, context.at) if found.matches((context, s))]
    return listing(sales, lambda s: (s.dispute.number,))


def _entries(context: Context, arguments: dict[str, Any]) -> Listing:
    found = compile_search(arguments["query"], ENTRY_SEARCH)
    entries = [e for e in entries_of(context.front, context.at) if found.matches((context, e))]
    return listing(entries, _ENTRY_KEYS.get(arguments["sortKey"], _ENTRY_KEYS["ID"]))


def _payouts(context: Context, arguments: dict[str, Any]) -> Listing:
    found = compile_search(arguments["query"], PAYOUT_SEARCH)
    wanted = arguments["transactionType"]
    payouts = [p for p in payouts_of(context.front, context.at) if found.matches((context, p))]
    payouts = [p for p in payouts if wanted in {None, _direction(p)}]
    return listing(payouts, _PAYOUT_KEYS.get(arguments["sortKey"], _PAYOUT_KEYS["ID"]))


_ENTRY_KEYS: dict[str, Callable[[Entry], Key]] = {
    "ID": lambda e: (e.number,),
    "PROCESSED_AT": lambda e: (e.moment, e.number),
    "AMOUNT": lambda e: (e.amount, e.number),
    "PAYOUT_DATE": lambda e: (str(e.payout), e.number),
}
_PAYOUT_KEYS: dict[str, Callable[[Payout], Key]] = {
    "ID": lambda p: (p.number,),
    "ISSUED_AT": lambda p: (p.issued, p.number),
    "AMOUNT": lambda p: (p.net, p.number),
}


def _balance(context: Context) -> list[dict[str, str]]:
    waiting = [e for e in entries_of(context.front, context.at) if day_bounds(e.payout)[0] > context.at]
    return [money(sum(entry.net for entry in waiting))]


def _direction(payout: Payout) -> str:
    return "DEPOSIT" if payout.net >= 0 else "WITHDRAWAL"


def _associated_payout(context: Context, entry: Entry) -> dict[str, Any]:
    issued = day_bounds(entry.payout)[0]
    if issued > context.at:
        return {"id": None, "status": "PENDING"}
    number = payout_number(entry.payout)
    return {"id": gid("ShopifyPaymentsPayout", number), "status": payout_status(issued, context.at)}


def _summary(payout: Payout) -> dict[str, Any]:
    def total(field: str, *kinds: str) -> dict[str, str]:
        return money(sum(getattr(entry, field) for entry in payout.entries if entry.kind in kinds))

    disputes = ("DISPUTE_WITHDRAWAL", "DISPUTE_REVERSAL")
    return dict.fromkeys(_NOTHING, money(0)) | {
        "adjustmentsFee": total("fee", *disputes),
        "adjustmentsGross": total("amount", *disputes),
        "chargesFee": total("fee", "CHARGE"),
        "chargesGross": total("amount", "CHARGE"),
        "refundsFee": total("fee", "REFUND"),
        "refundsFeeGross": total("amount", "REFUND"),
    }


def _order_of(context: Context, sale: Sale) -> Sale | None:
    return sale if sale.created >= context.oldest else None


PAYMENT_FIELDS: Resolvers = {
    "ShopifyPaymentsAccount": {
        "balance": lambda c, _s, _a: _balance(c),
        "balanceTransactions": lambda c, _s, a: _entries(c, a),
        "disputes": lambda c, _s, a: disputes(c, a),
        "payouts": lambda c, _s, a: _payouts(c, a),
    },
    "ShopifyPaymentsBalanceTransaction": {
        "adjustmentReason": lambda _c, _e, _a: None,
        "amount": lambda _c, e, _a: money(e.amount),
        "associatedOrder": lambda _c, e, _a: {"id": gid("Order", e.sale.number), "name": f"#{e.sale.serial}"},
        "associatedPayout": lambda c, e, _a: _associated_payout(c, e),
        "fee": lambda _c, e, _a: money(e.fee),
        "id": lambda _c, e, _a: gid("ShopifyPaymentsBalanceTransaction", e.number),
        "net": lambda _c, e, _a: money(e.net),
        "sourceId": lambda _c, e, _a: str(e.source_number),
        "sourceOrderTransactionId": lambda _c, e, _a: str(transaction_number(e.sale, e.number % 16 + 1)),
        "sourceType": lambda _c, e, _a: e.source,
        "test": lambda _c, _e, _a: False,
        "transactionDate": lambda _c, e, _a: moment(e.moment),
        "type": lambda _c, e, _a: e.kind,
    },
    "ShopifyPaymentsDispute": {
        "amount": lambda _c, s, _a: money(s.total),
        "evidenceDueBy": lambda _c, s, _a: moment(s.dispute.opened + 9 * DAY),
        "evidenceSentOn": lambda c, s, _a: moment(d) if (d := s.dispute.opened + state.EVIDENCE_SENT) <= c.at else None,
        "finalizedOn": lambda c, s, _a: moment(s.dispute.finalised) if s.dispute.finalised <= c.at else None,
        "id": lambda _c, s, _a: gid("ShopifyPaymentsDispute", s.dispute.number),
        "initiatedAt": lambda _c, s, _a: moment(s.dispute.opened),
        "legacyResourceId": lambda _c, s, _a: str(s.dispute.number),
        "order": lambda c, s, _a: _order_of(c, s),
        "reasonDetails": lambda _c, s, _a: {"networkReasonCode": "4837", "reason": s.dispute.reason},
        "status": lambda c, s, _a: state.dispute_status(s.dispute, c.at),
        "type": lambda _c, s, _a: "INQUIRY" if s.dispute.inquiry else "CHARGEBACK",
    },
    "ShopifyPaymentsPayout": {
        "externalTraceId": lambda _c, _p, _a: None,
        "gross": lambda _c, p, _a: money(sum(e.amount for e in p.entries)),
        "id": lambda _c, p, _a: gid("ShopifyPaymentsPayout", p.number),
        "issuedAt": lambda _c, p, _a: moment(p.issued),
        "legacyResourceId": lambda _c, p, _a: str(p.number),
        "net": lambda _c, p, _a: money(p.net),
        "status": lambda c, p, _a: payout_status(p.issued, c.at),
        "summary": lambda _c, p, _a: _summary(p),
        "transactionType": lambda _c, p, _a: _direction(p),
    },
}
