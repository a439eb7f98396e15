"""Resolvers of refunds and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.shopify import state
from kpiterm.sandbox.shopify.after_sales import Refund, RefundedLine, Return
from kpiterm.sandbox.shopify.order_fields import LineOf, limited, location, presentment, transaction
from kpiterm.sandbox.shopify.paging import Listing, listing
from kpiterm.sandbox.shopify.sales import Sale, SaleLine
from kpiterm.sandbox.shopify.values import bag, gid, moment

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.context import Context
    from kpiterm.sandbox.shopify.execute import Resolvers


class RefundOf(NamedTuple):
    sale: Sale
    refund: Refund


class BackOf(NamedTuple):
    """A refunded line with its order and refund."""

    sale: Sale
    refund: Refund
    back: RefundedLine


class ReturnOf(NamedTuple):
    sale: Sale
    item: Return


class ReturnedOf(NamedTuple):
    """A returned line with its order and return."""

    sale: Sale
    item: Return
    line: SaleLine
    quantity: int
    reason: str


def refunds_of(context: Context, sale: Sale) -> list[RefundOf]:
    return [RefundOf(sale, refund) for refund in state.refunds(sale, context.at)]


def returns_of(context: Context, sale: Sale) -> Listing:
    return listing(
        [ReturnOf(sale, item) for item in state.returns(sale, context.at)], lambda found: (found.item.number,)
    )


def _refund_lines(found: RefundOf) -> Listing:
    backs = [BackOf(found.sale, found.refund, back) for back in found.refund.lines]
    return listing(backs, lambda item: (item.back.line.number,))


def _return_of_refund(context: Context, found: RefundOf) -> ReturnOf | None:
    same = (item for item in state.returns(found.sale, context.at) if item.refund == found.refund.number)
    return next((ReturnOf(found.sale, item) for item in same), None)


def _refunds_of_return(context: Context, found: ReturnOf) -> Listing:
    same = [r for r in state.refunds(found.sale, context.at) if r.number == found.item.refund]
    return listing([RefundOf(found.sale, refund) for refund in same], lambda item: (item.refund.number,))


def _payments_back(found: RefundOf) -> Listing:
    index = 2 + found.sale.refunds.index(found.refund)
    amount = found.refund.amount
    paid_back = [transaction(found.sale, index, "REFUND", found.refund.created, amount)] if amount else []
    return listing(paid_back, lambda item: (item["id"],))


def _returned_lines(found: ReturnOf) -> Listing:
    lines = [ReturnedOf(found.sale, found.item, *line) for line in found.item.lines]
    return listing(lines, lambda item: (item.line.number,))


def _processed(context: Context, found: ReturnedOf) -> int:
    done = found.item.outcome == "CLOSED" and found.item.settled <= context.at
    return found.quantity if done else 0


def _reason(found: ReturnedOf) -> dict[str, Any]:
    handle = found.reason.lower().replace("_", "-")
    name = found.reason.replace("_", " ").capitalize()
    return {"id": gid("ReturnReasonDefinition", handle), "deleted": False, "handle": handle, "name": name}


def _closed_at(context: Context, item: Return) -> str | None:
    return moment(item.settled) if item.settled <= context.at else None


AFTER_FIELDS: Resolvers = {
    "Order": {
        "refunds": lambda c, s, a: limited(refunds_of(c, s), a),
        "returns": lambda c, s, _a: returns_of(c, s),
        "returnStatus": lambda c, s, _a: state.order_return_status(s, c.at),
    },
    "Refund": {
        "createdAt": lambda _c, o, _a: moment(o.refund.created),
        "id": lambda _c, o, _a: gid("Refund", o.refund.number),
        "legacyResourceId": lambda _c, o, _a: str(o.refund.number),
        "note": lambda _c, o, _a: o.refund.note or None,
        "order": lambda _c, o, _a: o.sale,
        "processedAt": lambda _c, o, _a: moment(o.refund.created),
        "refundLineItems": lambda _c, o, _a: _refund_lines(o),
        "return": lambda c, o, _a: _return_of_refund(c, o),
        "totalRefundedSet": lambda _c, o, _a: bag(o.refund.amount, presentment(o.sale)),
        "transactions": lambda _c, o, _a: _payments_back(o),
        "updatedAt": lambda _c, o, _a: moment(o.refund.created),
    },
    "RefundLineItem": {
        "id": lambda _c, o, _a: gid("RefundLineItem", o.refund.number * 64 + o.back.line.number % 64),
        "lineItem": lambda _c, o, _a: LineOf(o.sale, o.back.line),
        "location": lambda _c, o, _a: location(0) if o.back.restock == "RETURN" else None,
        "priceSet": lambda _c, o, _a: bag(o.back.line.unit_price, presentment(o.sale)),
        "quantity": lambda _c, o, _a: o.back.quantity,
        "restockType": lambda _c, o, _a: o.back.restock,
        "restocked": lambda _c, o, _a: o.back.restock != "NO_RESTOCK",
        "subtotalSet": lambda _c, o, _a: bag(o.back.subtotal, presentment(o.sale)),
        "totalTaxSet": lambda _c, o, _a: bag(o.back.tax, presentment(o.sale)),
    },
    "Return": {
        "closedAt": lambda c, o, _a: _closed_at(c, o.item),
        "createdAt": lambda _c, o, _a: moment(o.item.created),
        "id": lambda _c, o, _a: gid("Return", o.item.number),
        "name": lambda _c, o, _a: f"#{o.sale.serial}-R{o.sale.returns.index(o.item) + 1}",
        "order": lambda _c, o, _a: o.sale,
        "refunds": lambda c, o, _a: _refunds_of_return(c, o),
        "requestApprovedAt": lambda c, o, _a: moment(o.item.approved) if o.item.approved <= c.at else None,
        "returnLineItems": lambda _c, o, _a: _returned_lines(o),
        "status": lambda c, o, _a: state.return_status(o.item, c.at),
        "totalQuantity": lambda _c, o, _a: sum(quantity for _, quantity, _ in o.item.lines),
    },
    "ReturnLineItem": {
        "customerNote": lambda _c, _o, _a: None,
        "fulfillmentLineItem": lambda _c, o, _a: LineOf(o.sale, o.line),
        "id": lambda _c, o, _a: gid("ReturnLineItem", o.item.number * 64 + o.line.number % 64),
        "processableQuantity": lambda c, o, _a: o.quantity - _processed(c, o),
        "processedQuantity": lambda c, o, _a: _processed(c, o),
        "quantity": lambda _c, o, _a: o.quantity,
        "refundableQuantity": lambda c, o, _a: o.quantity - _processed(c, o),
        "refundedQuantity": lambda c, o, _a: _processed(c, o),
        "returnReason": lambda _c, o, _a: o.reason,
        "returnReasonDefinition": lambda _c, o, _a: _reason(o),
        "returnReasonNote": lambda _c, _o, _a: "",
    },
}
