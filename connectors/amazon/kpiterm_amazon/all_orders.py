"""The All-Orders flat file, from the Reports API or downloaded by hand: one shape for every layout seen (29 to 91
columns), because columns are found by name and only these are read. Addresses and buyer data never leave the file."""

from __future__ import annotations

from importlib.resources import files

from kpiterm.plugins import Output, Shape

REQUIRED = ("amazon-order-id", "purchase-date", "order-status", "sales-channel", "sku", "quantity")
MONEY = (
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "item-promotion-discount",
    "ship-promotion-discount",
)
COLUMNS = (
    *REQUIRED, "last-updated-date", "item-status", "fulfillment-channel", "asin", "product-name", "order-item-id",
    "currency", *MONEY,
)  # fmt: skip

ALL_ORDERS = Shape(
    columns=dict.fromkeys(COLUMNS, "VARCHAR"),
    required=REQUIRED,
    outputs=(
        Output(
            into="order_line",
            select=files(__package__).joinpath("all_orders.sql").read_text("utf-8"),
            replaces=("order_id",),
        ),
    ),
)
