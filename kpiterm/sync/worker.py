"""The child process that runs one account's connector: `python -m kpiterm.sync.worker`, job on standard input."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import BinaryIO, NoReturn

import msgspec

from kpiterm.lean import skip_unused
from kpiterm.plugins import (
    Connector,
    Context,
    Note,
    PluginCrash,
    PluginError,
    Probe,
    SettingError,
    Stream,
    TransientError,
    Window,
    clock,
)
from kpiterm.plugins.limits import Limiter, scope_of
from kpiterm.plugins.manager import load
from kpiterm.plugins.redact import Redactor
from kpiterm.sync.ahead import Ahead
from kpiterm.sync.protocol import Failure, Job, Said, Told, encode, spellings
from kpiterm.sync.record import MOST_NOTES
from kpiterm.sync.resume import Resume
from kpiterm.sync.spool import Spool

_AHEAD = 1  # windows that may be fetched while an earlier one is still being loaded
_SMALL_AHEAD = 2  # where they are small: one to be read by the sync process while it stores another, one on its way
_SMALL = 32 << 20  # bytes
_LONGEST_TEXT = 1000
_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_HINTS = {
    "SettingError": "correct accounts/{account}.toml",
    "AuthError": "enter new credentials: `kpiterm account add {connector} {account}`",
    "AccessError": "grant the missing role at the vendor, then try `kpiterm account test {account}`",
    "TransientError": "the next sync tries again",
    "RateLimited": "the next sync tries again",
}
_NO_HINT = "nothing of this window was stored; if it happens again, tell the author of the connector {connector!r}"


class StoppedError(BaseException):
    """The sync process asked this child to stop; a connector that expects errors must not catch it."""


class Worker:
    """One child's state: the pipe to the sync process, and what it has been told."""

    def __init__(self, job: Job, out: BinaryIO, redactor: Redactor) -> None:
        from kpiterm.plugins.http import Stats

        self.job, self.redactor = job, redactor
        self.resume = Resume(Path(job.resume))
        self._out, self._out_lock = out, threading.Lock()
        self._told = threading.Condition()
        self._sent = self._loaded = 0
        self._saved: list[str] = []
        self._stop = threading.Event()
        self._last_progress = 0.0
        self.stats = Stats(note=self._set_note)
        self._before = (0, 0, 0)
        self._note = ""
        self.waited = 0.0

    def say(self, said: Said) -> None:
        """Send a line, with every text in it redacted (a secret on its way to the keyring excepted)."""
        if said.type != "secret":
            texts = {key: self._clear(getattr(said, key)) for key in ("note", "name", "value")}
            notes = tuple(self._clear(note) for note in said.notes)
            said = msgspec.structs.replace(said, **texts, notes=notes)
        line = encode(said)
        with self._out_lock:
            self._out.write(line)
            self._out.flush()

    def _clear(self, text: object) -> str:
        """Text of a plugin's own making as it may be sent: without secrets, valid Unicode, not endless."""
        return self.redactor(str(text).encode(errors="replace").decode())[:_LONGEST_TEXT]

    def listen(self, lines: Iterator[bytes]) -> None:
        """Take in what the sync process says; when it dies, so does this child."""
        for line in lines:
            told = msgspec.json.decode(line, type=Told)
            with self._told:
                if told.type == "loaded":
                    self._loaded += 1
                    self.resume.stored(self._loaded)
                elif told.type == "saved":
                    self._saved.append(told.error)
                else:
                    self._stop.set()
                self._told.notify_all()
        with contextlib.suppress(OSError):
            os.killpg(os.getpid(), signal.SIGKILL)  # what the connector started dies too
        os._exit(1)

    def sleep(self, seconds: float) -> None:
        """Context.sleep: wakes early, by an exception, when the run is stopped."""
        self.waited += max(seconds, 0.0)
        seconds = clock.real(max(seconds, 0.0))
        if seconds >= 1:
            self.say(Said(type="progress", busy=seconds, note=self._note))
        if self._stop.wait(seconds):
            raise StoppedError

    def save_secret(self, name: str, value: str) -> None:
        """Context.save_secret: returns when the keyring has it."""
        self.redactor.add(value)
        self.say(Said(type="secret", name=name, value=value))
        with self._told:
            self._told.wait_for(lambda: self._saved or self._stop.is_set())
            error = self._saved.pop(0) if self._saved else "the run was stopped"
        if error:
            raise SettingError(f"the renewed secret {name!r} could not be saved: {error}")

    def wait_for_room(self, ahead: int = _AHEAD) -> None:
        """Do not run ahead of the loading by more windows than that: disk and memory stay bounded."""
        with self._told:
            self._told.wait_for(lambda: self._sent - self._loaded <= ahead or self._stop.is_set())
        if self._stop.is_set():
            raise StoppedError

    def progress(self, stream: str, window: int, windows: int, spool: Spool, *, force: bool = False) -> None:
        """At most two lines a second, so that a poor line to the screen is not the bottleneck."""
        if force or time.monotonic() - self._last_progress > 0.5:
            self._last_progress = time.monotonic()
            self.say(self._counted(Said(type="progress", stream=stream, window=window, windows=windows), spool.records))

    def _set_note(self, note: str) -> None:
        self._note = note

    def _counters(self) -> tuple[int, int, int]:
        return self.stats.received, self.stats.requests, self.stats.throttled

    def _counted(self, said: Said, records: int = 0) -> Said:
        received, requests, throttled = (now - was for now, was in zip(self._counters(), self._before, strict=True))
        return msgspec.structs.replace(
            said, bytes=received, requests=requests, throttled=throttled, records=records, note=self._note
        )

    def run_streams(self, connector: Connector, context: Context) -> None:
        known = {stream.name: stream for stream in connector.streams}
        ahead = Ahead([(known[j.name], j.parsed()) for j in self.job.streams if j.name in known], self.resume)
        for job in self.job.streams:
            stream = known.get(job.name)
            if stream is None:
                failure = Failure("SettingError", f"{connector.name} has no stream {job.name!r}", "")
                self.say(Said(type="failed", stream=job.name, failure=failure))
                continue
            try:
                ahead.order(context)
                self._run_stream(stream, context, job.parsed())
            except StoppedError:
                raise
            except BaseException as error:  # noqa: BLE001 (a stream's fault, whatever it is, ends that stream only)
                self.say(self._counted(Said(type="failed", stream=job.name, failure=self.failure(error))))
            finally:
                ahead.taken(stream)
                self._before = self._counters()

    def _run_stream(self, stream: Stream, context: Context, windows: tuple[Window, ...]) -> None:
        for number, window in enumerate(windows, 1):
            spool = Spool(Path(self.job.spool), f"{stream.name}-{number}")
            self.resume.window = self._sent + 1
            self.progress(stream.name, number, len(windows), spool, force=True)
            notes: dict[str, None] = {}
            try:
                for item in stream.fetch(context, window):
                    if isinstance(item, Note):
                        notes |= {item.text: None} if len(notes) < MOST_NOTES else {}
                    else:
                        spool.add(item, lineage_only=stream.shape is None)
                    self.resume.handed_over()
                    self.progress(stream.name, number, len(windows), spool)
            except BaseException as error:
                if not isinstance(error, StoppedError):
                    self.resume.failed()
                for file in spool.close().files:  # half a window is of no use to anyone
                    Path(file.path).unlink(missing_ok=True)
                raise
            said = Said(type="window", stream=stream.name, window=number, windows=len(windows), notes=tuple(notes))
            self.say(msgspec.structs.replace(self._counted(said, spool.records), manifest=self._clean(spool)))
            self._sent += 1
            self.wait_for_room(_AHEAD if spool.bytes > _SMALL else _SMALL_AHEAD)
        self.wait_for_room(ahead=0)
        self.say(self._counted(Said(type="done", stream=stream.name)))

    def _clean(self, spool: Spool) -> dict[str, object]:
        manifest = spool.close().as_json()
        for payload in manifest["payloads"]:
            payload["request"] = self._clear(payload["request"])
        return manifest

    def failure(self, error: BaseException) -> Failure:
        """What the operator reads: a plugin's own words, or where an unexpected error came from."""
        if isinstance(error, MemoryError):
            megabytes = self.job.memory >> 20
            error = PluginCrash(f"the connector needed more than {megabytes} MB of memory and was stopped")
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            error = TransientError(
                f"no room for what the vendor sent: {error.strerror}", hint="free some disk space, then sync again"
            )
        if isinstance(error, PluginError):
            hint = error.hint or _HINTS.get(error.kind, _NO_HINT).format(
                account=self.job.account, connector=self.job.connector
            )
            return Failure(str(error.kind), self._clear(error.message), self._clear(hint))
        frames = traceback.extract_tb(error.__traceback__)
        where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        message = self._clear(f"{type(error).__name__}: {_text(error)}{where}")
        return Failure("PluginCrash", message, f"a bug in the connector {self.job.connector!r}: tell its author")


def _text(error: BaseException) -> str:
    """What the error says, if it can say anything at all."""
    try:
        return str(error)
    except Exception as fault:  # noqa: BLE001 (a plugin's class may hold any code)
        return f"(its text cannot be made: {type(fault).__name__})"


def probe(worker: Worker, connector: Connector, context: Context) -> None:
    """`account test`: every finding as it comes."""
    for finding in connector.test(context) if connector.test else (Probe("test", True, "this connector has no test"),):
        worker.say(Said(type="probe", name=finding.name, ok=finding.ok, value=finding.detail))


def make_context(worker: Worker, connector: Connector) -> Context:
    """The connector's world for this account and run."""
    from kpiterm.plugins.http import open_client

    job = worker.job
    place = connector.marketplace(job.settings)
    if clock.SPEED != 1 and not job.sandbox:
        raise SettingError(
            f"{clock.VARIABLE} is set: quotas would be broken", hint="unset it; it is for sandboxes only"
        )

    def log(text: str) -> None:
        worker.say(Said(type="log", note=text))

    def make(http: object) -> Context:
        return Context(
            account=job.account,
            settings=job.settings,
            secrets=job.secrets,
            marketplace=place,
            http=http,  # type: ignore[arg-type]
            now=job.now.astimezone(UTC),
            log=log,
            sleep=worker.sleep,
            download=getattr(http, "download", None),  # type: ignore[arg-type]
            recall=worker.resume.recall,
            remember=worker.resume.remember,
            save_secret=worker.save_secret,
        )

    auth = connector.auth(make(None)) if connector.auth else None
    scope = scope_of(job.connector, job.sandbox, job.secrets)
    limiter = Limiter(Path(job.limits), scope, connector.rates, sleep=worker.sleep)
    return make(
        open_client(
            connector,
            auth=auth,
            limiter=limiter,
            redactor=worker.redactor,
            sleep=worker.sleep,
            log=log,
            stats=worker.stats,
            settings=job.settings,
            sandbox=job.sandbox,
            spool=Path(job.spool),
        )
    )


def limit_memory(size: int) -> None:
    """A flood ends in MemoryError here, not in the machine's out-of-memory killer elsewhere."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    ceiling = size if hard == resource.RLIM_INFINITY else min(size, hard)
    if soft == resource.RLIM_INFINITY or soft > ceiling:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (ceiling, hard))


def main() -> NoReturn:
    os.umask(0o077)
    skip_unused()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a plugin prints must not look like a message
    import kpiterm.plugins.http  # noqa: F401 (the job may be a while in coming: everything is ready by then)

    line = sys.stdin.buffer.readline()
    if not line:
        os._exit(0)  # there was nothing to do
    job = msgspec.json.decode(line, type=Job)
    redactor = Redactor(spellings(job.secrets.values()))
    worker = Worker(job, out, redactor)
    limit_memory(job.memory)
    threading.Thread(target=worker.listen, args=(sys.stdin.buffer,), daemon=True).start()
    try:
        connector = load({job.connector}).connectors[job.connector]
        context = make_context(worker, connector)
        if job.streams:
            worker.run_streams(connector, context)
            worker.say(Said(type="log", note=f"{worker.stats.requests} requests, waited {worker.waited:.0f} s in all"))
        else:
            probe(worker, connector, context)
    except StoppedError:
        pass
    except BaseException as error:  # noqa: BLE001 (the last door: the sync process must hear of it)
        worker.say(Said(type="failed", failure=worker.failure(error)))
    worker.say(Said(type="ready"))
    os._exit(0)


if __name__ == "__main__":
    main()
