"""Reads purchase orders from a table: a row for each line of an order, with the order's own columns in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from kpiterm.analysis.inventory.supply import words
from kpiterm.analysis.inventory.supply.model import MILESTONES, Milestone, OrderLine, PurchaseOrder, Supply
from kpiterm.analysis.inventory.supply.rows import Columns, Row, rows
from kpiterm.config.toml import did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from kpiterm.analysis.inventory.supply.faults import Faults
    from kpiterm.plugins import Sheet

Placing = Callable[[str], Sequence[tuple[str, str]]]
"""The accounts and channels on which a SKU is known."""

COLUMNS: Columns = {
    "po": ("po number", "purchase order", "order id", "采购单号"),
    "supplier": ("vendor", "供应商"),
    "account": ("店铺", "账号"),
    "channel": ("marketplace", "站点", "渠道"),
    "mode": ("ship mode", "运输方式"),
    "sku": ("seller sku", "msku", "商品编码"),
    "units": ("quantity", "qty", "采购数量", "数量"),
    "unit_cost": ("采购单价", "单价"),
    "currency": ("币种",),
    "ordered": ("order date", "下单日期", "下单时间"),
    "produced": ("production finished", "生产完成"),
    "qc": ("qc passed", "质检完成"),
    "booked": ("booking date", "订舱日期"),
    "shipped": ("ship date", "departed", "发货日期"),
    "port": ("arrived at port", "到港日期"),
    "checked_in": ("delivered", "签收日期"),
    "received": ("received on", "入库日期"),
    "received_units": ("units received", "入库数量", "已入库数量"),
    "shipment": ("shipment id", "shipments", "fba shipment id", "货件编号"),
    "promised": ("eta", "预计到货"),
}
_SAME = ("supplier", "account", "channel", "mode", "currency", "shipment", "promised", *MILESTONES)


def read_order_rows(
    sheet: Sheet, supply: Supply, faults: Faults, *, today: date, place: Placing
) -> tuple[PurchaseOrder, ...]:
    """The orders of a table, in its order. An account or channel left out is the only one that knows the SKU."""
    groups: dict[str, list[Row]] = {}
    for row in rows(sheet, COLUMNS, ("po", "supplier", "sku", "units", "ordered"), faults, strict=False):
        name = row.text("po", required=True)
        if name:
            groups.setdefault(name, []).append(row)
    found = [_order(name, group, supply, today, place) for name, group in groups.items()]
    return tuple(order for order in found if order)


def check_reached(reached: Mapping[Milestone, date], today: date) -> tuple[Milestone, str, str] | None:
    """The milestone whose day cannot be, what is wrong with it and the remedy."""
    before = None
    for name in MILESTONES:
        day = reached.get(name)
        if day is None:
            continue
        if day > today:
            return name, f"{day} is still to come", "enter only what has happened; an expected arrival is `promised`"
        if before and day < reached[before]:
            return name, f"{day} is before {before} ({reached[before]})", "correct one of the two days"
        before = name
    return None


def _order(name: str, group: Sequence[Row], supply: Supply, today: date, place: Placing) -> PurchaseOrder | None:
    first = group[0]
    for row in group[1:]:
        for key in _SAME:
            if row.cells.get(key, first.cells.get(key)) != first.cells.get(key):
                row.fault(
                    key, f"order {name} has another one in row {first.line}", "give an order one value, or two ids"
                )
    reached = _reached(first, today)
    account, channel = _place(first, place)
    supplier = first.text("supplier", required=True)
    if supplier and supply.suppliers and supplier not in supply.suppliers:
        hint = f"{did_you_mean(supplier, supply.suppliers)}; or declare it in supply.toml"
        first.fault("supplier", f"{supplier!r} is not in supply.toml", hint)
    lines = [_line(row, done="received" in reached) for row in group]
    if not (supplier and account and channel and "ordered" in reached):
        return None
    return PurchaseOrder(
        id=name,
        supplier=supplier,
        account=account,
        channel=channel,
        mode=first.text("mode"),
        currency=first.text("currency"),
        lines=tuple(line for line in lines if line),
        reached=reached,
        shipments=words.listed(first.text("shipment")),
        promised=first.day("promised"),
    )


def _reached(row: Row, today: date) -> dict[Milestone, date]:
    found: dict[Milestone, date] = {}
    for name in MILESTONES:
        if day := row.day(name):
            found[name] = day
    if "ordered" not in row.cells:
        row.fault("ordered", "empty", "fill in the day on which it was ordered, such as 2026-11-23")
    wrong = check_reached(found, today)
    if wrong:
        row.fault(*wrong)
    return found


def _place(row: Row, place: Placing) -> tuple[str | None, str | None]:
    account, channel = row.text("account"), row.text("channel")
    if account and channel:
        return account, channel
    known = [
        (one, other)
        for one, other in place(row.text("sku") or "")
        if account in {None, one} and channel in {None, other}
    ]
    if len(known) == 1:
        return known[0]
    where = ", ".join(f"{one} on {other}" for one, other in known) or "nowhere"
    row.fault("account", f"the SKU is known {where}", "fill in account and channel")
    return None, None


def _line(row: Row, *, done: bool) -> OrderLine | None:
    """Where an order is received and no number says otherwise, all of it is."""
    sku, units = row.text("sku", required=True), row.whole("units", least=1)
    if units is None and "units" not in row.cells:
        row.fault("units", "empty", "fill in the units ordered")
    if not sku or units is None:
        return None
    taken = row.whole("received_units", units if done else 0)
    if taken is not None and taken > units:
        row.fault("received_units", f"{taken} are more than the {units} ordered", "correct one of the two")
    return OrderLine(sku=sku, units=units, unit_cost=row.number("unit_cost"), received=min(taken or 0, units))
