"""The fields of an order that are kept, and thus the only ones stored: nothing about the buyer is among them."""

from __future__ import annotations

# Quantities and amounts come as numbers or as texts; declared as text, neither passes through a float.
_MONEY = "STRUCT(currency VARCHAR, amount VARCHAR)"
_TAX = f"STRUCT(taxAmount {_MONEY})"
_CHARGE = f"STRUCT(chargeType VARCHAR, chargeName VARCHAR, chargeAmount {_MONEY}, tax {_TAX}, taxAndOtherFees {_TAX})"
_STATUS = "STRUCT(status VARCHAR, statusQuantity STRUCT(amount VARCHAR))"
_LINE = f"""STRUCT(
    lineNumber VARCHAR,
    item STRUCT(productName VARCHAR, sku VARCHAR),
    charges STRUCT(charge {_CHARGE}[]),
    orderLineQuantity STRUCT(amount VARCHAR),
    statusDate VARCHAR,
    orderLineStatuses STRUCT(orderLineStatus {_STATUS}[]),
    refund STRUCT(refundCharges STRUCT(refundCharge STRUCT(refundReason VARCHAR, charge {_CHARGE})[]))
)"""
_LINES = f"STRUCT(orderLine {_LINE}[])"
_SUMMARY = "STRUCT(totalAmount STRUCT(currencyAmount VARCHAR))"
_NODE = 'STRUCT("type" VARCHAR)'

ORDER_COLUMNS = {
    "purchaseOrderId": "VARCHAR",
    "orderDate": "VARCHAR",
    "orderLines": _LINES,
    "orderSummary": _SUMMARY,
    "shipNode": _NODE,
    # Walmart's own example wraps one of its orders once more, as the answer for a single order does.
    "order": f"""STRUCT(
        purchaseOrderId VARCHAR, orderDate VARCHAR, orderLines {_LINES}, orderSummary {_SUMMARY}, shipNode {_NODE}
    )""",
}
