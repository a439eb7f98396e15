"""`kpiterm sync`: the writer, cron-safe, quiet unless something needs a person."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date, timedelta
from types import FrameType
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import BREACH, OK, KpitermError, UsageError
from kpiterm.events import Progress, Run, RunError, as_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpiterm.config import Account
    from kpiterm.plugins.manager import Plugins
    from kpiterm.sync.child import Processes
    from kpiterm.sync.work import AccountWork, Planner


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", nargs="*", help="only these accounts (default: all)")
    parser.add_argument("--stream", metavar="S", help="only this stream")
    parser.add_argument("--since", metavar="DATE", help="read again from this day on")
    parser.add_argument("--full", action="store_true", help="read the whole history again")
    parser.add_argument("--force", action="store_true", help="also streams that are not due yet")
    parser.add_argument("--dry-run", action="store_true", help="show what would be fetched")
    parser.add_argument("--events", choices=("jsonl",), help="progress as JSON lines on stdout")
    parser.add_argument("--fail-on-breach", action="store_true", help="exit 9 when a KPI is in breach")


def run(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.sync.child import Processes

    stopped = threading.Event()
    with _signals(stopped), Processes(ahead=not args.dry_run) as processes:
        runs = _sync(args, session, stopped, processes)
    if session.json:
        output.answer({"runs": [asdict(run) for run in runs]})
    _narrate(runs, session, talkative=session.verbose or (sys.stderr.isatty() and not args.events))
    from kpiterm.sync.runner import exit_code

    code = exit_code(runs, stopped=stopped.is_set())
    if code == OK and args.fail_on_breach and any(g.state == "breach" for g in session.view(None).gauges):
        return BREACH
    return code


def _sync(args: argparse.Namespace, session: Session, stopped: threading.Event, processes: Processes) -> list[Run]:
    from kpiterm.cli.alerts import after_sync
    from kpiterm.cli.board import daily_sums, refresh_state
    from kpiterm.cli.progress import Display
    from kpiterm.log import open_log
    from kpiterm.plugins import clock
    from kpiterm.store.engine import Writer
    from kpiterm.sync import record
    from kpiterm.sync.commit import keep_refusal
    from kpiterm.sync.plan import Ask
    from kpiterm.sync.runner import Runner, Site
    from kpiterm.sync.work import Planner

    config, accounts = session.config(), _chosen(args, session)
    plugins = session.plugins({a.connector for a in accounts})
    now = clock.now().replace(microsecond=0)  # vendors' wires carry whole seconds: windows do too
    ask = Ask(since=_day(args.since), full=args.full, force=args.force or args.stream is not None)
    with (
        Writer(session.paths, memory_limit=config.sync.memory_limit, derive=daily_sums(session)) as writer,
        Display(_wanted(args, session)) as display,
    ):
        planner = Planner(
            plugins=plugins,
            secrets=session.secrets(),
            progress=record.progress(writer.con),
            ask=ask,
            now=now,
            only=args.stream,
            history=timedelta(days=config.sync.history_days) if config.sync.history_days else None,
        )
        works, refused = _prepare(planner, accounts, args)
        emit = _line_printer if args.events else display.show
        if args.dry_run:
            planned = [_planned(work, name, len(windows)) for work in works for name, windows in _plans(work)]
            return [run for _, runs in refused for run in runs] + planned
        writer.clear_spool()
        writer.dirty |= record.close_interrupted(writer.con)
        site = Site(
            paths=session.paths,
            config=config,
            secrets=planner.secrets,
            emit=emit,
            log=open_log(session.paths.logs),
            stopped=stopped,
            processes=processes,
        )
        runs = [run for _, failed in refused for run in failed]
        for account, failed in refused:
            keep_refusal(writer, account, failed)
        for run in runs:
            emit(run)
        if any(work.todo for work in works):
            _load_board()
        runs += Runner(site, writer, now=now).run(works)
        writer.publish()
        view = refresh_state(session)
    if view:  # with the store free for others: delivery may take its time
        after_sync(session, view)
    _tell_plugins(plugins, session, runs)
    return runs


def _load_board() -> None:
    """Import what the board takes at the end while the first answers are on their way."""

    def load() -> None:
        with suppress(ImportError):  # which the board itself will tell
            import numpy  # noqa: F401, ICN001

            import kpiterm.analysis.board
            import kpiterm.analysis.contract.terms  # noqa: F401

    threading.Thread(target=load, daemon=True).start()


def _tell_plugins(plugins: Plugins, session: Session, runs: Sequence[Run]) -> None:
    from kpiterm.plugins import SyncReport

    report = SyncReport(session.paths.workspace, tuple(asdict(run) for run in runs))
    for name, failure in plugins.finished(report).items():
        output.note(f"kpiterm: plugin {name}: {failure}")


def _chosen(args: argparse.Namespace, session: Session) -> list[Account]:
    accounts = session.accounts()
    if unknown := set(args.account) - {a.name for a in accounts}:
        known = ", ".join(a.name for a in accounts) or "none is declared yet"
        raise UsageError(
            f"no account named {min(unknown)!r}", hint=f"accounts: {known}; `kpiterm account add` adds one"
        )
    if not accounts:
        raise UsageError("no account is declared in this workspace", hint="kpiterm account add amazon us-main")
    return [a for a in accounts if not args.account or a.name in args.account]


def _prepare(
    planner: Planner, accounts: list[Account], args: argparse.Namespace
) -> tuple[list[AccountWork], list[tuple[Account, list[Run]]]]:
    """The work of each account, and the failed runs of those that cannot be read."""
    from kpiterm.sync.work import unreadable

    works, refused = [], []
    for account in accounts:
        try:
            works.append(planner.prepare(account))
        except KpitermError as error:
            refused.append((account, unreadable(account, planner.streams_of(account), error)))
    if args.stream and works and not any(w.connector.stream(args.stream) for w in works):
        names = sorted({s.name for w in works for s in w.connector.streams})
        raise UsageError(f"no stream named {args.stream!r}", hint=f"streams: {', '.join(names)}")
    return works, refused


def _plans(work: AccountWork) -> Iterator[tuple[str, list[object]]]:
    for stream, windows in work.todo:
        yield stream.name, list(windows)


def _planned(work: AccountWork, stream: str, windows: int) -> Run:
    from kpiterm.sync.record import skipped

    return skipped(work.account.name, stream, f"dry run: would fetch {windows} windows", None)


def _wanted(args: argparse.Namespace, session: Session) -> bool:
    return sys.stderr.isatty() and not (session.quiet or args.events)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--since {text!r} is no day", hint="write 2026-11-01") from None


def _line_printer(event: Progress | Run) -> None:
    output.line(json.dumps(as_line(event), ensure_ascii=False))
    sys.stdout.flush()


def _narrate(runs: list[Run], session: Session, *, talkative: bool) -> None:
    """Failures and notes always, one that several streams share only once; the rest when somebody is watching."""
    if session.json:
        return
    failures: dict[tuple[str, RunError], list[str]] = {}
    notes: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        if run.note:
            notes.setdefault((run.account, run.note), []).append(run.stream)
        if run.error:
            failures.setdefault((run.account, run.error), []).append(run.stream)
        elif talkative and not session.quiet:
            what = run.reason or f"{run.rows:,} rows, {run.superseded:,} superseded, {run.seconds} s"
            output.note(f"{run.account} {run.stream}: {run.status} ({what})")
    for (account, note), streams in notes.items():
        output.note(f"kpiterm: {account} {', '.join(streams)}: {note}")
    for (account, error), streams in failures.items():
        output.note(f"kpiterm: {account} {', '.join(streams)}: {error.message}")
        if error.hint:
            output.note(f"  → {error.hint}")


@contextmanager
def _signals(stopped: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM let the open transaction end, publish what is committed, and exit 130."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    before: list[tuple[int, Callable[..., object] | int | None]] = [
        (number, signal.signal(number, stop)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
