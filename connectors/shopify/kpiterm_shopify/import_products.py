"""Products exports: a record is a variant, a further picture, or both; the first one has the product's own values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files

from kpiterm.plugins import Importer, Note, Output, Payload, Rejected, Row, Shape, Sheet
from kpiterm.plugins.parse import lost_digits, money
from kpiterm_shopify.import_table import PLACE, Line, records, table, written

_NEEDED = ("Handle", "Title", "Option1 Value", "Variant SKU", "Variant Price")
_PRODUCT = ("title", "type", "status", "published")
COLUMNS = ("sku", "title", "price", "unit_cost", "status", "handle", "category", "written_at")
_ONLY_VARIANT = "Default Title"


def recognise(sheet: Sheet) -> bool:
    return sheet.has(*_NEEDED)


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload with the good variants; the others one by one."""
    yield from table(sheet, COLUMNS, _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[Line | Rejected | Note]:
    moment = written(sheet)
    products: dict[str, dict[str, str]] = {}
    told = Counter[str]()
    for number, record in records(sheet):
        handle = record.get("handle", "")
        product = products.setdefault(handle, {name: record[name] for name in _PRODUCT if name in record})
        if "variant price" not in record:
            told["pictures"] += 1
            continue
        try:
            line = {**_variant(record, product), "handle": handle, "written_at": moment.isoformat()}
        except ValueError as error:
            yield Rejected(number, str(error))
            continue
        told["without SKU"] += bool(line["unit_cost"] is not None and not line["sku"])
        yield line
    if told["pictures"]:
        yield Note(f"{told['pictures']} records are further pictures of a product, not variants")
    if told["without SKU"]:
        yield Note(
            f"{told['without SKU']} variants have a cost but no SKU to hold it against: their costs are left out"
        )
    why = "as you say" if "last_day" in sheet.given else "when the file was written"
    yield Note("the file names no currency: prices and costs are taken in the account's (USD without --account), as of "
               f"{moment:%Y-%m-%d}, {why}")  # fmt: skip


def _variant(record: Mapping[str, str], product: Mapping[str, str]) -> dict[str, object]:
    if lost_digits(sku := record.get("variant sku")):
        raise ValueError(f"Variant SKU {sku!r} was cut by a spreadsheet: export the products again")
    options = [record[name] for n in (1, 2, 3) if (name := f"option{n} value") in record]
    variant = " / ".join(option for option in options if option != _ONLY_VARIANT)
    try:
        price, cost = (money(record.get(name), decimal_comma=False) for name in ("variant price", "cost per item"))
    except ValueError as error:
        raise ValueError(f"Variant Price or Cost per item: {error}") from None
    return {
        "sku": sku.removeprefix("'") if sku else None,
        "title": " - ".join(filter(None, (product.get("title"), variant))),
        "price": price,
        "unit_cost": cost,
        "status": _status(product),
        "category": product.get("type"),
    }


def _status(product: Mapping[str, str]) -> str:
    shown = product.get("status") or {"true": "active"}.get(product.get("published", "").casefold(), "")
    return "active" if shown.casefold() == "active" else "inactive"


def _sql(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text("utf-8")


PRODUCTS_FILE = Importer(
    kind="shopify.products",
    title="Shopify products export",
    recognise=recognise,
    read=read,
    marketplace=PLACE,
    columns=_NEEDED,
    shape=Shape(
        columns=dict.fromkeys(COLUMNS, "VARCHAR"),
        required=COLUMNS,
        outputs=(
            Output(into="listing", select=_sql("import_products"), replaces=("sku",)),
            Output(into="cost", select=_sql("import_costs"), replaces=("sku", "valid_from")),
        ),
    ),
)
