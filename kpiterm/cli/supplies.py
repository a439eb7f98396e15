"""People's supply files and purchase orders, as commands need them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kpiterm.analysis.inventory.lead.route import Experience
    from kpiterm.analysis.inventory.supply.faults import Faults
    from kpiterm.analysis.inventory.supply.model import Incoming, PurchaseOrder, Supply
    from kpiterm.analysis.reader import Reader
    from kpiterm.paths import Paths
    from kpiterm.plugins import Sheet

_PLACES = """SELECT DISTINCT sku, account, channel FROM (
    SELECT sku, account, channel FROM stock_level UNION ALL SELECT sku, account, channel FROM listing
) WHERE sku IS NOT NULL AND account IS NOT NULL AND channel IS NOT NULL ORDER BY ALL"""


def supply_file(paths: Paths) -> Path:
    """Suppliers, ship modes, rates, limits and events."""
    return paths.root / "supply.toml"


def products_file(paths: Paths) -> Path:
    """How each SKU is bought."""
    return paths.root / "supply" / "products.csv"


def load_supply(paths: Paths) -> Supply:
    """All that people's files say; nothing where there are none. One ConfigError tells all their faults."""
    from kpiterm.analysis.inventory.supply.faults import Faults

    faults = Faults()
    found = read(paths, faults)
    faults.end()
    return found


def read(paths: Paths, faults: Faults) -> Supply:
    """The same, with the faults noted instead of raised."""
    from dataclasses import replace

    from kpiterm.analysis.inventory.supply.files import read_supply
    from kpiterm.analysis.inventory.supply.products import read_products

    found = read_supply(supply_file(paths), faults)
    products = products_file(paths)
    if not products.exists():
        return found
    sheet = only_sheet(products, faults)
    return replace(found, terms=read_products(sheet, found, faults)) if sheet else found


def only_sheet(path: Path, faults: Faults) -> Sheet | None:
    """The table of a CSV or XLSX file; the first one of a workbook with several."""
    from kpiterm.plugins import DataError
    from kpiterm.sync.sheets import open_sheets

    try:
        found = open_sheets(path)
    except DataError as error:
        faults.add(path, "file", str(error), error.hint)
        return None
    if not found:
        faults.add(path, "file", "holds no table", "save it as CSV or XLSX with one heading for each column")
    return found[0] if found else None


def pipeline(reader: Reader, supply: Supply) -> tuple[tuple[PurchaseOrder, ...], tuple[Incoming, ...], Experience]:
    """Orders with what platforms tell of them, all that is on its way, and how long stages took."""
    from kpiterm.analysis.inventory.lead.learn import experience
    from kpiterm.analysis.inventory.supply.incoming import known, read_incoming, read_shipments
    from kpiterm.analysis.inventory.supply.orders import read_orders

    entered = read_orders(reader)
    orders = known(entered, read_shipments(reader))
    return orders, read_incoming(reader, entered), experience(orders, supply)


def places(reader: Reader) -> Callable[[str], Sequence[tuple[str, str]]]:
    """Where each SKU is stocked or listed: accounts and channels."""
    found: dict[str, list[tuple[str, str]]] = {}
    for sku, account, channel in reader.rows(_PLACES):
        found.setdefault(str(sku), []).append((str(account), str(channel)))
    return lambda sku: found.get(sku, [])


def order_json(order: PurchaseOrder) -> Mapping[str, object]:
    """An order as `--json` shows it."""
    from kpiterm.analysis.inventory.supply.orders import to_detail

    shown = to_detail(order)
    state = "cancelled" if order.cancelled else "open" if order.is_open else "received"
    return {**shown, "stage": order.stage, "state": state, "open_units": sum(line.open for line in order.lines)}
