"""`kpiterm notify`: whom alerts go to. Addresses are asked for or read from stdin, and go to the keyring."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING, cast

from kpiterm.cli import alerts, output
from kpiterm.cli.session import Session, interactive
from kpiterm.errors import CREDENTIALS, OK, TRANSIENT, KpitermError, UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.alerts import Severity
    from kpiterm.analysis.alerts.words import Language
    from kpiterm.notify.channels import Channel

_LEVELS = ("info", "warning", "critical")
_ADDRESS = "an apprise address, such as slack://… or mailto://…"


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|list|test|remove")
    add = actions.add_parser("add", help="declare a channel (or change it) and ask for its address")
    add.add_argument("name", help="your name for it, e.g. ops")
    add.add_argument("--secret-stdin", action="store_true", help="read the address from stdin")
    add.add_argument("--severity", choices=_LEVELS, help="the least that it hears of (default: warning)")
    add.add_argument("--quiet-hours", metavar="H", help="when to leave it alone, e.g. 22:00-08:00; none to forget them")
    add.add_argument("--timezone", metavar="Z", help="whose hours these are, e.g. Asia/Shanghai (default: the board's)")
    add.add_argument(
        "--break-through", action=argparse.BooleanOptionalAction, help="a new critical alert is sent in quiet hours too"
    )
    actions.add_parser("list", help="every channel; never its address")
    test = actions.add_parser("test", help="send a line to a channel, or to all")
    test.add_argument("name", nargs="?")
    actions.add_parser("remove", help="forget a channel and its address").add_argument("name")


def run(args: argparse.Namespace, session: Session) -> int:
    match args.action:
        case "add":
            return _add(args, session)
        case "list":
            return _list(session)
        case "test":
            return _test(args.name, session)
        case _:
            return _remove(args.name, session)


def _add(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.notify.channels import SECRETS, check_name, load_channels, save_channel
    from kpiterm.notify.deliver import service_of

    check_name(args.name)
    known = next((c for c in load_channels(session.paths) if c.name == args.name), None)
    stored = session.secrets().get(SECRETS, args.name)
    address = _address(args, stored=stored)
    service = service_of(address)
    if service is None:
        raise UsageError(f"the address given for {args.name!r} is not understood", hint=f"write {_ADDRESS}")
    channel = _channel(args, session, known, service)
    if address != stored:
        session.secrets().put(SECRETS, args.name, address)
    file = save_channel(session.paths, channel)
    if session.json:
        output.answer({"channel": _document(channel)})
    elif not session.quiet:
        output.note(f"{channel.name}: {service}, in {channel.language}, from {channel.severity} on ({file})")
        output.note(f"next: kpiterm notify test {channel.name}")
    return OK


def _address(args: argparse.Namespace, *, stored: str | None) -> str:
    """From stdin, else asked for; Enter keeps the stored one."""
    if args.secret_stdin:
        given = sys.stdin.readline().strip()
    elif interactive():
        how = "Enter keeps the stored one" if stored else "required"
        given = getpass.getpass(f"address: {_ADDRESS} ({how}): ", stream=sys.stderr).strip()
    else:
        given = ""
    if not given and (args.secret_stdin or not stored):
        raise KpitermError(
            f"no address was given for {args.name!r}",
            hint=f"run it on a terminal, or pass it on standard input: kpiterm notify add {args.name} --secret-stdin",
            exit_code=CREDENTIALS,
        )
    return given or stored or ""


def _channel(args: argparse.Namespace, session: Session, known: Channel | None, service: str) -> Channel:
    """What was there before, changed by what was given."""
    from kpiterm.notify.channels import Channel, check_hours, check_timezone

    config = session.config()
    zone = args.timezone or (known.timezone if known else config.timezone)
    quiet = known.quiet if known else None
    if args.quiet_hours:
        quiet = None if args.quiet_hours == "none" else check_hours(args.quiet_hours)
    through = args.break_through if args.break_through is not None else known is not None and known.break_through
    return Channel(
        name=args.name,
        service=service,
        language=cast("Language", session.lang or (known.language if known else config.language)),
        timezone=check_timezone(zone),
        quiet=quiet,
        break_through=through,
        severity=cast("Severity", args.severity or (known.severity if known else "warning")),
    )


def _list(session: Session) -> int:
    from kpiterm.notify.channels import load_channels
    from kpiterm.notify.memory import load_memory

    channels = load_channels(session.paths)
    memory, _ = load_memory(session.paths.alert_state)
    waiting = {c.name: len(memory.outbox.get(c.name, ())) for c in channels}
    if session.json:
        output.answer(
            {
                "channels": [
                    {**_document(c), "waiting": waiting[c.name], "failing": c.name in memory.failing} for c in channels
                ]
            }
        )
        return OK
    if not channels:
        output.note("no channel yet: kpiterm notify add NAME")
        return OK
    rows = [
        (
            c.name, c.service, c.language, c.severity, f"{c.quiet} {c.timezone}" if c.quiet else "",
            "failing" if c.name in memory.failing else f"{waiting[c.name]} waiting" if waiting[c.name] else "ok",
        )
        for c in channels
    ]  # fmt: skip
    output.table(("channel", "service", "language", "from", "quiet hours", "status"), rows)
    return OK


def _document(channel: Channel) -> dict[str, object]:
    return {
        "name": channel.name,
        "service": channel.service,
        "language": channel.language,
        "timezone": channel.timezone,
        "quiet": channel.quiet,
        "break_through": channel.break_through,
        "severity": channel.severity,
    }


def _test(name: str | None, session: Session) -> int:
    from kpiterm.analysis.alerts.words import trial_message
    from kpiterm.notify.channels import find_channel, load_channels

    channels = load_channels(session.paths)
    chosen = channels if name is None else (find_channel(channels, name),)
    if not chosen:
        raise UsageError("no channel is declared in this workspace", hint="kpiterm notify add NAME")
    outcomes = []
    for channel in chosen:
        title, body = trial_message(channel.language, session.paths.workspace)
        outcomes.append(alerts.send_text(session, channel, title, body))
    if session.json:
        output.answer({"channels": [{"name": o.channel, "ok": o.error is None, "error": o.error} for o in outcomes]})
    else:
        for outcome in outcomes:
            output.line(f"{'✗' if outcome.error else '✓'} {outcome.channel}: {outcome.error or 'delivered'}")
    return TRANSIENT if any(outcome.error for outcome in outcomes) else OK


def _remove(name: str, session: Session) -> int:
    from kpiterm.notify.channels import remove_channel

    remove_channel(session.paths, session.secrets(), name)
    output.note(f"{name}: removed, with its address")
    return OK
