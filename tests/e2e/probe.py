"""`ttyprobe` over a program: a script of steps in, pictures of its terminal as text out."""

from __future__ import annotations

import importlib.util
import json
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROBE = Path(__file__).resolve().parents[2].parent / "shared" / "tools" / "ttyprobe.py"
NEEDED = pytest.mark.skipif(
    not PROBE.exists() or importlib.util.find_spec("pyte") is None, reason="needs ../shared/tools/ttyprobe.py and pyte"
)
_SHIM = """
import pyte, runpy, sys
pyte.Screen.display = property(lambda screen: [
    "".join(screen.buffer[y][x].data for x in range(screen.columns)) for y in range(screen.lines)
])
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs the probe. Pyte's own way to tell what is displayed fails while a wide character is half written over."""


@dataclass(frozen=True)
class Walk:
    """How a walk went: its pictures by name, what the probe had to say, and its figures."""

    shots: Mapping[str, list[str]]
    code: int
    err: str
    figures: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A picture's words with single blanks, so that a line's end cuts no sentence."""
        return " ".join(" ".join(self.shots[name]).split())


class Walker:
    """A probe at work; `done` waits for it. Its pictures go into `folder`, as `shot:NAME.txt` names them."""

    def __init__(
        self, folder: Path, command: Sequence[str], environment: Mapping[str, str], steps: Sequence[str],
        *, term: str = "xterm-256color", size: str = "120x40",
    ) -> None:  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        script = " ".join(step.replace("shot:", f"shot:{folder}/") for step in steps)
        # The terminal as the program leaves it: its modes must be those of a shell again.
        told = f"{shlex.join(command)}; code=$?; echo; echo code=$code; stty -a"
        probe = [sys.executable, "-c", _SHIM, str(PROBE), "--json", "--term", term, "--size", size, "--script", script]
        self._process = subprocess.Popen(
            [*probe, "--", "sh", "-c", told],
            env=dict(environment), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def done(self, seconds: float = 240) -> Walk:
        try:
            out, err = self._process.communicate(timeout=seconds)
        finally:
            self.end()
        assert out, err
        shots = {file.stem: file.read_text().split("\n")[:-1] for file in self._folder.glob("*.txt")}
        return Walk(shots, self._process.returncode, err, json.loads(out))

    def end(self) -> None:
        """Whatever it was doing; the program ends with its terminal."""
        if self._process.poll() is None:
            self._process.kill()
        if self._process.stdout and not self._process.stdout.closed:
            self._process.communicate()
