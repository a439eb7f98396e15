"""Settlements: a fortnight of postings each, made by Amazon on its own, with a reserve carried from one to the next."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.amazon.flat import tsv
from kpiterm.sandbox.amazon.ledger import events
from kpiterm.sandbox.amazon.order_json import money
from kpiterm.sandbox.orders import DAY, HOUR, day_bounds
from kpiterm.sandbox.shop import CURRENCY

if TYPE_CHECKING:
    from kpiterm.sandbox.amazon.ledger import Event, Item
    from kpiterm.sandbox.shop import Shop

REPORT_TYPE = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
_LENGTH = 14 * DAY
_EPOCH = int(datetime(2020, 1, 8, 3, tzinfo=UTC).timestamp())
_FIRST_ID = 24_000_000_001


class Settlement(NamedTuple):
    """One statement: `[start, end)` in epoch seconds, its postings, the reserves before and after it in cents."""

    number: int
    start: int
    end: int
    postings: tuple[Event, ...]
    reserve_before: int
    reserve_after: int

    @property
    def settlement_id(self) -> str:
        return str(_FIRST_ID + self.number)

    @property
    def created(self) -> int:
        """When the report appears in the list."""
        return self.end + 6 * HOUR

    @property
    def total(self) -> int:
        """What is paid out, in cents."""
        return sum(event.total for event in self.postings) + self.reserve_before - self.reserve_after


def group_id(posted: int) -> str:
    """The financial event group that a posting belongs to: opaque, one for each settlement."""
    return f"grp-{(posted - _EPOCH) // _LENGTH:05d}-{CURRENCY.lower()}"


def settlements(shop: Shop, since: int, until: int) -> list[Settlement]:
    """Those whose report appears in `[since, until]`, from old to new."""
    first = max((max(since, day_bounds(shop.first_day)[0]) - _EPOCH) // _LENGTH - 1, 0)
    found = [_settlement(shop, number) for number in range(first, max(first, (until - _EPOCH) // _LENGTH))]
    return [s for s in found if since <= s.created <= until and s.postings]


@lru_cache(maxsize=256)
def _settlement(shop: Shop, number: int) -> Settlement:
    start = _EPOCH + number * _LENGTH
    postings = tuple(events(shop, start, start + _LENGTH))
    before, after = _reserve(shop, start), _reserve(shop, start + _LENGTH)
    return Settlement(number, start, start + _LENGTH, postings, before, after)


def _reserve(shop: Shop, moment: int) -> int:
    """A quarter of the sales of the last three days, held back at a moment."""
    sold = sum(event.total for event in events(shop, moment - 3 * DAY, moment) if event.kind == "Order")
    return max(0, sold // 4)


def settlement_text(settlement: Settlement) -> str:
    """The V2 flat file: the first row holds the total alone, every other row one component."""
    head = {
        "settlement-id": settlement.settlement_id,
        "settlement-start-date": _utc(settlement.start),
        "settlement-end-date": _utc(settlement.end),
        "deposit-date": _utc(settlement.end + 2 * DAY),
        "total-amount": money(settlement.total),
        "currency": CURRENCY,
    }
    rows = [head, _reserve_row(settlement, settlement.start, "Previous Reserve Amount Balance", 1)]
    rows += [row for event in settlement.postings for item in event.items for row in _rows(settlement, event, item)]
    rows.append(_reserve_row(settlement, settlement.end - 1, "Current Reserve Amount", -1))
    return tsv(REPORT_TYPE, rows)


def _reserve_row(settlement: Settlement, posted: int, description: str, sign: int) -> dict[str, str]:
    cents = settlement.reserve_before if sign > 0 else -settlement.reserve_after
    return {
        **_posted(settlement, posted),
        "transaction-type": "other-transaction",
        "amount-type": "other-transaction",
        "amount-description": description,
        "amount": money(cents),
    }


def _posted(settlement: Settlement, posted: int) -> dict[str, str]:
    moment = datetime.fromtimestamp(posted, UTC)
    return {
        "settlement-id": settlement.settlement_id,
        "posted-date": f"{moment:%Y-%m-%d}",
        "posted-date-time": _utc(posted),
    }


def _rows(settlement: Settlement, event: Event, item: Item) -> list[dict[str, str]]:
    fixed = _posted(settlement, event.posted) | {"transaction-type": event.kind}
    if item.product:
        fixed |= {"sku": item.product.sku, "quantity-purchased": str(item.quantity)}
    if event.order and item.line:
        fixed |= {
            "order-id": event.order.order_id,
            "merchant-order-id": event.order.order_id,
            "shipment-id": f"B{event.order.order_id[4:11]}",
            "marketplace-name": "Amazon.com",
            "fulfillment-id": "AFN" if event.order.afn else "MFN",
            "order-item-code": item.line.item_id,
        }
    if event.kind in ("Refund", "other-transaction"):
        fixed["adjustment-id"] = event.reference
    return [
        fixed | {"amount-type": part.amount_type, "amount-description": part.description, "amount": money(part.cents)}
        for part in item.parts
    ]


def _utc(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
