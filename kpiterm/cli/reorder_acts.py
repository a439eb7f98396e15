"""What people do with suggestions: publish, acknowledge, accept, adjust, snooze; all of it in the operation log."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from kpiterm.analysis.inventory.order.decisions import (
    ACCEPT,
    ACKNOWLEDGE,
    ADJUST,
    PUBLISH,
    SNOOZE,
    published_line,
    read_published,
)
from kpiterm.cli import output, reorders
from kpiterm.errors import OK, UsageError
from kpiterm.i18n import said

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.order.line import Line
    from kpiterm.cli.session import Session

ACTIONS = ("publish", "acknowledge", "accept", "adjust", "snooze")


def configure(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of the five actions."""
    publish = actions.add_parser("publish", help="hand the list to whoever decides; enters it in the operation log")
    publish.add_argument("--note", default="", metavar="TEXT")
    heard = actions.add_parser("acknowledge", help="say that a published list was read")
    heard.add_argument("number", type=int, nargs="?", help="its number in the log (default: the last one)")
    accept = _answer(actions, "accept", "order as suggested")
    accept.add_argument("--reason", default="", metavar="TEXT")
    adjust = _answer(actions, "adjust", "order another quantity")
    adjust.add_argument("--quantity", type=int, required=True, metavar="N")
    adjust.add_argument("--reason", required=True, metavar="TEXT")
    snooze = _answer(actions, "snooze", "decide later")
    snooze.add_argument("--until", required=True, metavar="DATE")
    snooze.add_argument("--reason", required=True, metavar="TEXT")


def _answer(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    parser.add_argument("sku", nargs="+" if name == "accept" else None)
    parser.add_argument("--channel", metavar="C", help="where the SKU is sold on several")
    parser.add_argument("--account", metavar="NAME")
    return parser


def run(args: argparse.Namespace, session: Session) -> int:
    if session.as_of is not None:
        raise UsageError("--as-of looks back; what is decided is decided now", hint="leave --as-of out")
    if args.action == "publish":
        return _publish(args.note, session)
    if args.action == "acknowledge":
        return _acknowledge(args.number, session)
    skus = args.sku if isinstance(args.sku, list) else [args.sku]
    details = [_detail(args, sku, session) for sku in skus]
    kind = {"accept": ACCEPT, "adjust": ADJUST, "snooze": SNOOZE}[args.action]
    return _enter(kind, details, session)


def _publish(note: str, session: Session) -> int:
    plan = reorders.compute(session)
    lines = [published_line(line) for line in reorders.due(plan)]
    detail: dict[str, object] = {"as_of": f"{plan.as_of:%Y-%m-%dT%H:%M:%SZ}", "lines": lines, "note": note}
    return _enter(PUBLISH, [detail], session)


def _acknowledge(number: int | None, session: Session) -> int:
    with session.reader() as reader:
        published = {one.seq: one for one in read_published(reader)}
    if not published:
        raise UsageError("no list was published yet", hint="kpiterm reorder publish")
    chosen = number if number is not None else max(published)
    if chosen not in published:
        raise UsageError(f"entry {chosen} is no published list", hint=f"one of: {', '.join(map(str, published))}")
    if heard := published[chosen].acknowledged:
        raise UsageError(f"list {chosen} was acknowledged by {heard[0]} on {heard[1]}", hint="nothing is left to do")
    return _enter(ACKNOWLEDGE, [{"publish": chosen}], session)


def _detail(args: argparse.Namespace, sku: str, session: Session) -> dict[str, object]:
    line = _line(sku, args.channel, args.account, session)
    detail: dict[str, object] = {
        "account": line.account, "channel": line.channel, "sku": line.sku, "suggested": line.quantity,
        "order_by": f"{line.order_by}" if line.order_by else None, "reason": args.reason,
    }  # fmt: skip
    match args.action:
        case "adjust":
            if args.quantity < 0:
                raise UsageError(f"--quantity {args.quantity}", hint="0 or more")
            return detail | {"quantity": args.quantity}
        case "snooze":
            return detail | {"quantity": line.quantity, "until": f"{_later(args.until, session)}"}
        case _:
            return detail | {"quantity": line.quantity}


def _line(sku: str, channel: str | None, account: str | None, session: Session) -> Line:
    """The one suggestion that is meant. UsageError names the choice."""
    plan = reorders.compute(session, only=sku)
    found = [one for one in plan.lines if channel in {None, one.channel} and account in {None, one.account}]
    if not found:
        raise UsageError(f"no SKU {sku!r} with stock or sales", hint="`kpiterm reorder --all` lists them")
    if len(found) > 1:
        wanted = [one for one in found if one.quantity > 0]
        if len(wanted) != 1:
            places = ", ".join(f"--channel {one.channel} --account {one.account}" for one in found)
            raise UsageError(f"{sku} is sold in {len(found)} places", hint=f"name one: {places}")
        found = wanted
    return found[0]


def _later(text: str, session: Session) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until {text!r} is no day", hint="write 2026-12-01") from None
    if day <= session.now().date():
        raise UsageError(f"--until {text} is not ahead", hint="name a day to come")
    return day


def _enter(kind: str, details: list[dict[str, object]], session: Session) -> int:
    from kpiterm.store import journal

    entries = [journal.append(session.paths.journal, kind, detail) for detail in details]
    if session.json:
        output.answer({"entries": [{"seq": e.seq, "kind": e.kind, "actor": e.actor, **e.detail} for e in entries]})
        return OK
    tell = session.teller()
    for entry in entries if not session.quiet else ():
        if kind == PUBLISH:
            count = len(entry.detail["lines"])  # type: ignore[arg-type]
            output.line(tell(said("list {0} published: {1} SKUs", entry.seq, count)))
        else:
            about = entry.detail.get("sku") or entry.detail.get("publish")
            output.line(tell(said("entry {0}: {1} {2}", entry.seq, kind, about)))
    return OK
