"""Bi-weekly settlements: every sale, refund and fee of a period as one row, and what is paid out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import PLACES, business_day, day_bounds
from kpiterm.sandbox.walmart.csv_zip import money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.items import Item
    from kpiterm.sandbox.walmart.trade import Line, PurchaseOrder

DAYS = 14
_ANCHOR = date(2024, 1, 6)
_PAID_AFTER = 4
_LONGEST = timedelta(days=60)
STORAGE_CENTS_A_UNIT = 9
COLUMNS = (
    *("Period Start Date", "Period End Date", "Total Payable", "Currency", "Transaction Key"),
    *("Transaction Posted Timestamp", "Transaction Type", "Transaction Description", "Customer Order #"),
    *("Customer Order line #", "Purchase Order #", "Purchase Order line #", "Amount", "Amount Type", "Ship Qty"),
    *("Commission Rate", "Transaction Reason Description", "Partner Item Id", "Partner GTIN", "Partner Item Name"),
    *("Product Tax Code", "Ship to State", "Ship to City", "Ship to Zipcode", "Contract Category", "Product Type"),
    *("Commission Rule", "Shipping Method", "Fulfillment Type"),
)


class Period(NamedTuple):
    """A settlement period, both days included, and the date under which its file is listed."""

    first: date
    last: date

    @property
    def report_date(self) -> date:
        return self.last + timedelta(days=_PAID_AFTER)


class Posting(NamedTuple):
    """One amount in cents; order and line are None for fees of the account."""

    day: date
    kind: str
    description: str
    amount_type: str
    cents: int
    order: PurchaseOrder | None = None
    line: Line | None = None
    quantity: int = 0
    reason: str = ""


def period_of(day: date) -> Period:
    """The period that a day belongs to."""
    first = day - timedelta(days=(day - _ANCHOR).days % DAYS)
    return Period(first, first + timedelta(days=DAYS - 1))


def closed_periods(shop: WalmartShop, at: datetime) -> list[Period]:
    """Periods since the shop opened whose file is out, oldest first."""
    out, period = [], period_of(shop.shop.first_day)
    while day_bounds(period.report_date)[0] <= at.timestamp():
        out.append(period)
        period = period_of(period.last + timedelta(days=1))
    return out


def postings(shop: WalmartShop, period: Period, at: datetime) -> list[Posting]:
    """What was posted in a period up to `at`, by day."""
    out = [
        posting
        for order in shop.orders(period.first - _LONGEST, period.last, at)
        for line in order.lines
        for posting in (*_sale(shop.items[line.product.position], order, line), *_refund(shop, order, line))
        if period.first <= posting.day <= period.last and day_bounds(posting.day)[0] <= at.timestamp()
    ]
    if day_bounds(period.last)[0] <= at.timestamp():
        units = sum(stock.level.fulfillable for stock in shop.stock(at=_measured(period)) if stock.item.wfs)
        fee = Posting(period.last, "Service Fee", "WFS Storage Fee", "Fee/Reimbursement", -units * STORAGE_CENTS_A_UNIT)
        out.append(fee)
    return sorted(out, key=lambda posting: posting.day)


def _measured(period: Period) -> datetime:
    """Noon of the period's last day: when storage is measured."""
    return datetime.fromtimestamp(day_bounds(period.last)[0] + 12 * 3600, UTC)


def commission(item: Item, cents: int) -> int:
    """Walmart's referral fee on a price, in cents."""
    return cents * item.commission_percent // 100


def fulfilment_fee(line: Line) -> int:
    """What Walmart takes for sending a line from its warehouses, in cents."""
    return line.quantity * (345 + line.product.price // 40)


def _sale(item: Item, order: PurchaseOrder, line: Line) -> Iterator[Posting]:
    if not order.shipped or line.cancelled:
        return
    day, paid = business_day(order.shipped), line.price - line.discount
    amounts = [
        ("Sale", "Purchase", "Product Price", paid),
        ("Sale", "Purchase", "Product Tax", line.tax),
        ("Sale", "Purchase", "Product Tax Withheld", -line.tax),
        ("Sale", "Purchase", "Shipping", line.shipping),
        ("Sale", "Commission", "Commission on Product", -commission(item, paid)),
        ("Adjustment", "WFS Fulfillment fee", "Fee/Reimbursement", -fulfilment_fee(line) if order.wfs else 0),
    ]
    for kind, description, amount_type, cents in amounts:
        if cents:
            yield Posting(day, kind, description, amount_type, cents, order, line, line.quantity)


def _refund(shop: WalmartShop, order: PurchaseOrder, line: Line) -> Iterator[Posting]:
    refund = line.refund
    if refund is None:
        return
    day, item = business_day(refund.at), shop.items[line.product.position]
    amounts = (
        ("Refund sales", "Product Price", -refund.price),
        ("Refund sales", "Product Tax", -refund.tax),
        ("Refund sales", "Product Tax Withheld", refund.tax),
        ("Refunded Shipping", "Shipping", -refund.shipping),
        ("Commission", "Commission on Product", commission(item, refund.price)),
    )
    for description, amount_type, cents in amounts:
        if cents:
            yield Posting(day, "Refund", description, amount_type, cents, order, line, refund.quantity, refund.reason)


def rows(shop: WalmartShop, period: Period, at: datetime) -> list[dict[str, str]]:
    """The file of a period: the payment first, then what it is the sum of."""
    posted = postings(shop, period, at)
    summary = {
        "Period Start Date": us_date(period.first),
        "Period End Date": us_date(period.last),
        "Total Payable": money(sum(posting.cents for posting in posted)),
        "Currency": "USD",
        "Transaction Posted Timestamp": us_date(period.report_date),
        "Transaction Type": "PaymentSummary",
        "Transaction Description": "Deposited in PAYONEER account",
    }
    return [summary, *(_row(shop, posting, number) for number, posting in enumerate(posted, start=1))]


def _row(shop: WalmartShop, posting: Posting, number: int) -> dict[str, str]:
    row = {
        "Currency": "USD",
        "Transaction Key": f"{posting.day:%Y_%m_%d}_{number}",
        "Transaction Posted Timestamp": us_date(posting.day),
        "Transaction Type": posting.kind,
        "Transaction Description": posting.description,
        "Amount": money(posting.cents),
        "Amount Type": posting.amount_type,
    }
    if posting.order is None or posting.line is None:
        return row
    order, line, item = posting.order, posting.line, shop.items[posting.line.product.position]
    city, state, code, _ = PLACES[order.place]
    return row | {
        "Customer Order #": order.customer_order_id,
        "Customer Order line #": str(line.number),
        "Purchase Order #": order.po_id,
        "Purchase Order line #": str(line.number),
        "Ship Qty": str(posting.quantity),
        "Commission Rate": f"{item.commission_percent}.0%" if "Commission" in posting.amount_type else "",
        "Transaction Reason Description": posting.reason,
        "Partner Item Id": line.product.sku,
        "Partner GTIN": item.gtin,
        "Partner Item Name": line.product.title,
        "Product Tax Code": "2038711",
        "Ship to State": state,
        "Ship to City": city,
        "Ship to Zipcode": code,
        "Contract Category": "Home & Garden",
        "Product Type": line.product.category,
        "Shipping Method": "TWO_DAY" if order.expedited else "VALUE",
        "Fulfillment Type": "Walmart Fulfilled" if order.wfs else "Seller Fulfilled",
    }


def us_date(day: date) -> str:
    return day.strftime("%m/%d/%Y")
