"""FBA and merchant stock from the inventory reports: one reading of each SKU at each place.

Most hold no date: their stock was counted on the day that `--period` names, else when the file was first imported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.marketplaces import MARKETPLACES, amazon_channel
from kpiterm.plugins.parse import count, day, lost_digits
from kpiterm_amazon.import_given import span, start_of, taken_at, zone
from kpiterm_amazon.import_table import Header, Line, plain
from kpiterm_amazon.places import PLACES

FBA, MERCHANT = "FBA", "merchant"
_COUNTS = ("available", "inbound", "reserved", "unfulfillable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Which columns of a report add up to each of the store's counts, and where the stock lies."""

    location: str = FBA
    available: tuple[str, ...] = ()
    inbound: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    unfulfillable: tuple[str, ...] = ()
    when: Callable[[Line], bool] = bool

    def of(self, line: Line) -> dict[str, int | None]:
        """The counts of a line; one is None where all of its columns are blank."""
        found: dict[str, int | None] = {}
        for name in _COUNTS:
            units = [value for column in getattr(self, name) if (value := _count(column, line)) is not None]
            found[name] = sum(units) if units else None
        return found


def _count(column: str, line: Line) -> int | None:
    try:
        return count(line[column])
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None


def _read(header: Header, places: tuple[Counts, ...], sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One `stock_level` row for each SKU and place; lines of one SKU in several conditions are added up."""
    found: dict[tuple[object, ...], dict[str, object]] = {}
    seen = Counter[str]()
    for number, line in header.lines(sheet):
        try:
            for key, values in _readings(line, places, seen):
                _add(found.setdefault(key, values), values)
        except ValueError as error:
            yield Rejected(number, str(error))
    yield from (Row("stock_level", values) for values in found.values())
    if seen["blank"]:
        yield Note(f"{seen['blank']} lines give no quantity, such as of SKUs that Amazon fulfils: they are left out")
    if seen["nowhere"]:
        yield Note("the report names no marketplace: name the account with --account")
    if seen["undated"]:
        yield Note("the report holds no date: its stock counts as taken when the file was first imported")


def _readings(
    line: Line, places: tuple[Counts, ...], seen: Counter[str]
) -> Iterator[tuple[tuple[object, ...], dict[str, object]]]:
    sku = line.get("sku")
    if not sku:
        raise ValueError("the SKU is blank")
    if lost_digits(sku):
        raise ValueError(f"the SKU {sku!r} was cut by a spreadsheet")
    channel = _channel(line)
    seen["nowhere"] += channel is None
    moment = _moment(line, channel, seen)
    counts = [(place.location, place.of(line)) for place in places if place.when(line)]
    filled = [(location, units) for location, units in counts if any(n is not None for n in units.values())]
    seen["blank"] += not filled
    for location, units in filled:
        own: dict[str, object] = {
            "channel": channel, "taken_at": moment, "sku": sku, "item_id": line.get("item_id"),
            "title": line.get("title"), "location": location, **units,
        }  # fmt: skip
        yield (channel, moment, sku, own["item_id"], location), own


def _add(into: dict[str, object], values: Mapping[str, object]) -> None:
    """Add the counts of another condition of the same SKU; nothing, where they are the first ones."""
    if into is values:
        return
    for name in _COUNTS:
        first, second = into[name], values[name]
        if isinstance(second, int):
            into[name] = second + (first if isinstance(first, int) else 0)


def _channel(line: Line) -> str | None:
    country = (line.get("country") or "").upper()
    place = PLACES.get({"GB": "UK"}.get(country, country))
    return place.channel if place else line["given_channel"] or amazon_channel(line.get("currency"))


def _moment(line: Line, channel: str | None, seen: Counter[str]) -> object:
    place = MARKETPLACES.get(channel or "")
    if line.get("day"):
        return start_of(day(line["day"]), zone(line, place))
    seen["undated"] += span(line) is None
    return taken_at(line, place)


def _names(**columns: str) -> dict[str, tuple[str, ...]]:
    return {ours: tuple(theirs.split("|")) for ours, theirs in columns.items()}


AFN = Header(
    names=_names(
        sku="seller-sku", item_id="asin", condition="Warehouse-Condition-code", quantity="Quantity Available",
        fnsku="fulfillment-channel-sku",
    ),
    needed=("sku", "item_id", "condition", "quantity", "fnsku"),
)  # fmt: skip
MYI = Header(
    names=_names(
        sku="sku", item_id="asin", title="product-name", fnsku="fnsku", available="afn-fulfillable-quantity",
        unsellable="afn-unsellable-quantity", reserved="afn-reserved-quantity", total="afn-total-quantity",
        working="afn-inbound-working-quantity", shipped="afn-inbound-shipped-quantity",
        receiving="afn-inbound-receiving-quantity", own="mfn-fulfillable-quantity", own_listing="mfn-listing-exists",
    ),
    needed=("sku", "item_id", "available", "unsellable", "reserved", "total"),
)  # fmt: skip
RESTOCK = Header(
    names=_names(
        country="Country", title="Product Name", sku="Merchant SKU", item_id="ASIN", currency="Currency code",
        inbound="Inbound", available="Available", transfer="FC transfer", processing="FC Processing",
        customer="Customer Order", unsellable="Unfulfillable", advised="Recommended replenishment qty",
    ),
    needed=("sku", "item_id", "inbound", "available", "transfer", "unsellable", "advised"),
)  # fmt: skip
PLANNING = Header(
    names=_names(
        day="snapshot-date", sku="sku", item_id="asin", title="product-name", available="available",
        inbound="inbound-quantity", reserved="Total Reserved Quantity", unsellable="unfulfillable-quantity",
        currency="currency", age="inv-age-0-to-90-days",
    ),
    needed=("day", "sku", "item_id", "available", "age"),
)  # fmt: skip
RESERVED = Header(
    names=_names(
        sku="sku", item_id="asin", title="product-name", fnsku="fnsku", reserved="reserved_qty",
        customer="reserved_customerorders", transfers="reserved_fc-transfers",
    ),
    needed=("sku", "item_id", "reserved", "customer", "transfers"),
)  # fmt: skip
OWN = Header(names=_names(sku="sku", item_id="asin", quantity="quantity"), needed=("sku", "quantity"))
_OWN_COLUMNS = {"sku", "asin", "price", "quantity", "product-id", "business price", "minimum-seller-allowed-price",
                "maximum-seller-allowed-price"}  # fmt: skip


def _is_own(sheet: Sheet) -> bool:
    """The inventory report has so few columns that any other one means another file."""
    return OWN(sheet) and {plain(cell) for cell in sheet.header} <= _OWN_COLUMNS


def _sellable(line: Line) -> bool:
    return (line["condition"] or "").upper() == "SELLABLE"


def _importer(kind: str, title: str, header: Header, *places: Counts) -> Importer:
    recognise = _is_own if header is OWN else header
    return Importer(
        kind=kind, title=title, recognise=recognise, read=partial(_read, header, places), columns=header.columns
    )


INVENTORY = (
    _importer(
        "amazon.afn_inventory", "Amazon-fulfilled inventory", AFN, Counts(available=("quantity",), when=_sellable),
        Counts(unfulfillable=("quantity",), when=lambda line: not _sellable(line)),
    ),
    _importer(
        "amazon.myi_inventory", "Manage FBA inventory", MYI,
        Counts(
            available=("available",), inbound=("working", "shipped", "receiving"), reserved=("reserved",),
            unfulfillable=("unsellable",),
        ),
        Counts(location=MERCHANT, available=("own",), when=lambda line: (line["own_listing"] or "") == "Yes"),
    ),
    _importer(
        "amazon.restock_inventory", "FBA restock inventory", RESTOCK,
        Counts(
            available=("available",), inbound=("inbound",), reserved=("transfer", "processing", "customer"),
            unfulfillable=("unsellable",),
        ),
    ),
    _importer(
        "amazon.planning_inventory", "FBA inventory planning (health, age)", PLANNING,
        Counts(
            available=("available",), inbound=("inbound",), reserved=("reserved",), unfulfillable=("unsellable",)
        ),
    ),
    _importer("amazon.reserved_inventory", "FBA reserved inventory", RESERVED, Counts(reserved=("reserved",))),
    _importer(
        "amazon.merchant_inventory", "Inventory report", OWN, Counts(location=MERCHANT, available=("quantity",))
    ),
)  # fmt: skip
