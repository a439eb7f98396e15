"""Resolvers of orders and their lines, payments and shipments; the personal data in them are all canaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.orders import DAY, PLACES
from kpiterm.sandbox.shopify import state
from kpiterm.sandbox.shopify.catalog import ProductRecord, variant_of
from kpiterm.sandbox.shopify.paging import Listing, listing
from kpiterm.sandbox.shopify.sales import CANADA, IMPORT_SOURCE, Sale, SaleLine
from kpiterm.sandbox.shopify.stock import LOCATIONS
from kpiterm.sandbox.shopify.values import CANARIES, CURRENCY, bag, gid, moment

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.context import Context
    from kpiterm.sandbox.shopify.execute import Resolvers

_NAME, _EMAIL, _PHONE, _STREET, _NOTE, _ADDRESS = CANARIES
_TRANSIT = 3 * DAY
_PUBLICATIONS = {"web": (91001, "Online Store"), "pos": (91002, "Point of Sale"), "iphone": (91003, "Shop")}


class LineOf(NamedTuple):
    """A line with the order that it is on."""

    sale: Sale
    line: SaleLine


class Shipment(NamedTuple):
    """An order on its way: every order is sent whole, in one parcel."""

    sale: Sale


def presentment(sale: Sale) -> str:
    """The currency that the buyer paid in."""
    return "CAD" if sale.place == CANADA else CURRENCY


def order_lines(sale: Sale) -> Listing:
    return listing([LineOf(sale, line) for line in sale.lines], lambda item: (item.line.number,))


def limited(items: list[Any], arguments: dict[str, Any]) -> list[Any]:
    """The start of a list that is no connection: there is no way to ask for the rest."""
    return items if arguments.get("first") is None else items[: arguments["first"]]


def address(sale: Sale) -> dict[str, Any] | None:
    """A postal address; counter sales have none."""
    if sale.source == "pos":
        return None
    first, _, last = _NAME.partition(" ")
    city, region, code = ("Toronto", "ON", "M5V 2T6") if sale.place == CANADA else PLACES[sale.place][:3]
    return {
        "id": gid("MailingAddress", sale.serial),
        "address1": _STREET,
        "address2": None,
        "city": city,
        "company": None,
        "countryCodeV2": "CA" if sale.place == CANADA else "US",
        "firstName": first,
        "lastName": last,
        "name": _NAME,
        "phone": _PHONE,
        "provinceCode": region,
        "zip": code,
    }


def customer(sale: Sale) -> dict[str, Any] | None:
    if sale.source == "pos":
        return None
    first, _, last = _NAME.partition(" ")
    return {
        "id": gid("Customer", 7_000_000 + sale.serial),
        "legacyResourceId": str(7_000_000 + sale.serial),
        "createdAt": moment(sale.created),
        "defaultAddress": address(sale),
        "defaultEmailAddress": {"emailAddress": _EMAIL},
        "defaultPhoneNumber": {"phoneNumber": _PHONE},
        "displayName": _NAME,
        "email": _EMAIL,
        "firstName": first,
        "lastName": last,
        "phone": _PHONE,
    }


def disputes(context: Context, sale: Sale) -> list[dict[str, Any]]:
    found = state.dispute_of(sale, context.at)
    if found is None:
        return []
    kind, status = "INQUIRY" if found.inquiry else "CHARGEBACK", state.dispute_status(found, context.at)
    return [{"id": gid("OrderDisputeSummary", found.number), "initiatedAs": kind, "status": status}]


def transactions(context: Context, sale: Sale) -> list[dict[str, Any]]:
    """Payments and refunds that went through."""
    found = []
    if sale.authorised:
        found.append(transaction(sale, 0, "AUTHORIZATION", sale.created, sale.total))
    if state.paid(sale, context.at):
        found.append(transaction(sale, 1, "CAPTURE" if sale.authorised else "SALE", sale.paid, sale.total))
    for i, refund in enumerate(state.refunds(sale, context.at)):
        if refund.amount:
            found.append(transaction(sale, 2 + i, "REFUND", refund.created, refund.amount))
    return found


def transaction(sale: Sale, index: int, kind: str, when: int, cents: int) -> dict[str, Any]:
    return {
        "id": gid("OrderTransaction", transaction_number(sale, index)),
        "amountSet": bag(cents, presentment(sale)),
        "createdAt": moment(when),
        "processedAt": moment(when),
        "gateway": sale.gateway,
        "kind": kind,
        "status": "SUCCESS",
        "test": sale.test,
    }


def transaction_number(sale: Sale, index: int) -> int:
    return 6_700_000_000_000 + sale.serial * 16 + index


def _publication(sale: Sale) -> dict[str, Any] | None:
    number, name = _PUBLICATIONS.get(sale.source, (0, ""))
    return {"id": gid("Publication", number), "name": name} if number else None


def _fulfilment_status(sale: Sale, at: float) -> str:
    return "FULFILLED" if 0 < sale.fulfilled <= at else "UNFULFILLED"


def _shipments(context: Context, sale: Sale) -> list[Shipment]:
    return [Shipment(sale)] if 0 < sale.fulfilled <= context.at else []


def _discount(sale: Sale) -> int:
    return sum(line.automatic_discount + line.code_discount for line in sale.lines)


ORDER_FIELDS: Resolvers = {
    "Order": {
        "billingAddress": lambda _c, s, _a: address(s),
        "cancelReason": lambda c, s, _a: s.cancel_reason if 0 < s.cancelled <= c.at else None,
        "cancelledAt": lambda c, s, _a: moment(s.cancelled) if s.cancelled <= c.at else None,
        "clientIp": lambda _c, _s, _a: _ADDRESS,
        "closed": lambda c, s, _a: 0 < s.closed <= c.at,
        "closedAt": lambda c, s, _a: moment(s.closed) if s.closed <= c.at else None,
        "confirmed": lambda _c, _s, _a: True,
        "createdAt": lambda _c, s, _a: moment(s.created),
        "currencyCode": lambda _c, _s, _a: CURRENCY,
        "currentSubtotalLineItemsQuantity": lambda c, s, _a: sum(
            state.current_quantity(s, line, c.at) for line in s.lines
        ),
        "currentSubtotalPriceSet": lambda c, s, _a: bag(state.current_subtotal(s, c.at), presentment(s)),
        "currentTotalPriceSet": lambda c, s, _a: bag(state.current_total(s, c.at), presentment(s)),
        "customer": lambda _c, s, _a: customer(s),
        "discountCode": lambda _c, s, _a: s.code or None,
        "discountCodes": lambda _c, s, _a: [s.code] if s.code else [],
        "displayFinancialStatus": lambda c, s, _a: state.financial_status(s, c.at),
        "displayFulfillmentStatus": lambda c, s, _a: _fulfilment_status(s, c.at),
        "disputes": lambda c, s, _a: disputes(c, s),
        "edited": lambda _c, _s, _a: False,
        "email": lambda _c, s, _a: None if s.source == "pos" else _EMAIL,
        "fulfillments": lambda c, s, a: limited(_shipments(c, s), a),
        "fullyPaid": lambda c, s, _a: state.paid(s, c.at),
        "id": lambda _c, s, _a: gid("Order", s.number),
        "legacyResourceId": lambda _c, s, _a: str(s.number),
        "lineItems": lambda _c, s, _a: order_lines(s),
        "name": lambda _c, s, _a: f"#{s.serial}",
        "netPaymentSet": lambda c, s, _a: bag(
            s.total - state.refunded(s, c.at) if state.paid(s, c.at) else 0, presentment(s)
        ),
        "note": lambda _c, s, _a: _NOTE if s.source == "web" else None,
        "number": lambda _c, s, _a: s.serial,
        "originalTotalPriceSet": lambda _c, s, _a: bag(s.total, presentment(s)),
        "paymentGatewayNames": lambda _c, s, _a: [s.gateway],
        "phone": lambda _c, s, _a: None if s.source == "pos" else _PHONE,
        "presentmentCurrencyCode": lambda _c, s, _a: presentment(s),
        "processedAt": lambda _c, s, _a: moment(s.processed),
        "publication": lambda _c, s, _a: _publication(s),
        "shippingAddress": lambda _c, s, _a: address(s),
        "sourceIdentifier": lambda _c, s, _a: f"EXT-{s.serial}" if s.source == IMPORT_SOURCE else None,
        "sourceName": lambda _c, s, _a: s.source,
        "subtotalLineItemsQuantity": lambda _c, s, _a: sum(line.quantity for line in s.lines),
        "subtotalPriceSet": lambda _c, s, _a: bag(s.subtotal, presentment(s)),
        "tags": lambda _c, s, _a: ["wholesale"] if s.source == "shopify_draft_order" else [],
        "taxesIncluded": lambda _c, _s, _a: False,
        "test": lambda _c, s, _a: s.test,
        "totalDiscountsSet": lambda _c, s, _a: bag(_discount(s), presentment(s)),
        "totalOutstandingSet": lambda c, s, _a: bag(
            0 if state.paid(s, c.at) else state.current_total(s, c.at), presentment(s)
        ),
        "totalPriceSet": lambda _c, s, _a: bag(s.total, presentment(s)),
        "totalReceivedSet": lambda c, s, _a: bag(s.total if state.paid(s, c.at) else 0, presentment(s)),
        "totalRefundedSet": lambda c, s, _a: bag(state.refunded(s, c.at), presentment(s)),
        "totalRefundedShippingSet": lambda c, s, _a: bag(
            sum(r.shipping for r in state.refunds(s, c.at) if r.amount), presentment(s)
        ),
        "totalShippingPriceSet": lambda _c, s, _a: bag(s.shipping, presentment(s)),
        "totalTaxSet": lambda _c, s, _a: bag(s.tax, presentment(s)),
        "totalTipReceivedSet": lambda _c, s, _a: bag(0, presentment(s)),
        "transactions": lambda c, s, a: limited(transactions(c, s), a),
        "unpaid": lambda c, s, _a: not state.paid(s, c.at),
        "updatedAt": lambda c, s, _a: moment(state.updated(s, c.at)),
    },
    "LineItem": {
        "currentQuantity": lambda c, o, _a: state.current_quantity(o.sale, o.line, c.at),
        "discountAllocations": lambda _c, o, _a: _discounts(o),
        "discountedTotalSet": lambda _c, o, a: bag(
            o.line.net if a["withCodeDiscounts"] else o.line.net + o.line.code_discount, presentment(o.sale)
        ),
        "discountedUnitPriceAfterAllDiscountsSet": lambda _c, o, _a: bag(
            o.line.net // o.line.quantity, presentment(o.sale)
        ),
        "discountedUnitPriceSet": lambda _c, o, _a: bag(
            (o.line.gross - o.line.automatic_discount) // o.line.quantity, presentment(o.sale)
        ),
        "id": lambda _c, o, _a: gid("LineItem", o.line.number),
        "isGiftCard": lambda _c, o, _a: o.line.gift_card,
        "name": lambda _c, o, _a: o.line.title,
        "originalTotalSet": lambda _c, o, _a: bag(o.line.gross, presentment(o.sale)),
        "originalUnitPriceSet": lambda _c, o, _a: bag(o.line.unit_price, presentment(o.sale)),
        "product": lambda c, o, _a: _product(c, o.line),
        "quantity": lambda _c, o, _a: o.line.quantity,
        "refundableQuantity": lambda c, o, _a: state.current_quantity(o.sale, o.line, c.at),
        "requiresShipping": lambda _c, o, _a: not o.line.gift_card,
        "sku": lambda c, o, _a: v.sku if (v := variant_of(c.front.shop, o.line)) else None,
        "taxable": lambda _c, o, _a: not o.line.gift_card,
        "taxLines": lambda _c, o, _a: _tax_lines(o),
        "title": lambda _c, o, _a: o.line.title,
        "totalDiscountSet": lambda _c, o, _a: bag(o.line.automatic_discount, presentment(o.sale)),
        "unfulfilledQuantity": lambda c, o, _a: 0 if 0 < o.sale.fulfilled <= c.at else o.line.quantity,
        "variant": lambda c, o, _a: variant_of(c.front.shop, o.line),
        "variantTitle": lambda c, o, _a: v.title if (v := variant_of(c.front.shop, o.line)) else None,
        "vendor": lambda c, o, _a: p.vendor if (p := _product(c, o.line)) else None,
    },
    "Fulfillment": {
        "createdAt": lambda _c, o, _a: moment(o.sale.fulfilled),
        "deliveredAt": lambda c, o, _a: moment(d) if (d := o.sale.fulfilled + _TRANSIT) <= c.at else None,
        "displayStatus": lambda c, o, _a: "DELIVERED" if o.sale.fulfilled + _TRANSIT <= c.at else "IN_TRANSIT",
        "fulfillmentLineItems": lambda _c, o, _a: order_lines(o.sale),
        "id": lambda _c, o, _a: gid("Fulfillment", 4_900_000_000_000 + o.sale.serial),
        "location": lambda _c, o, _a: location(1 if o.sale.source == "pos" else 0),
        "name": lambda _c, o, _a: f"#{o.sale.serial}-F1",
        "status": lambda _c, _o, _a: "SUCCESS",
        "totalQuantity": lambda _c, o, _a: sum(line.quantity for line in o.sale.lines),
        "updatedAt": lambda _c, o, _a: moment(o.sale.fulfilled),
    },
    "FulfillmentLineItem": {
        "id": lambda _c, o, _a: gid("FulfillmentLineItem", o.line.number),
        "lineItem": lambda _c, o, _a: o,
        "quantity": lambda _c, o, _a: o.line.quantity,
    },
}


def location(index: int) -> dict[str, Any]:
    """One of the shop's two places."""
    number = 72_000_001 + index
    city, region, code = (("Secaucus", "NJ", "07094"), ("Brooklyn", "NY", "11201"))[index]
    return {
        "id": gid("Location", number),
        "legacyResourceId": str(number),
        "name": LOCATIONS[index],
        "address": {"city": city, "provinceCode": region, "zip": code, "countryCode": "US"},
        "fulfillsOnlineOrders": index == 0,
        "hasActiveInventory": True,
        "isActive": True,
        "shipsInventory": index == 0,
    }


def _product(context: Context, line: SaleLine) -> ProductRecord | None:
    found = variant_of(context.front.shop, line)
    return found.product if found else None


def _discounts(item: LineOf) -> list[dict[str, Any]]:
    """What each discount took off the line."""
    parts = (item.line.automatic_discount, item.line.code_discount)
    return [{"allocatedAmountSet": bag(cents, presentment(item.sale))} for cents in parts if cents]


def _tax_lines(item: LineOf) -> list[dict[str, Any]]:
    rate = 0 if item.sale.place == CANADA else PLACES[item.sale.place][3]
    if not item.line.tax:
        return []
    return [{"priceSet": bag(item.line.tax, presentment(item.sale)), "rate": rate / 10000, "title": "State tax"}]
