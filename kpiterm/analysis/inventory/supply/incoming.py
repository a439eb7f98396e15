"""What is on its way: open purchase orders, platform shipments that no order names, and what a platform counts beyond.

The same units are counted once. A shipment that an order names is that order's; and what a platform states to be on its
way includes everything that was booked, whoever told us of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from kpiterm.analysis.inventory.supply.model import MILESTONES, Incoming, Milestone, PurchaseOrder
from kpiterm.analysis.inventory.supply.orders import received

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kpiterm.analysis.reader import Reader

Place = tuple[str, str, str]
"""Account, channel and SKU."""

_AT_PLATFORM = MILESTONES[MILESTONES.index("booked") :]
_OVER = ("CANCEL", "FAIL", "CLOSED", "DELETED", "ERROR")
_SHIPMENTS = """SELECT account, channel, shipment_id, sku, max(status), min(created_at), max(arrives_at),
    sum(coalesce(shipped, 0)), sum(coalesce(received, 0))
FROM inbound WHERE account IS NOT NULL AND sku IS NOT NULL AND shipment_id IS NOT NULL GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4"""

# The latest reading of each place, and the last day on which nothing was on its way.
_COUNTED = """WITH reading AS (
    SELECT *, max(taken_at) OVER (PARTITION BY account, channel) AS latest FROM stock_level
    WHERE inbound IS NOT NULL AND account IS NOT NULL AND channel IS NOT NULL AND sku IS NOT NULL
),
now AS (
    SELECT account, channel, sku, sum(inbound) AS units FROM (
        SELECT * FROM reading QUALIFY row_number() OVER (
            PARTITION BY account, channel, sku, location ORDER BY taken_at DESC, loaded_at DESC
        ) = 1
    ) WHERE taken_at > latest - INTERVAL 14 DAY GROUP BY ALL HAVING sum(inbound) > 0
),
daily AS (
    SELECT account, channel, sku, CAST(taken_at AS DATE) AS day, max(inbound) AS units FROM reading GROUP BY ALL
)
SELECT account, channel, sku, any_value(now.units),
    coalesce(max(day) FILTER (WHERE daily.units = 0), min(day))
FROM now JOIN daily USING (account, channel, sku) GROUP BY ALL ORDER BY 1, 2, 3"""


class Shipment(NamedTuple):
    """Units of one SKU in a platform's shipment."""

    account: str
    channel: str
    id: str
    sku: str
    status: str
    created: date | None
    arrives: date | None
    shipped: int
    received: int

    @property
    def place(self) -> Place:
        return self.account, self.channel, self.sku

    @property
    def is_open(self) -> bool:
        return not self.status.upper().startswith(_OVER)


def read_shipments(reader: Reader) -> tuple[Shipment, ...]:
    """Every platform shipment that the connectors know, SKU by SKU."""
    return tuple(
        Shipment(
            str(account), str(channel), str(number), str(sku), str(status or ""), _day(created), _day(arrives),
            int(cast("int", shipped)), int(cast("int", taken)),
        )
        for account, channel, number, sku, status, created, arrives, shipped, taken in reader.rows(_SHIPMENTS)
    )  # fmt: skip


def known(orders: Iterable[PurchaseOrder], shipments: Iterable[Shipment]) -> tuple[PurchaseOrder, ...]:
    """The orders with what the shipments that they name tell: booked, checked in, received."""
    by_id = defaultdict[str, list[Shipment]](list)
    for shipment in shipments:
        by_id[shipment.id].append(shipment)
    return tuple(_told(order, [s for name in order.shipments for s in by_id.get(name, ())]) for order in orders)


def read_incoming(reader: Reader, orders: Sequence[PurchaseOrder]) -> tuple[Incoming, ...]:
    """All units on their way at the reader's moment, each once; `orders` as the operation log has them."""
    shipments = read_shipments(reader)
    ours = list(_of_orders(known(orders, shipments)))
    named = {name for order in orders if not order.cancelled for name in order.shipments}
    theirs = [one for one in shipments if one.id not in named and one.is_open and one.shipped > one.received]
    found = ours + [_of_shipment(one) for one in theirs]
    return tuple(found + list(_beyond(_counted(reader), found)))


def _of_orders(orders: Iterable[PurchaseOrder]) -> Iterator[Incoming]:
    for order in orders:
        if not order.is_open:
            continue
        for line in order.lines:
            if line.open:
                yield Incoming(
                    account=order.account,
                    channel=order.channel,
                    sku=line.sku,
                    units=line.open,
                    stage=order.stage,
                    since=order.reached[order.stage],
                    mode=order.mode,
                    order=order.id,
                    expected=order.promised,
                )


def _of_shipment(one: Shipment) -> Incoming:
    """A shipment that is being received is in; any other is taken to be at sea since it was made."""
    arrived = one.received > 0 or "RECEIV" in one.status.upper()
    since = (one.arrives if arrived else None) or one.created or one.arrives or date.min
    return Incoming(
        account=one.account,
        channel=one.channel,
        sku=one.sku,
        units=one.shipped - one.received,
        stage="checked_in" if arrived else "shipped",
        since=since,
        shipment=one.id,
        expected=one.arrives,
    )


def _beyond(counted: Mapping[Place, tuple[int, date]], found: Iterable[Incoming]) -> Iterator[Incoming]:
    """Units that a platform counts as on their way beyond those that orders and shipments account for."""
    told = defaultdict[Place, int](int)
    for one in found:
        told[one.account, one.channel, one.sku] += one.units if one.stage in _AT_PLATFORM else 0
    for place, (units, day) in counted.items():
        if units > told[place]:
            account, channel, sku = place
            left = units - told[place]
            yield Incoming(account=account, channel=channel, sku=sku, units=left, stage="shipped", since=day)


def _counted(reader: Reader) -> dict[Place, tuple[int, date]]:
    """Units, and since when some are on their way."""
    return {
        (str(account), str(channel), str(sku)): (int(cast("int", units)), cast("date", day))
        for account, channel, sku, units, day in reader.rows(_COUNTED)
    }


def _told(order: PurchaseOrder, shipments: Sequence[Shipment]) -> PurchaseOrder:
    """What the platform received counts, where people have entered less."""
    if not shipments or order.cancelled:
        return order
    created = [one.created for one in shipments if one.created]
    if created:
        order = replace(order, reached=_with(order, "booked", min(created)))
    arrived = [one.arrives for one in shipments if one.arrives and one.received]
    taken = defaultdict[str, int](int)
    for one in shipments:
        taken[one.sku] += one.received
    more = {line.sku: taken[line.sku] - line.received for line in order.lines if taken[line.sku] > line.received}
    if more and arrived:
        order = replace(order, reached=_with(order, "checked_in", min(arrived)))
        order = received(order, max(arrived), more)
    return order


def _with(order: PurchaseOrder, mark: Milestone, day: date) -> dict[Milestone, date]:
    """The milestones with one more; the day that people entered stays."""
    both: dict[Milestone, date] = {mark: day, **order.reached}
    return {name: both[name] for name in MILESTONES if name in both}


def _day(moment: object) -> date | None:
    return cast("datetime", moment).replace(tzinfo=UTC).date() if moment else None
