"""A connector that misbehaves costs its own stream and nothing else: not its neighbours, not the other accounts."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

# stream -> what its fetch does, the kind of the error, and what the operator is told
ROGUES = {
    "raises": ("raise ValueError('boom')", "PluginCrash", "ValueError: boom at kpiterm_rogue.py:"),
    "hangs": ("threading.Event().wait()", "PluginCrash", "no sign of life for 10 s"),
    "rubbish": ("yield 42", "DataError", "gave a int where a Payload or Row belongs"),
    "nothing": ("return 7", "PluginCrash", "TypeError"),
    "broken-json": ("yield Payload(body=b'{\"a\": [1,', format='json', request='GET /x')", "DataError", "not the JSON"),
    "broken-lines": (
        "yield Payload(body=b'{\"a\": 1}\\n{\"a\"', format='ndjson', request='GET /x')",
        "DataError",
        "/x",
    ),
    "no-text": ("yield Payload(body=b'a,b\\n\\xff,1', format='csv', request='GET /x')", "DataError", "not utf-8"),
    "wrong-type": (
        "yield Payload(body=b'[{\"a\": \"one\"}]', format='json', request='GET /x')",
        "DataError",
        "declared",
    ),
    "bad-utf8": (
        "yield Payload(body=b'[{\"a\": 1, \"b\": \"\\xff\"}]', format='json', request='GET /x')",
        "DataError",
        "",
    ),
    "scalar": ("yield Payload(body=b'[1, 2]', format='json', request='GET /x')", "DataError", "record 1"),
    "giant": ("yield Payload(body=b'x' * (700 << 20), format='json', request='GET /x')", "PluginCrash", "512 MB"),
    "endless": ("ctx.http.get('https://api.rogue.example/endless')", "DataError", "larger than"),
    "exits": ("os._exit(3)", "PluginCrash", "ended with code 3"),
    "leaves": ("sys.exit('bye')", "PluginCrash", "SystemExit: bye"),
    "killed": ("os.kill(os.getpid(), signal.SIGSEGV)", "PluginCrash", "was ended by SIGSEGV"),
    "deaf": ("os.closerange(0, 64); threading.Event().wait()", "PluginCrash", "closed its end of the pipe"),
    "babbles": ("os.write(OUT, b'{\"type\": 1}\\n'); threading.Event().wait()", "PluginCrash", "SIGKILL"),
    "recurses": ("def f(): return f()\n    f()", "PluginCrash", "RecursionError"),
    "mute": ("raise Mute()", "PluginCrash", "its text cannot be made: ZeroDivisionError"),
    "odd-text": ("raise DataError('half a \\ud83d face')", "DataError", "half a ? face"),
    "odd-error": ("raise DataError(17)", "DataError", "17"),
    "other-host": ("ctx.http.get('https://evil.example/')", "SettingError", "may not send to https://evil.example"),
}
SOURCE = """
import os, signal, sys, threading

# the pipe to the sync, which no honest plugin would touch
OUT = max((int(fd) for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")
           and os.readlink(f"/proc/self/fd/{fd}").startswith("pipe:")), default=1)
SHAPE = Shape(columns={"a": "INTEGER", "b": "VARCHAR"}, outputs=(Output(
    into="health_metric", replaces=("metric",), select="SELECT _payload, 'x' AS metric, a AS numerator FROM source"),))

class Mute(Exception):
    def __str__(self):
        return str(1 / 0)

"""


class Endless(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(bytes(1 << 20))
        except OSError:
            return

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet."""


@pytest.fixture
def endless() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def rogue_source() -> str:
    functions = [f"def f{n}(ctx, window):\n    {body}\n" for n, (body, _, _) in enumerate(ROGUES.values())]
    streams = [f"Stream(name={name!r}, title='', fetch=f{n}, shape=SHAPE)," for n, name in enumerate(ROGUES)]
    return SOURCE + "\n".join(functions) + f"\nCONNECTOR = connector(streams=({' '.join(streams)}))"


def test_a_sync_beside_every_kind_of_rogue(home: Home, endless: str) -> None:
    """A healthy account beside one whose every stream but the last misbehaves in a way of its own."""
    home.plugin("rogue", rogue_source())
    home.plugin("healthy", "CONNECTOR = connector()\n")
    home.configure("[sync]\nstall_seconds = 10\n")
    home.declare("bad", "rogue", sandbox=endless)
    home.declare("good", "healthy")
    done = home("sync", "--json")
    assert done.code == 6
    assert "Traceback" not in done.err
    runs = done.runs()
    assert {key for key, run in runs.items() if run["status"] == "ok"} == {("good", "days"), ("bad", "days")}
    counts = home.rows("SELECT account, count(*) >= 6 FROM health_metric GROUP BY 1 ORDER BY 1")
    assert counts == [["bad", True], ["good", True]]
    errors = {stream: runs["bad", stream]["error"] for stream in ROGUES}
    as_promised = {
        stream: errors[stream]["kind"] == kind and words in errors[stream]["message"] and bool(errors[stream]["hint"])
        for stream, (_, kind, words) in ROGUES.items()
    }
    assert {stream: errors[stream] for stream, holds in as_promised.items() if not holds} == {}
    kept = home.rows("SELECT stream, error_kind, error FROM run WHERE account = 'bad' AND status = 'failed'")
    assert {stream: (kind, text) for stream, kind, text in kept} == {
        stream: (error["kind"], error["message"]) for stream, error in errors.items()
    }
    assert [path for path in home.paths.spool.rglob("*") if path.is_file()] == []


def test_failures_are_told_on_stderr_with_account_and_stream(home: Home) -> None:
    home.plugin("rogue", "def f(ctx, window):\n    raise ValueError('boom')\n"
                "CONNECTOR = connector(streams=(Stream(name='bang', title='', fetch=f),))")  # fmt: skip
    home.declare("bad", "rogue")
    done = home("sync")
    assert done.code == 6
    assert done.out == ""
    assert "kpiterm: bad bang: PluginCrash" in done.err or "kpiterm: bad bang: ValueError: boom" in done.err
    assert "→ a bug in the connector 'rogue': tell its author" in done.err


FUTURE = """
from kpiterm.plugins import *
@hookimpl
def kpiterm_connectors():
    return (Connector(name="future", title="", hosts=(), streams=(), marketplace=dict, api_version=99),)
"""
BROKEN = {
    "syntax": ("def (", "SyntaxError"),
    "leaver": ("raise SystemExit(3)", "SystemExit: 3"),
    "raiser": ("raise RuntimeError('no')", "RuntimeError: no"),
    "future": (FUTURE, "plugin API 99"),
    "misspelt": ("from kpiterm.plugins import *\n@hookimpl\ndef kpiterm_conectors():\n    return ()", "unknown hook"),
}


def test_plugins_that_cannot_be_loaded_are_shown_and_the_others_work(home: Home) -> None:
    for name, (source, _) in BROKEN.items():
        home.plugin(name, source, head=False)
    home.plugin("healthy", "print('hello from an import')\nCONNECTOR = connector()\n")
    home.declare("good", "healthy")
    home.declare("odd", "future")
    listed = home("plugins", "--json")
    assert listed.code == 8
    by_name = {plugin["name"]: plugin for plugin in listed.json["plugins"]}
    for name, (_, words) in BROKEN.items():
        assert by_name[name]["state"] == "failed"
        assert words in by_name[name]["error"]
        assert by_name[name]["hint"]
    assert by_name["healthy"]["connectors"] == ["healthy"]
    done = home("sync", "--json")
    assert done.code == 6
    assert done.runs()["good", "days"]["status"] == "ok"
    [odd] = [run for run in done.json["runs"] if run["account"] == "odd"]
    assert odd["error"]["kind"] == "PluginMissing"
    assert "plugin API 99" in odd["error"]["message"]
    assert home("sync", "odd").code == 8


def test_a_listener_that_raises_harms_no_sync(home: Home) -> None:
    home.plugin("listener", "from kpiterm.plugins import *\n@hookimpl\ndef kpiterm_sync_finished(report):\n"
                "    raise RuntimeError('not today')\n", head=False)  # fmt: skip
    home.plugin("healthy", "CONNECTOR = connector()\n@hookimpl\ndef kpiterm_sync_finished(report):\n"
                "    raise RuntimeError('not today')\n")  # fmt: skip
    home.declare("good", "healthy")
    done = home("sync", "--json")
    assert done.code == 0
    assert done.runs()["good", "days"]["status"] == "ok"
    assert "kpiterm: plugin healthy: RuntimeError: not today" in done.err
