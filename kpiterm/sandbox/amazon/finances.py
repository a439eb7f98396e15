"""Finances API 2024-06-19: listTransactions."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon.api import Route, invalid
from kpiterm.sandbox.amazon.ledger import events, pending
from kpiterm.sandbox.amazon.params import known_only, moment
from kpiterm.sandbox.amazon.settlement_file import group_id
from kpiterm.sandbox.amazon.tokens import seal, unseal
from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import DAY, HOUR
from kpiterm.sandbox.shop import CURRENCY, MARKETPLACE_ID
from kpiterm.sandbox.wire import Request, Response

if TYPE_CHECKING:
    from kpiterm.sandbox.amazon.identity import Identity
    from kpiterm.sandbox.amazon.ledger import Event, Item, Part
    from kpiterm.sandbox.vendor import World

PAGE_SIZE = 100
_OPERATION = "listTransactions"
_PARAMETERS = (
    "postedAfter",
    "postedBefore",
    "marketplaceId",
    "transactionStatus",
    "relatedIdentifierName",
    "relatedIdentifierValue",
    "nextToken",
)
_SETTLING, _LONGEST_SPAN, _TOKEN_LIFE = 120, 180 * DAY, DAY
_TYPES = {"Order": ("Shipment", "Order Payment"), "Refund": ("Refund", "Refund Order")}
_CHARGE = {"ServiceFee": ("ServiceFee", "Service fee"), "other-transaction": ("Adjustment", "FBA reimbursement")}
# Settlement components by the names that this API gives them.
_GROUPS = {
    "ItemPrice": "ProductCharges",
    "ItemFees": "AmazonFees",
    "Promotion": "Promotions",
    "ItemWithheldTax": "Tax",
    "other-transaction": "ServiceFees",
    "Cost of Advertising": "ServiceFees",
    "FBA Inventory Reimbursement": "Reimbursements",
}
_NAMES = {
    "Principal": "OurPricePrincipal",
    "Tax": "OurPriceTax",
    "Shipping": "ShippingPrincipal",
    "TransactionTotalAmount": "CostOfAdvertising",
}


class Finances:
    """Every posting as a transaction; those that are held back appear twice once they are released."""

    def __init__(self, world: World, identity: Identity) -> None:
        self._world, self._seller = world, identity.seller_id
        self._found = lru_cache(maxsize=8)(self._find)

    def routes(self) -> list[Route]:
        return [Route("GET", "/finances/2024-06-19/transactions", _OPERATION, self._list)]

    def _list(self, request: Request, _: dict[str, str]) -> Response:
        query = dict(request.query)
        known_only(query, _PARAMETERS)
        token = query.pop("nextToken", "")
        at, offset, blank = int(self._world.clock().timestamp()), 0, False
        if token:
            state = unseal(_OPERATION, token, self._world.clock.time())
            if state["query"] != query:
                raise invalid("nextToken must be sent with the same arguments as the call that gave it.")
            at, offset, blank = state["at"], state["offset"], state["blank"]
        found = self._found(tuple(sorted(query.items())), at)
        size = self._world.page(PAGE_SIZE)
        page = () if blank else found[offset : offset + size]
        following, more = offset + len(page), ""
        if following < len(found):
            following = self._world.after(offset, len(page), _OPERATION)
            # Now and then a page is empty although more follow.
            empty_next = not blank and following // size % 3 == 1
            state = {"query": query, "at": at, "offset": following, "blank": empty_next}
            more = f',"nextToken":"{seal(_OPERATION, state, self._world.clock.time() + _TOKEN_LIFE)}"'
        return Response(200, f'{{"payload":{{"transactions":[{",".join(page)}]{more}}}}}'.encode())

    def _find(self, asked: tuple[tuple[str, str], ...], at: int) -> tuple[str, ...]:
        """All transactions as JSON texts: a search is fixed when its first page is asked for."""
        query = dict(asked)
        start, end = _span(query, at, int(self._world.clock.time()) - _SETTLING)
        if end - start > _LONGEST_SPAN:
            return ()
        rows = self._released(start, end, at) + self._held(start, end, at)
        status, name = query.get("transactionStatus"), query.get("relatedIdentifierName")
        wanted = {"relatedIdentifierName": name, "relatedIdentifierValue": query.get("relatedIdentifierValue")}
        # With a marketplace, orders that the seller ships are left out, as Amazon does in the US.
        only_fba = query.get("marketplaceId") is not None
        chosen = [
            row
            for row in rows
            if (not status or row["transactionStatus"] == status)
            and (not name or wanted in row["relatedIdentifiers"])
            and not (only_fba and "'MFN'" in str(row["items"]))
        ]
        chosen.sort(key=lambda row: (row["postedDate"], row["transactionId"]))
        return tuple(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in chosen)

    def _seen(self, event: Event, posted: int, at: int) -> bool:
        """Postings may show up to two days late."""
        return posted + (event.posted % 48 * HOUR if self._world.shop.lag else 0) <= at

    def _released(self, start: int, end: int, at: int) -> list[dict[str, Any]]:
        return [
            self._transaction(event, event.posted, "RELEASED")
            for event in events(self._world.shop, start, end)
            if self._seen(event, event.posted, at)
        ]

    def _held(self, start: int, end: int, at: int) -> list[dict[str, Any]]:
        return [
            self._transaction(event, event.deferred, "DEFERRED_RELEASED" if event.posted <= at else "DEFERRED")
            for event in pending(self._world.shop, start, end)
            if self._seen(event, event.deferred, at)
        ]

    def _transaction(self, event: Event, posted: int, status: str) -> dict[str, Any]:
        kind, description = _TYPES.get(event.kind) or _CHARGE[event.kind]
        first, second = (_transaction_id(event, held=held) for held in (True, False))
        related = {"FINANCIAL_EVENT_GROUP_ID": group_id(event.posted)}
        if event.order:
            related = {"ORDER_ID": event.order.order_id, **related}
        if status == "DEFERRED_RELEASED":
            related["RELEASE_TRANSACTION_ID"] = second
        elif status == "RELEASED" and event.deferred:
            related["DEFERRED_TRANSACTION_ID"] = first
        names = ("relatedIdentifierName", "relatedIdentifierValue")
        row: dict[str, Any] = {
            "sellingPartnerMetadata": {
                "sellingPartnerId": self._seller,
                "accountType": "Standard Orders",
                "marketplaceId": MARKETPLACE_ID,
            },
            "relatedIdentifiers": [dict(zip(names, pair, strict=True)) for pair in related.items()],
            "transactionType": kind,
            "transactionId": second if status == "RELEASED" else first,
            "transactionStatus": status,
            "description": description,
            "postedDate": iso(posted),
            "totalAmount": _amount(event.total),
            "marketplaceDetails": {"marketplaceId": MARKETPLACE_ID, "marketplaceName": "Amazon.com"},
            "items": [_item(item, event) for item in event.items if item.product],
            "breakdowns": _breakdowns([part for item in event.items for part in item.parts]),
        }
        if event.deferred:
            row["contexts"] = [
                {"contextType": "DeferredContext", "deferralReason": "B2B", "maturityDate": iso(event.posted)}
            ]
        return row


def _span(query: dict[str, str], at: int, latest: int) -> tuple[int, int]:
    if bool(query.get("relatedIdentifierName")) != bool(query.get("relatedIdentifierValue")):
        raise invalid("relatedIdentifierName and relatedIdentifierValue are given together.")
    start, end = moment(query, "postedAfter"), moment(query, "postedBefore")
    if start is None:
        if not query.get("relatedIdentifierName"):
            raise invalid("Start date cannot be null")
        start = at - _LONGEST_SPAN
    if start > latest or (end is not None and (end > latest or end <= start)):
        raise invalid("postedAfter and postedBefore must be in order and two minutes before the request.")
    return int(start), int(at - _SETTLING if end is None else end)


def _transaction_id(event: Event, *, held: bool) -> str:
    about = event.order.order_id if event.order else event.reference
    return f"{'held' if held else 'post'}-{event.posted}-{event.kind[:3].lower()}-{about}-{event.reference}"


def _amount(cents: int) -> dict[str, Any]:
    return {"currencyAmount": cents / 100, "currencyCode": CURRENCY}


def _item(item: Item, event: Event) -> dict[str, Any]:
    product = item.product
    assert product
    context = {
        "contextType": "ProductContext",
        "asin": product.asin,
        "sku": product.sku,
        "quantityShipped": item.quantity,
        "fulfillmentNetwork": "AFN" if product.afn else "MFN",
    }
    related = [{"itemRelatedIdentifierName": "ORDER_ADJUSTMENT_ITEM_ID", "itemRelatedIdentifierValue": event.reference}]
    return {
        "description": product.title,
        "relatedIdentifiers": related if event.kind == "Refund" else [],
        "totalAmount": _amount(item.total),
        "breakdowns": _breakdowns(list(item.parts)),
        "contexts": [context],
    }


def _breakdowns(parts: list[Part]) -> list[dict[str, Any]]:
    """Groups of components; a refund's tax and promotions carry their own sign."""
    groups: dict[str, dict[str, int]] = {}
    for part in parts:
        inner = groups.setdefault(_GROUPS[part.amount_type], {})
        name = _NAMES.get(part.description, part.description.replace(" ", ""))
        inner[name] = inner.get(name, 0) + part.cents
    return [
        {
            "breakdownType": group,
            "breakdownAmount": _amount(sum(inner.values())),
            "breakdowns": [
                {"breakdownType": name, "breakdownAmount": _amount(cents), "breakdowns": []}
                for name, cents in inner.items()
            ],
        }
        for group, inner in groups.items()
    ]
