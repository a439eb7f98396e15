"""`kpiterm supply`: what people's files say of suppliers, ship modes and SKUs, and the lead times that follow."""

from __future__ import annotations

import argparse
import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import output, supplies
from kpiterm.cli.commands import supply_fees
from kpiterm.errors import OK, USAGE, UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.lead.summary import LeadTime
    from kpiterm.analysis.inventory.supply.model import Terms
    from kpiterm.cli.session import Session

_HEAD = ("supplier", "by", "channel", "sku", "p50", "p90", "declared", "sellable", "shipments seen")


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="check|show|import|fees")
    actions.add_parser("check", help="read supply.toml and supply/products.csv and name every fault")
    show = actions.add_parser("show", help="terms and lead times: what is declared, what is learnt, what follows")
    show.add_argument("--sku", metavar="S", help="how one SKU is bought")
    show.add_argument("--day", metavar="DATE", help="lead times of orders of that day (default: today)")
    supply_fees.configure(actions.add_parser("fees", help="what platforms charge for stock, and who says so"))
    load = actions.add_parser("import", help="take rows of a CSV or XLSX file into supply/products.csv")
    load.add_argument("file", type=Path)


def run(args: argparse.Namespace, session: Session) -> int:
    match args.action:
        case "check":
            return _check(session)
        case "show":
            return _show(args, session)
        case "fees":
            return supply_fees.run(args, session)
        case _:
            return _import(args.file, session)


def _check(session: Session) -> int:
    from kpiterm.analysis.inventory.supply.faults import Faults

    faults = Faults()
    found = supplies.read(session.paths, faults)
    counts = {
        "suppliers": len(found.suppliers),
        "modes": len(found.modes),
        "products": len(found.terms),
        "events": len(found.events),
    }
    if session.json:
        listed = [{"message": fault.message, "remedy": fault.remedy} for fault in faults.found]
        output.answer({"faults": listed, **counts})
        return USAGE if listed else OK
    faults.end()
    output.line("no fault found: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    if not found.terms and not session.quiet:
        output.note(f"next: fill in {supplies.products_file(session.paths)}     (or: kpiterm supply import FILE)")
    return OK


def _show(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.analysis.inventory.lead.summary import lead_times

    supply, day = supplies.load_supply(session.paths), _day(args.day, session)
    shown = [terms for terms in supply.terms if args.sku in {None, terms.sku}]
    if args.sku and not shown:
        raise UsageError(f"no terms of SKU {args.sku!r}", hint="add a row to supply/products.csv")
    with session.reader() as reader:
        orders, _, experience = supplies.pipeline(reader, supply)
        place = supplies.places(reader)
    channels = sorted({channel for terms in shown for _, channel in place(terms.sku)}) or ["*"]
    found = list(lead_times(supply, experience, channels, day, args.sku))
    if session.json:
        routes = [_route_json(one) for one in found]
        terms = [_terms_json(item) for item in shown]
        output.answer({"day": str(day), "orders": len(orders), "routes": routes, "products": terms})
        return OK
    for item in shown if args.sku else ():
        output.line(", ".join(f"{key} {value}" for key, value in _terms_json(item).items() if value))
    output.table(_HEAD, [_row(one) for one in found], right=(4, 5, 6, 8))
    return OK


def _row(one: LeadTime) -> tuple[str, ...]:
    days = (str(one.p50), str(one.p90), str(one.declared))
    return one.supplier, one.mode, one.channel, one.sku or "", *days, str(one.sellable), str(max(one.learnt.values()))


def _route_json(one: LeadTime) -> dict[str, object]:
    return {
        "supplier": one.supplier,
        "mode": one.mode,
        "channel": one.channel,
        "sku": one.sku,
        "lead_days": {"p50": one.p50, "p90": one.p90},
        "declared_p50": one.declared,
        "sellable": str(one.sellable),
        "learnt": one.learnt,
    }


def _terms_json(terms: Terms) -> dict[str, object]:
    from kpiterm.analysis.inventory.supply import words

    return {
        "sku": terms.sku,
        "account": terms.account,
        "supplier": terms.supplier,
        "moq": terms.moq,
        "carton": terms.carton,
        "currency": terms.currency,
        "unit_cost": words.tiers_text(terms.tiers) or None,
        "weight_kg": None if terms.weight_kg is None else str(terms.weight_kg),
        "volume_l": None if terms.volume_l is None else str(terms.volume_l),
        "modes": list(terms.modes),
        "stages": {stage: words.spread_text(spread) for stage, spread in terms.stages.items()},
        "analogue": terms.analogue,
    }


def _import(file: Path, session: Session) -> int:
    from kpiterm.analysis.inventory.supply.faults import Faults
    from kpiterm.analysis.inventory.supply.products import COLUMNS, merged, read_products, write_products
    from kpiterm.analysis.inventory.supply.rows import ignored
    from kpiterm.paths import private_dir
    from kpiterm.store import journal

    faults = Faults()
    old = supplies.read(session.paths, faults)
    sheet = supplies.only_sheet(file, faults)
    new = read_products(sheet, old, faults, strict=False) if sheet else ()
    faults.end()
    target = supplies.products_file(session.paths)
    private_dir(target.parent)
    fresh = target.with_suffix(".new")
    fresh.write_text(write_products(merged(old.terms, new)), "utf-8")
    fresh.replace(target)
    others = ignored(sheet, COLUMNS) if sheet else []
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    detail = {"file": file.name, "sha256": digest, "products": len(new)}
    entry = journal.append(session.paths.journal, "supply.import", detail)
    if session.json:
        output.answer({**detail, "ignored": others, "entry": entry.seq})
        return OK
    output.line(f"{file.name}: {len(new)} products taken into {target}")
    if others and not session.quiet:
        output.note(f"columns not read: {', '.join(others)}")
    return OK


def _day(text: str | None, session: Session) -> date:
    try:
        return date.fromisoformat(text) if text else session.now().date()
    except ValueError:
        raise UsageError(f"--day {text!r} is no day", hint="write 2026-11-23") from None
