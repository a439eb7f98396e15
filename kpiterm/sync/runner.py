"""A sync: children fetch side by side, this process stores their windows one by one, in one transaction each. While a
window is stored, the next that has been fetched is read already."""

from __future__ import annotations

import contextlib
import queue
import secrets as random_secrets
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from kpiterm.config import Config
from kpiterm.errors import INTERRUPTED, KpitermError
from kpiterm.events import Progress as ProgressEvent
from kpiterm.events import Run, RunError
from kpiterm.paths import Paths, private_dir
from kpiterm.plugins import DataError, clock
from kpiterm.plugins.redact import Redactor
from kpiterm.secrets import SecretStore
from kpiterm.store.engine import Writer
from kpiterm.sync import quotas, record
from kpiterm.sync.child import Child, Processes
from kpiterm.sync.commit import commit_window, explain, read_window
from kpiterm.sync.inbox import Inbox
from kpiterm.sync.protocol import Job, Said, StreamJob, Told, spellings
from kpiterm.sync.reading import Fetched, Reading
from kpiterm.sync.work import AccountWork, settings_with_defaults

CHILD_MEMORY = 512 << 20


@dataclass(slots=True, kw_only=True)
class Site:
    """Where a sync works and whom it tells."""

    paths: Paths
    config: Config
    secrets: SecretStore
    emit: Callable[[ProgressEvent | Run], None]
    log: Callable[[str], None]
    stopped: threading.Event = field(default_factory=threading.Event)
    processes: Processes = field(default_factory=Processes)


GO_ON = "run `kpiterm sync` again: it goes on from here"


class Runner:
    """One sync of some accounts under the writer lock."""

    def __init__(self, site: Site, writer: Writer, *, now: datetime) -> None:
        self.site, self.writer, self.now = site, writer, now
        self.sync_id = f"{now:%Y%m%dT%H%M%S}-{random_secrets.token_hex(3)}"
        self.runs: list[Run] = []
        self._spool = private_dir(site.paths.spool) / self.sync_id
        self._inbox = Inbox()
        self._reading = Reading(writer, read_window)
        self._children: dict[Child, AccountWork] = {}
        self._open: dict[Child, record.StreamRun] = {}
        self._redactors: dict[str, Redactor] = {}
        self._count = 0

    def run(self, works: Sequence[AccountWork]) -> list[Run]:
        """Fetch and load everything; returns when all children have ended or the site was stopped."""
        waiting = [w for w in works if w.todo]
        for work in works:
            for run in work.runs:
                self._finish(run)
        try:
            while (waiting or self._children) and not self.site.stopped.is_set():
                while waiting and len(self._children) < self.site.config.sync.parallel:
                    self._start(waiting.pop(0))
                self._turn()
        finally:
            self._reading.close()
            self._stop_children()
            shutil.rmtree(self._spool, ignore_errors=True)
        return self.runs

    def _start(self, work: AccountWork) -> None:
        self._redactors.setdefault(work.account.name, Redactor(spellings(work.secrets.values())))
        quotas.note(self.site.paths, work.account.name, work.connector, work.account.sandbox, work.secrets)
        self._count += 1
        spool = private_dir(self._spool / f"{work.account.name}-{self._count}")
        job = Job(
            account=work.account.name,
            connector=work.connector.name,
            settings=settings_with_defaults(work.connector, work.account),
            secrets=dict(work.secrets),
            sandbox=work.account.sandbox,
            streams=tuple(StreamJob(s.name, tuple((w.start, w.end) for w in windows)) for s, windows in work.todo),
            spool=str(spool),
            limits=str(private_dir(self.site.paths.limits)),
            resume=str(self.site.paths.root / "resume" / f"{work.account.name}.json"),
            now=self.now,
            memory=CHILD_MEMORY,
        )
        redact = self._redactors[work.account.name]
        child = Child(
            job, self._inbox, process=self.site.processes.take(), stall=self.site.config.sync.stall_seconds,
            log=lambda line: self.site.log(redact(line)),
        )  # fmt: skip
        self._children[child] = work

    def _turn(self) -> None:
        """Handle one thing that a child said, or the silence of one that hangs."""
        with contextlib.suppress(queue.Empty):
            child, said = self._inbox.next(patience=0.5)
            if child in self._children:
                self._gone(child) if said is None else self._hear(child, said)
        for child in [c for c in self._children if c.hangs]:
            seconds = self.site.config.sync.stall_seconds
            child.kill()
            if self._children[child].todo:
                what = f"no sign of life for {seconds} s: stopped"
                self._fail(child, "PluginCrash", what, "tell the connector's author")
            self._gone(child, told=True)
        self.writer.publish_if_due()

    def _hear(self, child: Child, said: Said) -> None:
        child.heard(said)
        match said.type:
            case "progress" if said.stream:
                self.site.emit(_progress(self._count_up(child, said), said))
            case "window":
                self._window(child, said)
            case "done":
                self._close(child, self._count_up(child, said), None)
            case "failed":
                self._failed(child, said)
            case "secret":
                self._save_secret(child, said)
            case "log":
                self.site.log(f"{child.job.account}: {said.note}")
            case "ready":  # whatever else it may have started, this child has no more to say
                child.kill()
                self._gone(child)

    def _run_of(self, child: Child, stream: str) -> record.StreamRun:
        """The open run of the child's stream, begun when it is first heard of."""
        if child not in self._open:
            work = self._children[child]
            self._count += 1
            self._open[child] = record.StreamRun(
                run_id=f"{self.sync_id}-{self._count}",
                account=work.account.name,
                connector=work.connector.name,
                stream=stream,
                started=clock.now(),
            )
            self._open[child].add_notes(filter(None, [work.notes.get(stream)]))
        return self._open[child]

    def _count_up(self, child: Child, said: Said) -> record.StreamRun:
        run = self._run_of(child, said.stream or self._children[child].todo[0][0].name)
        run.bytes, run.requests, run.throttled = said.bytes, said.requests, said.throttled
        return run

    def _window(self, child: Child, said: Said) -> None:
        """Store a window. Where it does not fit, the child is ended: its later windows must not jump the gap."""
        run = self._count_up(child, said)
        work = self._children[child]
        fetched = Fetched.of(work, said)
        run.add_notes(map(self._redactors[work.account.name], said.notes))
        if not fetched.stream.snapshot:
            run.read_from = work.todo[0][1][0].start
        try:
            with self._reading.turn(fetched) as con:
                self._read_ahead(fetched)
                commit_window(
                    self.writer, work, fetched.stream, fetched.window, run, fetched.manifest, self.now, con=con
                )
        except (DataError, duckdb.Error) as error:
            self._reading.forget()
            child.kill()
            self._fail(child, *explain(error))
            self._gone(child, told=True)
            return
        fetched.discard()
        child.tell(Told("loaded"))

    def _read_ahead(self, current: Fetched) -> None:
        """Begin to read the next window in line, if it has come."""
        for child, said in self._inbox.windows():
            if child in self._children:
                self._reading.ahead(Fetched.of(self._children[child], said), current)
                return

    def _failed(self, child: Child, said: Said) -> None:
        """A stream failed; or, where none is named, the whole account could not even begin."""
        assert said.failure
        failure, work = said.failure, self._children[child]
        for _ in range(1 if said.stream else len(work.todo)):
            self._count_up(child, said)
            self._fail(child, failure.kind, failure.message, failure.hint)

    def _fail(self, child: Child, kind: str, message: str, hint: str) -> None:
        work = self._children[child]
        redact = self._redactors[work.account.name]
        run = self._run_of(child, work.todo[0][0].name)
        self._close(child, run, RunError(kind=kind, message=redact(message), hint=redact(hint)))

    def _close(self, child: Child, run: record.StreamRun, error: RunError | None) -> None:
        work = self._children[child]
        work.todo = [(s, windows) for s, windows in work.todo if s.name != run.stream]
        now = clock.now()
        with self.writer.transaction() as con:
            record.save_run(con, run, "failed" if error else "ok", now, error)
        self._open.pop(child, None)
        self._finish(run.finished(now, error))

    def _finish(self, run: Run) -> None:
        self.runs.append(run)
        self.site.emit(run)

    def _gone(self, child: Child, *, told: bool = False) -> None:
        """A child has ended. If it did so of itself in mid-work, its stream fails; what is left goes to a new child."""
        work = self._children[child]
        if work.todo and not told:
            self._fail(child, "PluginCrash", f"the connector's process {child.end}", f"see {self.site.paths.logs}")
        child.close()
        del self._children[child]
        if work.todo and not self.site.stopped.is_set():
            self._start(work)

    def _save_secret(self, child: Child, said: Said) -> None:
        account, told = self._children[child].account.name, Told("saved")
        self._redactors[account].add(said.value)
        try:
            self.site.secrets.put(account, said.name, said.value)
        except KpitermError as error:
            told = Told("saved", error.message)
        child.tell(told)

    def _stop_children(self) -> None:
        for child in self._children:
            child.tell(Told("stop"))
        patience = time.monotonic() + 3
        for child in list(self._children):
            with contextlib.suppress(Exception):
                child.process.wait(max(0.1, patience - time.monotonic()))
            child.kill()
            if child in self._open:
                with contextlib.suppress(duckdb.Error):  # a store that has failed has told why already
                    self._fail(child, "Interrupted", "the sync was stopped", GO_ON)
            child.close()
        self._children.clear()


def _progress(run: record.StreamRun, said: Said) -> ProgressEvent:
    """What a stream's run has come to; the time left is guessed from the windows that are stored."""
    took = (clock.now() - run.started).total_seconds()
    return ProgressEvent(
        account=run.account,
        stream=run.stream,
        window=said.window,
        windows=said.windows,
        bytes=said.bytes,
        rows=run.rows + said.records,
        requests=said.requests,
        note=said.note,
        eta=took / run.windows * (said.windows - run.windows) if run.windows else None,
    )


def exit_code(runs: Sequence[Run], *, stopped: bool) -> int:
    """0 when nothing failed, 6 when some streams did, else what the first failure calls for."""
    failed = [run for run in runs if run.status == "failed"]
    if stopped:
        return INTERRUPTED
    if not failed:
        return 0
    if any(run.status == "ok" for run in runs):
        return 6
    codes = {"AuthError": 3, "AccessError": 3, "TransientError": 4, "RateLimited": 4, "StoreError": 4, "DataError": 5,
             "SettingError": 2, "PluginMissing": 8}  # fmt: skip
    return codes.get(failed[0].error.kind if failed[0].error else "", 1)
