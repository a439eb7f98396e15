"""`kpiterm po`: purchase orders and how far they have come; every entry goes to the operation log."""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import output, supplies
from kpiterm.cli.commands import po_lines
from kpiterm.errors import OK, UsageError
from kpiterm.i18n import said

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.supply.model import Milestone, PurchaseOrder, Supply
    from kpiterm.cli.session import Session

_MILESTONES = ("produced", "qc", "booked", "shipped", "port", "checked_in")


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|list|advance|receive|cancel|import")
    add = _step(actions.add_parser("add", help="enter an order"), "ordered on")
    add.add_argument("--supplier", required=True, metavar="ID")
    add.add_argument("--line", required=True, action="append", metavar="SKU=UNITS[@COST]", help="may be repeated")
    add.add_argument("--account", metavar="NAME", help="whose stock it becomes (default: the only one with the SKU)")
    add.add_argument("--channel", metavar="C", help="where it will be sold, e.g. amazon.com (default: likewise)")
    add.add_argument("--mode", metavar="ID", help="the ship mode, e.g. sea")
    add.add_argument("--currency", metavar="CUR", help="of the unit costs (default: the supplier's)")
    advance = _step(actions.add_parser("advance", help="it has reached a milestone"), "reached on")
    advance.add_argument("milestone", choices=_MILESTONES)
    for shipped in (add, advance):
        shipped.add_argument("--shipment", action="append", default=[], metavar="ID", help="the platform's shipment id")
        shipped.add_argument("--promised", metavar="DATE", help="when it should be at the platform's warehouse")
    receive = _step(actions.add_parser("receive", help="units have arrived, all or some"), "received on")
    some = receive.add_mutually_exclusive_group(required=True)
    some.add_argument("--all", action="store_true", help="all that is open")
    some.add_argument("--line", action="append", default=[], metavar="SKU=UNITS", help="may be repeated")
    _step(actions.add_parser("cancel", help="nothing more will come of it"), "").add_argument("--note", default="")
    shown = actions.add_parser("list", help="orders, where they are and what is open")
    shown.add_argument("--open", action="store_true", help="open ones only")
    shown.add_argument("--sku", metavar="S", help="those with this SKU")
    load = actions.add_parser("import", help="orders of a CSV or XLSX file; one known already is replaced")
    load.add_argument("file", type=Path)


def _step(parser: argparse.ArgumentParser, day: str) -> argparse.ArgumentParser:
    parser.add_argument("id", help="the order's number")
    if day:
        parser.add_argument("--day", metavar="DATE", help=f"{day} (default: today)")
    return parser


def run(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.paths import private_dir
    from kpiterm.store.lock import brief_lock

    if args.action == "list":
        return _list(args, session, list(_known(session).values()))
    private_dir(session.paths.store)
    with brief_lock(session.paths.store / "orders.lock"):  # what is entered follows from what is known by then
        match args.action:
            case "import":
                return _import(args.file, session)
            case "add":
                return _add(args, session, _known(session))
            case _:
                return _change(args, session, _order(args.id, _known(session)))


def _known(session: Session) -> dict[str, PurchaseOrder]:
    """The orders, with what platforms tell of the shipments that they name."""
    from kpiterm.analysis.inventory.supply.incoming import known, read_shipments
    from kpiterm.analysis.inventory.supply.orders import read_orders

    with session.reader() as reader:
        return {order.id: order for order in known(read_orders(reader), read_shipments(reader))}


def _order(name: str, known: Mapping[str, PurchaseOrder]) -> PurchaseOrder:
    from kpiterm.config.toml import did_you_mean

    if name not in known:
        raise UsageError(f"there is no order {name!r}", hint=f"{did_you_mean(name, known)}; kpiterm po list")
    return known[name]


def _add(args: argparse.Namespace, session: Session, known: Mapping[str, PurchaseOrder]) -> int:
    from kpiterm.analysis.inventory.supply.model import PurchaseOrder
    from kpiterm.analysis.inventory.supply.orders import to_detail

    if not args.id.strip():
        raise UsageError("an order needs a number", hint="such as PO-17")
    if args.id in known:
        hint = f"kpiterm po advance {args.id} …, or cancel it and enter it under another number"
        raise UsageError(f"order {args.id!r} is there already", hint=hint)
    supply = supplies.load_supply(session.paths)
    _declared("supplier", args.supplier, supply.suppliers)
    _declared("ship mode", args.mode, supply.modes)
    lines = tuple(po_lines.ordered(text) for text in args.line)
    account, channel = po_lines.place(session, lines[0].sku, args.account, args.channel)
    supplier = supply.suppliers.get(args.supplier)
    order = PurchaseOrder(
        id=args.id,
        supplier=args.supplier,
        account=account,
        channel=channel,
        mode=args.mode,
        currency=args.currency or (supplier.currency if supplier else None),
        lines=lines,
        reached={"ordered": po_lines.day(args.day, session)},
        shipments=tuple(args.shipment),
        promised=po_lines.day(args.promised, session, future=True) if args.promised else None,
    )
    return _enter(session, "po.add", to_detail(order))


def _declared(what: str, name: str | None, known: Collection[str]) -> None:
    """Refuse a name that supply.toml does not have, where it has any."""
    from kpiterm.config.toml import did_you_mean

    if name and known and name not in known:
        hint = f"{did_you_mean(name, known)}; or declare it in supply.toml"
        raise UsageError(f"{what} {name!r} is not in supply.toml", hint=hint)


def _change(args: argparse.Namespace, session: Session, order: PurchaseOrder) -> int:
    if order.cancelled:
        raise UsageError(f"order {order.id!r} was cancelled", hint="enter it anew under another number")
    if args.action == "cancel":
        return _enter(session, "po.cancel", {"id": order.id, "note": args.note})
    day = po_lines.day(args.day, session)
    if args.action == "advance":
        _possible({**order.reached, args.milestone: day}, session)
        promised = str(po_lines.day(args.promised, session, future=True)) if args.promised else None
        said = {"milestone": args.milestone, "day": str(day), "shipments": args.shipment, "promised": promised}
        return _enter(session, "po.advance", {"id": order.id, **said})
    open_units = Counter[str]()
    for line in order.lines:
        open_units[line.sku] += line.open
    units = dict(+open_units) if args.all else po_lines.received(args.line, open_units, order.id)
    if not units:
        raise UsageError(
            f"nothing of order {order.id!r} is open", hint=f"kpiterm po list --json shows order {order.id}"
        )
    _possible({**order.reached, "received": day}, session)
    lines = [{"sku": sku, "units": count} for sku, count in units.items()]
    return _enter(session, "po.receive", {"id": order.id, "day": str(day), "lines": lines})


def _possible(reached: Mapping[Milestone, date], session: Session) -> None:
    from kpiterm.analysis.inventory.supply.order_rows import check_reached

    wrong = check_reached(reached, session.now().date())
    if wrong:
        raise UsageError(f"{wrong[0]}: {wrong[1]}", hint=wrong[2])


def _enter(session: Session, kind: str, detail: Mapping[str, object]) -> int:
    from kpiterm.store import journal

    entry = journal.append(session.paths.journal, kind, detail)
    if session.json:
        output.answer({"entry": entry.seq, "kind": kind, **detail})
    elif not session.quiet:
        told = said("entered as no. {0} of the operation log; kpiterm po list shows where it stands", entry.seq)
        output.note(session.teller()(told))
    return OK


def _list(args: argparse.Namespace, session: Session, orders: Sequence[PurchaseOrder]) -> int:
    shown = [order for order in orders if order.is_open or not args.open]
    shown = [order for order in shown if args.sku is None or any(line.sku == args.sku for line in order.lines)]
    if session.json:
        output.answer({"orders": [supplies.order_json(order) for order in shown]})
        return OK
    rows = [po_lines.row(order) for order in shown]
    output.table(("order", "supplier", "channel", "by", "stage", "since", "units", "open", "SKUs"), rows, right=(6, 7))
    return OK


def _import(file: Path, session: Session) -> int:
    from kpiterm.analysis.inventory.supply.faults import Faults
    from kpiterm.analysis.inventory.supply.order_rows import COLUMNS, read_order_rows
    from kpiterm.analysis.inventory.supply.orders import read_orders, to_detail
    from kpiterm.analysis.inventory.supply.rows import ignored

    supply, faults = supplies.load_supply(session.paths), Faults()
    sheet = supplies.only_sheet(file, faults)
    with session.reader() as reader:
        place, entered = supplies.places(reader), {order.id: order for order in read_orders(reader)}
    today = session.now().date()
    found = read_order_rows(sheet, supply, faults, today=today, place=place) if sheet else ()
    faults.end()
    found = tuple(replace(order, currency=order.currency or _currency(supply, order)) for order in found)
    cancelled = {order.id for order in entered.values() if order.cancelled}
    changed = [order for order in found if order.id not in cancelled and entered.get(order.id) != order]
    others = ignored(sheet, COLUMNS) if sheet else []
    if others and not session.quiet:
        output.note(f"columns not read: {', '.join(others)}")
    if not changed:
        return _nothing_new(len(found), session)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    detail = {"file": file.name, "sha256": digest, "orders": [to_detail(order) for order in changed]}
    if not session.json:
        output.line(f"{file.name}: {len(changed)} orders entered, {len(found) - len(changed)} unchanged")
    return _enter(session, "po.import", detail)


def _currency(supply: Supply, order: PurchaseOrder) -> str | None:
    supplier = supply.suppliers.get(order.supplier)
    return supplier.currency if supplier else None


def _nothing_new(orders: int, session: Session) -> int:
    if session.json:
        output.answer({"orders": [], "unchanged": orders})
    else:
        output.line(f"nothing new: {orders} orders are as they were")
    return OK
