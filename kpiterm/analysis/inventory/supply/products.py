"""Reads and writes `supply/products.csv`: how each SKU is bought."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from kpiterm.analysis.inventory.supply import words
from kpiterm.analysis.inventory.supply.model import STAGES, Spread, Stage, Supply, Terms, Tier
from kpiterm.analysis.inventory.supply.rows import Columns, Row, rows
from kpiterm.config.toml import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from kpiterm.analysis.inventory.supply.faults import Faults
    from kpiterm.plugins import Sheet

COLUMNS: Columns = {
    "sku": ("seller sku", "msku", "商品编码"),
    "account": ("店铺", "账号"),
    "supplier": ("vendor", "供应商"),
    "moq": ("min order", "minimum order quantity", "起订量", "最小起订量"),
    "carton": ("units per carton", "箱规", "单箱数量"),
    "currency": ("币种",),
    "unit_cost": ("cost", "采购单价", "采购成本"),
    "weight_kg": ("重量kg", "单品毛重kg"),
    "volume_l": ("体积l",),
    "modes": ("ship modes", "运输方式"),
    "production": ("production days", "生产天数"),
    "qc": ("qc days", "质检天数"),
    "booking": ("booking days", "订舱天数"),
    "transit": ("transit days", "头程天数"),
    "port": ("port days", "港口天数"),
    "receiving": ("receiving days", "入仓天数"),
    "analogue": ("analog", "类比sku"),
}


def read_products(sheet: Sheet, supply: Supply, faults: Faults, *, strict: bool = True) -> tuple[Terms, ...]:
    """The terms of a table's rows; suppliers and modes must be those of `supply`, where it declares any."""
    found: dict[tuple[str | None, str], Terms] = {}
    for row in rows(sheet, COLUMNS, ("sku", "supplier"), faults, strict=strict):
        terms = _terms(row, supply)
        if terms is None:
            continue
        if (terms.account, terms.sku) in found:
            row.fault("sku", "the SKU is there twice for the same account", "keep one of the rows")
        found[terms.account, terms.sku] = terms
    return tuple(found.values())


def merged(old: Iterable[Terms], new: Iterable[Terms]) -> tuple[Terms, ...]:
    """The old rows, each replaced by a new one for the same account and SKU; then the others."""
    both = {(terms.account, terms.sku): terms for terms in old}
    return tuple((both | {(terms.account, terms.sku): terms for terms in new}).values())


def write_products(terms: Iterable[Terms]) -> str:
    """The table as CSV, as `read_products` reads it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    for item in terms:
        stages: dict[str, str] = {stage: words.spread_text(spread) for stage, spread in item.stages.items()}
        writer.writerow(
            {
                "sku": item.sku, "account": item.account, "supplier": item.supplier, "moq": item.moq,
                "carton": item.carton, "currency": item.currency, "unit_cost": words.tiers_text(item.tiers),
                "weight_kg": item.weight_kg, "volume_l": item.volume_l, "modes": ";".join(item.modes),
                "analogue": item.analogue, **stages,
            }
        )  # fmt: skip
    return out.getvalue()


def _terms(row: Row, supply: Supply) -> Terms | None:
    sku, supplier = row.text("sku", required=True), row.text("supplier", required=True)
    modes = words.listed(row.text("modes"))
    _known(row, "supplier", (supplier,) if supplier else (), supply.suppliers)
    _known(row, "modes", modes, supply.modes)
    terms = Terms(
        sku=sku or "",
        supplier=supplier or "",
        account=row.text("account"),
        moq=row.whole("moq", 1, least=1) or 1,
        carton=row.whole("carton", 1, least=1) or 1,
        currency=_currency(row),
        tiers=_tiers(row),
        weight_kg=row.number("weight_kg"),
        volume_l=row.number("volume_l"),
        modes=modes,
        stages=_stages(row),
        analogue=row.text("analogue"),
    )
    return terms if sku and supplier else None


def _known(row: Row, key: str, found: Iterable[str], declared: Collection[str]) -> None:
    for name in found:
        if declared and name not in declared:
            hint = f"{did_you_mean(name, declared)}; or declare it in supply.toml"
            row.fault(key, f"{name!r} is not in supply.toml", hint)


def _currency(row: Row) -> str | None:
    found = row.text("currency")
    if found and not (len(found) == 3 and found.isascii() and found.isupper()):
        row.fault("currency", f"found {found!r}", "write a currency, such as USD")
        return None
    return found


def _tiers(row: Row) -> tuple[Tier, ...]:
    text = row.text("unit_cost")
    found = words.tiers(text) if text else ()
    if found is None:
        row.fault("unit_cost", f"found {text!r}", f"write {words.TIERS_LIKE}")
    return found or ()


def _stages(row: Row) -> dict[Stage, Spread]:
    found = {}
    for stage in STAGES:
        text = row.text(stage)
        spread = words.spread(text) if text else None
        if spread:
            found[stage] = spread
        elif text:
            row.fault(stage, f"found {text!r}", f"write {words.SPREAD_LIKE}")
    return found
