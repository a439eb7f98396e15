"""Goods that came back, to Amazon and to the seller, and what Amazon paid for units that it lost or damaged."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from kpiterm.plugins import Output, Stream
from kpiterm_amazon.flat_reports import FBA_DAILY, TEXT, FlatReport, fetch, shape, sql
from kpiterm_amazon.wire import SIDE_BY_SIDE

FBA_TYPE = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
PAID_TYPE = "GET_FBA_REIMBURSEMENTS_DATA"
MERCHANT_TYPE = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"
LOOKBACK, MERCHANT_LOOKBACK = timedelta(days=14), timedelta(days=30)
_RETURN = ("order_id", "sku", "returned_at")

FBA_RETURNS = shape(
    {
        **dict.fromkeys(("return-date", "order-id", "sku", "asin", "detailed-disposition", "reason", "status"), TEXT),
        "quantity": "BIGINT",
    },
    ("return-date", "order-id", "sku", "quantity"),
    Output(into="return_line", select=sql("returns_fba.sql"), replaces=_RETURN),
)
MERCHANT_RETURNS = shape(
    {
        **dict.fromkeys(("Order ID", "Return request date", "Return request status", "ASIN", "Merchant SKU"), TEXT),
        "Return Reason": TEXT,
        "Return quantity": "BIGINT",
    },
    ("Order ID", "Return request date", "Merchant SKU", "Return quantity"),
    Output(into="return_line", select=sql("returns_merchant.sql"), replaces=_RETURN),
)
REIMBURSEMENTS = shape(
    {
        **dict.fromkeys(
            ("approval-date", "reimbursement-id", "amazon-order-id", "reason", "sku", "currency-unit"), TEXT
        ),
        "amount-total": TEXT,
        "quantity-reimbursed-total": "BIGINT",
    },
    ("approval-date", "reimbursement-id", "sku", "amount-total"),
    Output(into="settlement_line", select=sql("reimbursements.sql"), replaces=("settlement_id",)),
)

# FBA types may be asked for once in four hours, so each run, the first one included, is one report.
STREAMS = (
    Stream(
        name="returns-fba",
        title="FBA customer returns",
        fetch=partial(fetch, FlatReport(type=FBA_TYPE, interval=FBA_DAILY, may_be_empty=True, read_again=LOOKBACK)),
        shape=FBA_RETURNS,
        lookback=LOOKBACK,
        history=timedelta(days=180),
        retention=timedelta(days=540),
        max_window=timedelta(days=541),
        every=timedelta(hours=12),
        ahead=SIDE_BY_SIDE,
        lag=timedelta(minutes=5),
        settles=timedelta(days=14),
    ),
    Stream(
        name="reimbursements",
        title="FBA reimbursements",
        fetch=partial(fetch, FlatReport(type=PAID_TYPE, interval=FBA_DAILY, may_be_empty=True, read_again=LOOKBACK)),
        shape=REIMBURSEMENTS,
        lookback=LOOKBACK,
        history=timedelta(days=180),
        retention=timedelta(days=540),
        max_window=timedelta(days=541),
        every=timedelta(hours=20),
        ahead=SIDE_BY_SIDE,
        lag=timedelta(minutes=5),
    ),
    Stream(
        name="returns-merchant",
        title="Returns to the seller",
        fetch=partial(fetch, FlatReport(type=MERCHANT_TYPE, may_be_empty=True, read_again=MERCHANT_LOOKBACK)),
        shape=MERCHANT_RETURNS,
        lookback=MERCHANT_LOOKBACK,
        history=timedelta(days=59),
        # Sixty days are the most that one report covers.
        retention=timedelta(days=59),
        max_window=timedelta(days=60),
        every=timedelta(hours=12),
        ahead=SIDE_BY_SIDE,
        lag=timedelta(minutes=5),
        settles=timedelta(days=30),
    ),
)
