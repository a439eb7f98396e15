"""kpiterm's commands as processes of their own, forked from one that has loaded the libraries: what they take most of.

Run by itself with a socket's number, this is that process. A line is a command as JSON; the answer is how it ended.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

LIBRARIES = ("duckdb", "httpx", "keyring", "msgspec", "numpy")
STARTED = ("cli.board", "cli.commands.sync", "cli.commands.import_", "analysis.board", "store.engine", "sync.runner")
ALONE = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
"""A process with threads cannot be forked: they are not there in the new one, which waits for them when it ends."""
STREAMS = ("stdin", "stdout", "stderr")


class Warm:
    """The client's end. Called, it runs a command in an environment that holds nothing else."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", __file__, str(theirs.fileno())]
        with theirs:
            self._server = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=ALONE)
        self._answers = self._ours.makefile()

    def __call__(
        self, argv: Sequence[str], stdin: str, environment: Mapping[str, str], *, seconds: float
    ) -> tuple[int, str, str]:
        """Its exit code, as subprocess tells it, and what it said."""
        self._ours.settimeout(seconds)
        with tempfile.TemporaryDirectory() as name:
            streams = {stream: Path(name, stream) for stream in STREAMS}
            streams["stdin"].write_text(stdin)
            order = {"argv": argv, "env": dict(environment), "cwd": str(Path.cwd()), "streams": name}
            self._ours.sendall(json.dumps(order).encode() + b"\n")
            code = int(self._answers.readline())
            return code, streams["stdout"].read_text(), streams["stderr"].read_text()

    def close(self) -> None:
        self._answers.close()
        self._ours.close()
        with suppress(subprocess.TimeoutExpired):
            self._server.wait(5)
        self._server.kill()
        self._server.wait()


def serve(channel: socket.socket) -> int:
    """Fork a process for every line; in the forked one, this returns its exit code."""
    with channel.makefile() as orders:
        for line in orders:
            child = os.fork()
            if child == 0:
                return run(json.loads(line))
            _, status = os.waitpid(child, 0)
            channel.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    return 0


def run(order: dict[str, Any]) -> int:
    """What `python -m kpiterm` does, once its streams, environment and directory are as if it had started so."""
    from kpiterm.cli.main import run as kpiterm

    for number, stream in enumerate(STREAMS):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        opened = os.open(Path(order["streams"], stream), flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    sys.path[:0] = [order["cwd"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    importlib.invalidate_caches()
    sys.argv = ["kpiterm", *order["argv"]]
    return kpiterm(sys.argv[1:])


def load() -> None:
    from kpiterm.lean import skip_unused

    skip_unused()
    for module in (*LIBRARIES, *(f"kpiterm.{name}" for name in STARTED)):
        importlib.import_module(module)
    importlib.import_module("duckdb").default_connection().close()  # it has a thread
    gc.freeze()  # else every forked process copies all that is loaded, at its first collection


if __name__ == "__main__":
    load()
    sys.exit(serve(socket.socket(fileno=int(sys.argv[1]))))
