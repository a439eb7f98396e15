"""One purchase order as `GET /v3/orders` shows it: numbers for money, epoch milliseconds, quantities as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.orders import PLACES
from kpiterm.sandbox.walmart.trade import line_states, modified

if TYPE_CHECKING:
    from collections.abc import Collection

    from kpiterm.sandbox.walmart.items import Item
    from kpiterm.sandbox.walmart.trade import Line, PurchaseOrder, Refund

NODE_NAMES = {
    "SellerFulfilled": ("Larkhill Columbus", "361451354333223041"),
    "WFSFulfilled": ("Walmart Fulfillment ATL1", "760291841520328705"),
    "3PLFulfilled": ("Parcelmoor 3PL", "552118430917632001"),
}
_CANCEL_TEXT = {
    "outOfStock": "SELLER_CANCEL_OUT_OF_STOCK",
    "pricingError": "SELLER_CANCEL_PRICING_ERROR",
    "shipWindowExpired": "SELLER_CANCEL_SHIP_WINDOW_EXPIRED",
    "customerRequested": "CUSTOMER_REQUESTED_SELLER_TO_CANCEL",
}
_REFUND_TEXT = {
    "customerChangedMind": "CustomerChangedMind",
    "defective": "DefectiveItem",
    "damaged": "DamagedItem",
    "incorrectItem": "IncorrectItemReceived",
    "arrivedLate": "CustomerReceivedItemLate",
    "lost": "ItemNotReceivedByCustomer",
}


def return_order_id(order: PurchaseOrder, line: Line) -> str:
    """The id of the return that was opened for a line."""
    return f"{order.po_id}{line.number:03d}"


def order_json(order: PurchaseOrder, items: tuple[Item, ...], at: int, extras: Collection[str]) -> dict[str, Any]:
    """The order as seen at `at`; `extras` names the optional parts that were asked for, such as `incentiveInfo`."""
    lines = [_line(order, line, items[line.product.position], at, extras) for line in order.lines]
    out: dict[str, Any] = {"purchaseOrderId": order.po_id, "customerOrderId": order.customer_order_id}
    # Required by the schema, missing in Walmart's own example: some orders come without.
    if int(order.customer_order_id[4:10]) % 29:
        out["customerEmailId"] = order.buyer.email
    if "replacementInfo" in extras:
        out["orderType"] = "REGULAR"
    out |= {
        "orderDate": order.created * 1000,
        "shippingInfo": _shipping(order),
        "orderLines": {"orderLine": lines},
        "paymentTypes": ["CREDITCARD"],
        "orderSummary": _summary(lines),
        "shipNode": dict(zip(("type", "name", "id"), (order.node, *NODE_NAMES[order.node]), strict=True)),
    }
    return out


def _money(cents: int) -> dict[str, Any]:
    return {"currency": "USD", "amount": cents / 100}


def _shipping(order: PurchaseOrder) -> dict[str, Any]:
    city, state, code, _ = PLACES[order.place]
    address = {"name": order.buyer.name, "address1": order.buyer.street}
    if order.buyer.street2:
        address["address2"] = order.buyer.street2
    address |= {"city": city, "state": state, "postalCode": code, "country": "USA", "addressType": "RESIDENTIAL"}
    return {
        "phone": order.buyer.phone,
        "estimatedDeliveryDate": order.deliver_by * 1000,
        "estimatedShipDate": order.ship_by * 1000,
        "methodCode": "Express" if order.expedited else "Value",
        "postalAddress": address,
    }


def _charge(kind: str, name: str, cents: int, tax: int | None) -> dict[str, Any]:
    out: dict[str, Any] = {"chargeType": kind, "chargeName": name, "chargeAmount": _money(cents)}
    if tax is not None:
        amount = {"taxName": "Tax1", "taxAmount": _money(tax)}
        out |= {"tax": amount, "taxAndOtherFees": amount}
    return out


def _charges(order: PurchaseOrder, line: Line, at: int) -> list[dict[str, Any]]:
    if order.blanked and 0 < line.cancelled <= at:
        return [_charge("PRODUCT", "ItemPrice", 0, 0)]
    charges = [_charge("PRODUCT", "ItemPrice", line.price, line.tax)]
    if line.discount:
        charges.append(_charge("PRODUCT", "SubscriptionDiscount", -line.discount, None))
    if line.shipping:
        charges.append(_charge("SHIPPING", "Shipping", line.shipping, 0))
    return charges


def _units(units: int) -> dict[str, str]:
    return {"unitOfMeasurement": "EACH", "amount": str(units)}


def _line(order: PurchaseOrder, line: Line, item: Item, at: int, extras: Collection[str]) -> dict[str, Any]:
    product: dict[str, Any] = {"productName": line.product.title, "sku": line.product.sku, "condition": "New"}
    if "productInfo" in extras:
        product["imageUrl"] = f"https://i5.walmartimages.com/asr/{item.wpid}.jpeg"
        product["weight"] = {"value": "1.20", "unit": "Pounds"}
    out: dict[str, Any] = {"lineNumber": str(line.number), "item": product}
    if "incentiveInfo" in extras:
        fee = {"originalReferralFee": {"percentageApplied": item.commission_percent}}
        out["incentive"] = {"originalPrice": _money(line.product.price * line.quantity), **fee}
    out |= {
        "charges": {"charge": _charges(order, line, at)},
        "orderLineQuantity": _units(line.quantity),
        "statusDate": modified(order, at) * 1000,
        "orderLineStatuses": {
            "orderLineStatus": [_status(order, line, *state) for state in line_states(order, line, at)]
        },
        "fulfillment": _fulfillment(order),
    }
    if line.refund and line.refund.at <= at:
        out["refund"] = {"refundCharges": {"refundCharge": _refund_charges(line.refund)}}
    if line.refund and 0 < line.refund.returned <= at:
        out["returnOrderId"] = return_order_id(order, line)
    return out


def _fulfillment(order: PurchaseOrder) -> dict[str, Any]:
    method = "EXPEDITED" if order.expedited else "VALUE"
    out = {"fulfillmentOption": "S2H", "shipMethod": method, "pickUpDateTime": order.deliver_by * 1000}
    return out | ({"shippingProgramType": "TWO_DAY"} if order.expedited else {})


def _status(order: PurchaseOrder, line: Line, state: str, units: int) -> dict[str, Any]:
    out: dict[str, Any] = {"status": state, "statusQuantity": _units(units)}
    if state == "Cancelled":
        out["cancellationReason"] = _CANCEL_TEXT[line.cancel_reason]
    if state in {"Shipped", "Delivered", "Refund"}:
        number = f"7490{order.po_id[-10:]}"
        out["trackingInfo"] = {
            "shipDateTime": order.shipped * 1000,
            "carrierName": {"carrier": "FedEx"},
            "methodCode": "Express" if order.expedited else "Value",
            "trackingNumber": number,
            "trackingURL": f"https://www.fedex.com/apps/fedextrack/?tracknumbers={number}",
        }
    return out


def _refund_charges(refund: Refund) -> list[dict[str, Any]]:
    charges = [_charge("PRODUCT", "ItemPrice", -refund.price, -refund.tax)]
    if refund.shipping:
        charges.append(_charge("SHIPPING", "Shipping", -refund.shipping, 0))
    return [{"refundReason": _REFUND_TEXT[refund.reason], "charge": charge} for charge in charges]


def _summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    charges = [charge for line in lines for charge in line["charges"]["charge"]]
    goods = sum(round(charge["chargeAmount"]["amount"] * 100) for charge in charges)
    tax = sum(round(charge["tax"]["taxAmount"]["amount"] * 100) for charge in charges if "tax" in charge)
    parts = (("SUBTOTAL", goods), ("TAX", tax))
    return {
        "totalAmount": {"currencyAmount": (goods + tax) / 100, "currencyUnit": "USD"},
        "orderSubTotals": [
            {"subTotalType": name, "totalAmount": {"currencyAmount": cents / 100, "currencyUnit": "USD"}}
            for name, cents in parts
        ],
    }
