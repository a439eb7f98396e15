"""Which command was asked for; its module is imported then and not before, so that every command starts fast."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from kpiterm import __version__
from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import BUG, INTERRUPTED, OK, TRANSIENT, USAGE, KpitermError, UsageError
from kpiterm.lean import skip_unused

COMMANDS = {
    "demo": "try kpiterm on a simulated shop: no credentials, nothing left running",
    "init": "write commented configuration, KPI and contract files",
    "account": "declare, list, test or remove a shop login",
    "sync": "fetch what is new from every account; for cron",
    "import": "load exported reports",
    "status": "the KPI board of a period",
    "kpi": "KPI definitions and values; enter a value by hand",
    "contract": "terms, settlement and disputes of a KPI contract",
    "report": "review packs for the meeting (HTML, Markdown, XLSX), minutes and action items",
    "reconcile": "bridges from each source's number to ours, with what nothing explains",
    "alerts": "what is alarming, and what would be sent about it",
    "notify": "whom alerts are sent to: mail, chat, web hooks",
    "forecast": "expected demand of a file of daily sales, and what sums of it may come to",
    "supply": "suppliers, ship modes, how SKUs are bought, and the lead times that follow",
    "po": "purchase orders: enter, import, follow and receive them",
    "reorder": "what to order, by when, how much, by which ship, and why",
    "serve": "the screen in a browser, on this machine or through a tunnel",
    "runs": "what the last syncs did",
    "log": "the operation log: who entered or decided what, when",
    "query": "read-only SQL over the store",
    "plugins": "connectors and file readers: what is loaded and what failed",
    "sandbox": "the vendors' simulators, for connector authors",
    "workspaces": "all clients of this home, one line each, the gravest first",
    "doctor": "check everything at once, each problem with its remedy",
}
_TAKES_VALUE = ("--home", "--workspace", "--lang", "--as-of")


class _Parser(argparse.ArgumentParser):
    """argparse, but a usage error ends as all our errors do."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"{self.prog} --help")


def run(argv: Sequence[str]) -> int:
    """Run a command line; the exit code."""
    as_json = "--json" in argv
    skip_unused()
    try:
        return _dispatch(list(argv))
    except KpitermError as error:
        output.error(error.message, error.hint, kind=type(error).__name__, as_json=as_json)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        if "-v" in argv or "--verbose" in argv:
            raise
        output.error(*_file_trouble(error), kind="OSError", as_json=as_json)
        return TRANSIENT if error.errno == errno.ENOSPC else USAGE
    except Exception as error:
        if "-v" in argv or "--verbose" in argv:
            raise
        message = f"{type(error).__name__}: {error}"
        output.error(message, "a bug in kpiterm: run again with -v and report it", kind="Bug", as_json=as_json)
        return BUG


def _file_trouble(error: OSError) -> tuple[str, str]:
    """What failed on which file, and the remedy."""
    if error.errno == errno.ENOSPC:
        return f"no space left on the disk of {error.filename or 'the store'}", "free some space, then run it again"
    return (
        f"{error.filename or 'a file'}: {error.strerror or error}",
        "kpiterm must be able to write there: check its owner and mode, or choose another place with --home",
    )


def _dispatch(argv: list[str]) -> int:
    name = _take_command(argv)
    if name is None:
        return _no_command(argv)
    if name not in COMMANDS:
        raise UsageError(f"{name!r} is not a kpiterm command", hint=f"one of: {', '.join(COMMANDS)}")
    module = import_module(f"kpiterm.cli.commands.{name}_" if name == "import" else f"kpiterm.cli.commands.{name}")
    everywhere = global_options()
    given, rest = everywhere.parse_known_args(argv)  # an action's own parser would refuse them behind the action
    parser = _Parser(prog=f"kpiterm {name}", description=COMMANDS[name], parents=[everywhere], allow_abbrev=False)
    module.configure(parser)
    args = parser.parse_args(rest, given)
    try:
        return int(module.run(args, Session.of(args)))
    except UsageError as error:
        error.hint = error.hint or f"kpiterm {name} --help"
        raise


def _take_command(argv: list[str]) -> str | None:
    """Remove and return the first word that is no option; global options may stand before or after it."""
    position = 0
    while position < len(argv):
        word = argv[position]
        if not word.startswith("-"):
            return argv.pop(position)
        position += 2 if word in _TAKES_VALUE else 1
    return None


def _no_command(argv: list[str]) -> int:
    parser = _Parser(prog="kpiterm", parents=[global_options()], add_help=False, allow_abbrev=False)
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--version", action="store_true")
    args = parser.parse_args(argv)
    if args.version:
        output.line(f"kpiterm {__version__}")
        return OK
    painted_elsewhere = "TEXTUAL_DRIVER" in os.environ  # as behind a browser's page
    if not args.help and (painted_elsewhere or (sys.stdin.isatty() and sys.stdout.isatty())):
        return int(import_module("kpiterm.cli.commands.tui").run(args, Session.of(args)))
    width = max(map(len, COMMANDS))
    output.line("kpiterm: KPI contracts for marketplace shops, measured and explained\n")
    output.line("usage: kpiterm [options] COMMAND …    (kpiterm COMMAND --help tells more)\n")
    for name, text in COMMANDS.items():
        output.line(f"  {name:<{width}}  {text}")
    output.line("\noptions: " + " ".join(global_options().format_usage().split()[2:]))
    return OK if args.help or not argv else USAGE


def global_options() -> argparse.ArgumentParser:
    """The options of every command."""
    parser = _Parser(prog="kpiterm", add_help=False, allow_abbrev=False)
    group = parser.add_argument_group("everywhere")
    group.add_argument("--home", metavar="DIR", help="where all workspaces live (KPITERM_HOME)")
    group.add_argument("--workspace", metavar="NAME", help="one client is one workspace (default: default)")
    group.add_argument("--lang", choices=("en", "zh"), help="language of KPI names")
    group.add_argument("--as-of", metavar="MOMENT", help="read the store as it was known then, e.g. 2026-11-01T08:00Z")
    group.add_argument("--json", action="store_true", help="one JSON object on stdout")
    group.add_argument("-q", "--quiet", action="store_true", help="say nothing but errors")
    group.add_argument("-v", "--verbose", action="store_true", help="say more on stderr")
    group.add_argument("--no-color", action="store_true", help="no colours (also NO_COLOR)")
    group.add_argument(
        "--low-bandwidth", action="store_true", help="a screen for slow lines (also KPITERM_LOW_BANDWIDTH=1)"
    )
    return parser
