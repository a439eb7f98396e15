"""Returns: `GET /v3/returns`, newest first, WFS and seller alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import DAY, business_day
from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.cursors import Cursors
from kpiterm.sandbox.walmart.order_json import return_order_id
from kpiterm.sandbox.walmart.params import choice, flag, known_only, moment, number, refusal_of
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.identity import Identity
    from kpiterm.sandbox.walmart.trade import Line, PurchaseOrder, Refund

_RANGES = ("returnCreation", "returnLastModified")
_TEXTS = ("returnOrderId", "customerOrderId")
_FILTERS = (
    *_TEXTS,
    *(f"{name}{end}Date" for name in _RANGES for end in ("Start", "End")),
    *("status", "replacementInfo", "returnType", "isWFSEnabled", "limit"),
)
_REASONS = {
    "customerChangedMind": ("CHANGED_MIND", "No longer wanted"),
    "defective": ("DEFECTIVE", "Does not work"),
    "damaged": ("DAMAGED", "Arrived damaged"),
    "incorrectItem": ("INCORRECT_ITEM", "Not what was ordered"),
    "arrivedLate": ("ARRIVED_LATE", "Came too late"),
}


class Return(NamedTuple):
    """A return of one order line."""

    order: PurchaseOrder
    line: Line
    refund: Refund

    def status(self, at: int) -> tuple[str, int]:
        """Walmart's status and the moment since when."""
        if self.refund.at <= at:
            return "COMPLETED", self.refund.at
        if 0 < self.refund.back <= at:
            return "DELIVERED", self.refund.back
        return "INITIATED", self.refund.returned


def returns_of(shop: WalmartShop, at: datetime) -> Iterator[Return]:
    """Every return that was opened up to `at`, by order."""
    seconds = int(at.timestamp())
    for order in shop.orders(shop.shop.first_day, business_day(seconds), at):
        for line in order.lines:
            if line.refund and 0 < line.refund.returned <= seconds:
                yield Return(order, line, line.refund)


class Returns:
    """The one read operation; its last page names its own cursor again, as the live service does."""

    def __init__(self, world: World, shop: WalmartShop, identity: Identity) -> None:
        self._world, self._shop, self._identity = world, shop, identity
        self._cursors, self._refuse = Cursors(f"{shop.seed}:returns"), refusal_of("GMP_RETURN_API")

    def routes(self) -> list[Route]:
        return [Route("GET", "/v3/returns", "getReturns", self._list)]

    def _list(self, request: Request, _: dict[str, str]) -> Response:
        genuine = self._cursors.genuine(request.query_string)
        if genuine is False:
            raise self._refuse("nextCursor", "the cursor is not as it was given out; send it unchanged and alone")
        query = dict(request.query)
        offset, at = 0, int(self._world.clock().timestamp())
        if genuine:
            offset, at = int(query["offset"]), int(query["asOf"])
            query = {name: value for name, value in query.items() if name in _FILTERS}
        known_only(query, _FILTERS, self._refuse)
        size = self._world.page(number(query, "limit", 10, 1, 200, self._refuse))
        found = self._find(query, at)
        cursor = f"?{request.query_string}" if genuine else ""
        if offset + size < len(found):
            following = self._world.after(offset, size, "walmart returns")
            state = {"sellerId": self._identity.seller_id, **query, "offset": str(following), "asOf": str(at)}
            cursor = self._cursors.seal({"limit": str(size)} | state)
        page = [_return_json(one, at) for one in found[offset : offset + size]]
        return json_response(
            200, {"meta": {"totalCount": len(found), "limit": size, "nextCursor": cursor}, "returnOrders": page}
        )

    def _find(self, query: dict[str, str], at: int) -> list[Return]:
        refuse = self._refuse
        status = choice(query, "status", ("INITIATED", "DELIVERED", "COMPLETED"), "", refuse)
        kind = choice(query, "returnType", ("PREORDER", "REPLACEMENT", "REFUND"), "", refuse)
        wfs = choice(query, "isWFSEnabled", ("Y", "N"), "", refuse)
        flag(query, "replacementInfo", refuse)  # there are no replacements to tell of
        created, changed = (self._range(query, name) for name in _RANGES)
        found = [
            one
            for one in returns_of(self._shop, datetime.fromtimestamp(at, UTC))
            if created[0] <= one.refund.returned <= created[1]
            and changed[0] <= one.status(at)[1] <= changed[1]
            and status in {"", one.status(at)[0]}
            and kind in {"", "REFUND"}
            and wfs in {"", "Y" if one.order.wfs else "N"}
            and query.get("returnOrderId", "") in {"", return_order_id(one.order, one.line)}
            and query.get("customerOrderId", "") in {"", one.order.customer_order_id}
        ]
        return sorted(found, key=lambda one: -one.refund.returned)

    def _range(self, query: dict[str, str], name: str) -> tuple[int, int]:
        names = f"{name}StartDate", f"{name}EndDate"
        start, end = (moment(query, one, self._refuse) for one in names)
        if (start is None) != (end is None):
            raise self._refuse(name, f"{names[0]} and {names[1]} must be given together")
        return start or 0, (1 << 62) if end is None else end


def _amount(cents: float) -> dict[str, Any]:
    return {"currencyAmount": round(cents / 100, 2), "currencyUnit": "USD"}


def _return_json(one: Return, at: int) -> dict[str, Any]:
    order, refund = one.order, one.refund
    labels = {"carrierId": "11", "carrierName": "FEDEX", "serviceType": "FedEx Ground", "trackingNo": order.po_id[3:]}
    group = {
        "groupNo": 1,
        "returnLines": [{"returnOrderLineNumber": 1}],
        "labels": [{"carrierInfoList": [labels]}],
        "returnExpectedFlag": not refund.kept,
    }
    return {
        "returnOrderId": return_order_id(order, one.line),
        "customerEmailId": order.buyer.email,
        "customerName": {"firstName": order.buyer.first_name, "lastName": order.buyer.last_name},
        "customerOrderId": order.customer_order_id,
        "refundMode": "POST_DELIVERY",
        "returnType": "REFUND",
        "returnOrderDate": _iso(refund.returned),
        "returnByDate": _iso(refund.returned + 30 * DAY),
        "totalRefundAmount": _amount(refund.price + refund.shipping + refund.tax),
        "returnLineGroups": [] if refund.kept else [group],
        "returnOrderLines": [_line_json(one, at)],
        "returnChannel": {"channelName": "ONLINE"},
    }


def _line_json(one: Return, at: int) -> dict[str, Any]:
    order, line, refund = one.order, one.line, one.refund
    status, since = one.status(at)
    units = {"unitOfMeasure": "EACH", "measurementValue": refund.quantity}
    money_back = "REFUND_COMPLETED" if status == "COMPLETED" else "REFUND_INITIATED"
    reason, text = _REASONS[refund.reason]
    return {
        "returnOrderLineNumber": 1,
        "salesOrderLineNumber": line.number,
        "purchaseOrderId": order.po_id,
        "purchaseOrderLineNumber": line.number,
        "returnReason": reason,
        "returnDescription": text,
        "item": {"sku": line.product.sku, "condition": "New", "productName": line.product.title},
        "charges": [_charge_json(refund)],
        "unitPrice": _amount(refund.price / refund.quantity),
        "chargeTotals": [
            {"name": "lineSubTotal", "value": _amount(refund.price)},
            {"name": "lineTotalTaxes", "value": _amount(refund.tax)},
            {"name": "lineTotal", "value": _amount(refund.price + refund.shipping + refund.tax)},
        ],
        "cancellableQty": 0,
        "quantity": units,
        "returnExpectedFlag": not refund.kept,
        "isFastReplacement": False,
        "isKeepIt": refund.kept,
        "lastItem": False,
        "refundedQty": refund.quantity if status == "COMPLETED" else 0,
        "rechargeableQty": 0,
        "refundCoveredBy": _covered_by(one),
        "returnTrackingDetail": _events(one, at),
        "status": status,
        "statusTime": _iso(since),
        "currentDeliveryStatus": "DELIVERED" if 0 < refund.back <= at else "NOT_SHIPPED",
        "currentRefundStatus": money_back,
        "currentTrackingStatuses": [
            {"status": status, "statusTime": _iso(since), "currentRefundStatus": money_back, "quantity": units}
        ],
        "refundChannels": [{"refundChannelName": "ONLINE", "quantity": units}],
    }


def _covered_by(one: Return) -> str:
    if one.refund.kept:
        return "walmart - keep it" if one.order.wfs else "seller - keep it"
    # Not among the values that the spec lists, yet what its example shows.
    return "SELLER_AUTO_REFUND" if not one.order.wfs and one.order.place == 0 else "seller"


def _charge_json(refund: Refund) -> dict[str, Any]:
    tax = {"taxName": "Tax1", "excessTax": _amount(0), "taxPerUnit": _amount(refund.tax / refund.quantity)}
    return {
        "chargeCategory": "PRODUCT",
        "chargeName": "ItemPrice",
        "chargePerUnit": _amount(refund.price / refund.quantity),
        "isDiscount": False,
        "isBillable": True,
        "tax": [tax],
        "excessCharge": _amount(0),
    }


def _events(one: Return, at: int) -> list[dict[str, Any]]:
    steps = (
        ("RETURN_INITIATED", one.refund.returned),
        ("RETURN_DELIVERED", one.refund.back),
        ("REFUND_COMPLETED", one.refund.at),
    )
    return [
        {
            "sequenceNo": i,
            "eventTag": tag,
            "eventDescription": tag.replace("_", " ").capitalize(),
            "eventTime": _iso(when),
        }
        for i, (tag, when) in enumerate(steps)
        if 0 < when <= at
    ]


def _iso(seconds: int) -> str:
    return f"{iso(seconds)[:-1]}.000Z"
