"""The child's side: what it says while streams run, fail and end, driven in this process."""

from __future__ import annotations

import errno
import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from kpiterm.plugins import (
    AccessError,
    AuthError,
    Connector,
    Context,
    DataError,
    Marketplace,
    Note,
    Output,
    Payload,
    PluginError,
    RateLimited,
    SettingError,
    Shape,
    Stream,
    TransientError,
    Window,
    clock,
)
from kpiterm.plugins.redact import Redactor
from kpiterm.sync.protocol import Job, StreamJob, spellings
from kpiterm.sync.record import MOST_NOTES
from kpiterm.sync.worker import StoppedError, Worker, make_context

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WINDOWS = tuple((NOW + timedelta(days=n), NOW + timedelta(days=n + 1)) for n in range(3))
SHAPE = Shape(
    columns={"a": "INTEGER"},
    outputs=(Output(into="health_metric", replaces=("metric",), select="SELECT 'x' AS metric FROM source"),),
)
SECRET = "hush-hush-7261"


class Pipe(io.BytesIO):
    """The pipe to the sync process, which answers each window at once."""

    worker: Worker

    def write(self, line: Any) -> int:
        if b'"type":"window"' in bytes(line):
            feed(self.worker, '{"type":"loaded"}')
        return super().write(line)


def feed(worker: Worker, line: str) -> None:
    """What `listen` does with a line, without the end of the process that follows the last one."""

    def lines() -> Iterator[bytes]:
        yield line.encode()
        raise StoppedError

    with pytest.raises(StoppedError):
        worker.listen(lines())


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., tuple[Worker, Pipe]]:
    def worker(*streams: str) -> tuple[Worker, Pipe]:
        job = Job(
            account="one",
            connector="test",
            settings={},
            secrets={"token": SECRET},
            sandbox=None,
            streams=tuple(StreamJob(name, WINDOWS) for name in streams),
            spool=str(tmp_path),
            limits=str(tmp_path),
            resume=str(tmp_path / "resume.json"),
            now=NOW,
            memory=512 << 20,
        )
        pipe = Pipe()
        pipe.worker = Worker(job, pipe, Redactor(spellings([SECRET])))
        return pipe.worker, pipe

    return worker


def said(pipe: Pipe) -> list[dict[str, Any]]:
    return [json.loads(line) for line in pipe.getvalue().splitlines()]


def connector(**fetches: Callable[[Context, Window], Any]) -> Connector:
    return Connector(
        name="test",
        title="Test",
        hosts=(),
        marketplace=lambda _: Marketplace(channel="x", timezone="UTC", currency="USD"),
        streams=tuple(Stream(name=name, title="", fetch=fetch, shape=SHAPE) for name, fetch in fetches.items()),
    )


def good(_ctx: Context, _window: Window) -> Iterator[Payload]:
    yield Payload(body=b'[{"a": 1}]', format="json", request=f"GET /x?key={SECRET}")


def run(worker: Worker, plugin: Connector) -> None:
    worker.run_streams(plugin, cast("Context", SimpleNamespace()))


def test_each_window_is_told_in_order_and_then_the_end(make: Callable[..., tuple[Worker, Pipe]]) -> None:
    worker, pipe = make("good")
    run(worker, connector(good=good))
    told = [(line["type"], line.get("window")) for line in said(pipe) if line["type"] != "progress"]
    assert told == [("window", 1), ("window", 2), ("window", 3), ("done", None)]
    requests = [p["request"] for line in said(pipe) if line["type"] == "window" for p in line["manifest"]["payloads"]]
    assert requests == ["GET /x?key=***"] * 3


def test_what_a_stream_has_to_say_goes_with_its_window_once_and_without_secrets(
    make: Callable[..., tuple[Worker, Pipe]],
) -> None:
    def short(ctx: Context, window: Window) -> Iterator[Payload | Note]:
        for _ in range(2):
            yield Note(f"60 days only for {SECRET}")
        yield from good(ctx, window)
        yield from (Note(f"more {n}") for n in range(500))

    worker, pipe = make("short")
    run(worker, connector(short=short))
    first, *_ = (line for line in said(pipe) if line["type"] == "window")
    assert first["notes"][:2] == ["60 days only for ***", "more 0"]
    assert len(first["notes"]) == MOST_NOTES
    assert len(first["manifest"]["payloads"]) == 1


def test_a_stream_that_fails_leaves_the_next_one_alone(make: Callable[..., tuple[Worker, Pipe]]) -> None:
    def second_fails(ctx: Context, window: Window) -> Iterator[Payload]:
        yield from good(ctx, window)
        if window.start > NOW:
            raise ValueError(SECRET)

    worker, pipe = make("bad", "unknown", "good")
    run(worker, connector(bad=second_fails, good=good))
    ends = [(line["type"], line["stream"]) for line in said(pipe) if line["type"] in ("done", "failed")]
    assert ends == [("failed", "bad"), ("failed", "unknown"), ("done", "good")]
    failures = [line["failure"]["message"] for line in said(pipe) if line["type"] == "failed"]
    assert failures[0].startswith("ValueError: *** at test_worker.py:")
    assert "has no stream 'unknown'" in failures[1]
    assert SECRET not in pipe.getvalue().decode()
    assert list(Path(worker.job.spool).glob("bad-2*")) == [], "half a window is removed at once"


def test_windows_are_numbered_over_all_streams_for_what_is_remembered(
    make: Callable[..., tuple[Worker, Pipe]],
) -> None:
    """A key forgotten in a window of the second stream is kept until that very window is stored."""
    worker, pipe = make("bad", "good")
    numbers: list[int] = []

    def failing(ctx: Context, window: Window) -> Iterator[Payload]:
        numbers.append(worker.resume.window)
        yield from good(ctx, window)
        if len(numbers) == 2:
            raise ValueError

    def counting(ctx: Context, window: Window) -> Iterator[Payload]:
        numbers.append(worker.resume.window)
        yield from good(ctx, window)

    run(worker, connector(bad=failing, good=counting))
    assert numbers == [1, 2, 2, 3, 4]
    assert [line["type"] for line in said(pipe)].count("window") == 4


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (SettingError("no shop"), "SettingError", "accounts/one.toml"),
        (AuthError("refused"), "AuthError", "kpiterm account add test one"),
        (AccessError("no role"), "AccessError", "kpiterm account test one"),
        (TransientError("down"), "TransientError", "next sync"),
        (RateLimited("quota"), "RateLimited", "next sync"),
        (DataError("odd"), "DataError", "author of the connector 'test'"),
        (DataError("odd", hint="look twice"), "DataError", "look twice"),
        (MemoryError(), "PluginCrash", "author of the connector 'test'"),
        (KeyError("x"), "PluginCrash", "tell its author"),
        (OSError(errno.ENOSPC, "No space left on device"), "TransientError", "free some disk space"),
    ],
)
def test_every_failure_carries_a_remedy(
    make: Callable[..., tuple[Worker, Pipe]], error: BaseException, kind: str, words: str
) -> None:
    failure = make()[0].failure(error)
    assert (failure.kind, words in failure.hint) == (kind, True)
    assert failure.message


def test_odd_texts_are_made_fit_to_send(make: Callable[..., tuple[Worker, Pipe]]) -> None:
    worker, _ = make()
    assert worker.failure(PluginError("half \ud83d")).message == "half ?"
    assert worker.failure(PluginError(cast("str", 17))).message == "17"
    assert len(worker.failure(PluginError("x" * 10_000)).message) == 1000

    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert "cannot be made: RuntimeError" in worker.failure(MuteError()).message


def test_sleeping_and_waiting_end_when_the_sync_stops(make: Callable[..., tuple[Worker, Pipe]]) -> None:
    worker, pipe = make("good")
    threading.Timer(0.05, feed, (worker, '{"type":"stop"}')).start()
    with pytest.raises(StoppedError):
        worker.sleep(60)
    assert [line["busy"] for line in said(pipe)] == [60.0], "the sync is asked for that much patience"
    with pytest.raises(StoppedError):
        worker.wait_for_room()
    with pytest.raises(SettingError, match="could not be saved: the run was stopped"):
        worker.save_secret("token", "new-value-1")
    with pytest.raises(StoppedError):
        run(worker, connector(good=good))


def test_a_rotated_secret_goes_to_the_keyring_and_is_hidden_from_then_on(
    make: Callable[..., tuple[Worker, Pipe]],
) -> None:
    worker, pipe = make()
    threading.Timer(0.05, feed, (worker, '{"type":"saved"}')).start()
    worker.save_secret("token", "new-value-1")
    assert said(pipe) == [{"type": "secret", "name": "token", "value": "new-value-1"}]
    assert worker.failure(ValueError("new-value-1")).message == "ValueError: ***"
    threading.Timer(0.05, feed, (worker, '{"type":"saved","error":"locked"}')).start()
    with pytest.raises(SettingError, match="'token' could not be saved: locked"):
        worker.save_secret("token", "new-value-2")


def test_another_clock_is_for_sandboxes_only(
    make: Callable[..., tuple[Worker, Pipe]], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, _ = make("good")
    monkeypatch.setattr(clock, "SPEED", 60.0)
    with pytest.raises(SettingError, match="KPITERM_CLOCK"):
        make_context(worker, connector(good=good))
    worker.job = msgspec.structs.replace(worker.job, sandbox="http://127.0.0.1:9")
    assert make_context(worker, connector(good=good)).account == "one"
