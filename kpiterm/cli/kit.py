"""The contract kit for people who do not know pytest: one line for each thing that was looked at."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from kpiterm.errors import PluginMissingError, UsageError

_GENERATED = """
from kpiterm.plugins.testing import ConnectorContract
from kpiterm.plugins.manager import load

for number, found in enumerate(load({names!r}).connectors.values()):
    globals()[f"Test{{number}}"] = type(f"Test{{number}}", (ConnectorContract,), {{"connector": found}})
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the kit looked at; `detail` is why it failed or could not be looked at."""

    name: str
    outcome: str  # passed, failed or skipped
    detail: str


def check(directory: Path) -> list[Check]:
    """Run a plugin project's own tests, or the bare contract where it has none."""
    if importlib.util.find_spec("pytest") is None:
        raise PluginMissingError("the contract kit runs on pytest, which is not installed", hint="pip install pytest")
    project = directory / "pyproject.toml"
    if not project.is_file():
        raise UsageError(f"{directory} holds no pyproject.toml", hint="name the directory of a plugin project")
    names = set(tomllib.loads(project.read_text("utf-8")).get("project", {}).get("entry-points", {}).get("kpiterm", {}))
    if not names:
        raise UsageError(
            f"{project} declares no plugin", hint='add [project.entry-points.kpiterm] with NAME = "kpiterm_NAME"'
        )
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary, "report.xml")
        tests = directory / "tests"
        if not tests.is_dir():
            tests = Path(temporary, "test_contract.py")
            tests.write_text(_GENERATED.format(names=names), "utf-8")
        _run(directory, tests, report)
        return _read(report)


def _run(directory: Path, tests: Path, report: Path) -> None:
    """In a process of its own: a plugin's import must not be able to end this one."""
    path = os.pathsep.join(filter(None, (str(directory), str(directory / "src"), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", str(tests)],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if not report.exists():
        last = (done.stdout + done.stderr).strip().splitlines()
        raise UsageError(f"the tests of {directory} do not run: {last[-1] if last else 'no output'}")


def _read(report: Path) -> list[Check]:
    checks = []
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 (written by pytest, just now)
        name = case.get("name", "").removeprefix("test_").replace("_", " ")
        problem = next((part for part in case if part.tag in ("failure", "error")), None)
        skipped = next((part for part in case if part.tag == "skipped"), None)
        if problem is not None:
            checks.append(Check(name, "failed", _sentence(problem.get("message", ""))))
        else:
            why = skipped.get("message", "") if skipped is not None else ""
            checks.append(Check(name, "skipped" if skipped is not None else "passed", why))
    return checks


def _sentence(message: str) -> str:
    """What the kit's assertion says, without pytest's own words around it."""
    first = message.strip().splitlines()[0] if message.strip() else "failed"
    return first.removeprefix("AssertionError: ")
