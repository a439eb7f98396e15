"""The contract kit for people who do not know pytest: one line for each thing that was looked at."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kpiterm.errors import PluginMissingError, UsageError
from kpiterm.plugins.manager import plugin_names

_PROJECT = Path(__file__).with_name("kit_project.py")
_VARIABLE = "KPITERM_KIT"
# A deprecated name of the plugin API goes on working, but a plugin that is being checked should know.
_WARNINGS = "error:kpiterm.plugins:DeprecationWarning"
_ERROR_CLASS = re.compile(r"^(?:[a-z_]+\.)*([A-Z]\w*(?:Error|Failure|Exception|Limited|Crash|Failed|Exit)): ")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the kit looked at; `detail` is why it failed or could not be looked at."""

    name: str
    outcome: str  # passed, failed or skipped
    detail: str


def check(directory: Path) -> list[Check]:
    """Whether the plugins of a project load; then its own contract tests, or the bare contract where it has none."""
    if importlib.util.find_spec("pytest") is None:
        raise PluginMissingError("the contract kit runs on pytest, which is not installed", hint="pip install pytest")
    project = directory / "pyproject.toml"
    if not project.is_file():
        raise UsageError(f"{directory} holds no pyproject.toml", hint="name the directory of a plugin project")
    plugins = _plugins(project)
    with tempfile.TemporaryDirectory() as temporary:
        pytest = _Pytest(directory, Path(temporary), plugins)
        checks = pytest.run(str(_PROJECT), "-k", "not Bare", "-c", os.devnull)
        if any(check.outcome == "failed" for check in checks):
            return checks
        own = pytest.run("tests", "--kpiterm-contract") if (directory / "tests").is_dir() else []
        return checks + (own or pytest.run(str(_PROJECT), "-k", "Bare", "-c", os.devnull))


def _plugins(project: Path) -> dict[str, str]:
    """The project's entry points, module by name."""
    try:
        declared = tomllib.loads(project.read_text("utf-8")).get("project", {})
        plugins = {str(k): str(v) for k, v in declared.get("entry-points", {}).get("kpiterm", {}).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise UsageError(f"{project}: {error}", hint="correct the file") from None
    if not plugins:
        raise UsageError(
            f"{project} declares no plugin", hint='add [project.entry-points.kpiterm] with NAME = "kpiterm_NAME"'
        )
    return plugins


class _Pytest:
    """pytest on a project as if it were installed, in a process of its own: an import must not end this one."""

    def __init__(self, directory: Path, temporary: Path, plugins: Mapping[str, str]) -> None:
        self._directory, self._temporary = directory, temporary
        metadata = temporary / "kpiterm_checked-0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kpiterm-checked\nVersion: 0\n")
        installed = plugin_names()
        entries = "\n".join(f"{name} = {module}" for name, module in plugins.items() if name not in installed)
        (metadata / "entry_points.txt").write_text(f"[kpiterm]\n{entries}\n", "utf-8")
        host = str(Path(__file__).parents[2])  # the kpiterm that runs, not another one that is installed beside it
        places = (str(directory), str(directory / "src"), str(temporary), host, os.environ.get("PYTHONPATH"))
        self._environment = {
            **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places)), _VARIABLE: " ".join(plugins),
        }  # fmt: skip

    def run(self, *args: str) -> list[Check]:
        """What the tests named in `args` found."""
        report = self._temporary / "report.xml"
        report.unlink(missing_ok=True)
        options = ["-q", "-p", "no:cacheprovider", "-W", _WARNINGS]
        options += [f"--junitxml={report}", f"--rootdir={self._directory}"]
        done = subprocess.run(
            [sys.executable, "-P", "-m", "pytest", *options, *args],
            cwd=self._directory, env=self._environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if not report.exists():
            last = (done.stdout + done.stderr).strip().splitlines()
            raise UsageError(
                f"the tests of {self._directory} do not run: {last[-1] if last else 'no output'}",
                hint=f"cd {self._directory} && python -m pytest shows more",
            )
        return _read(report)


def _read(report: Path) -> list[Check]:
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 (written by pytest, just now)
    checks = [_check(case) for case in cases]
    classes = [case.get("classname", "").rpartition(".")[2] for case in cases]
    if len(set(classes)) == 1:
        return checks
    return [
        replace(check, name=f"{of}: {check.name}") if of.startswith("Test") else check
        for check, of in zip(checks, classes, strict=True)
    ]


def _check(case: ET.Element) -> Check:
    name = re.sub(r"\[(.+)\]$", r" (\1)", case.get("name", "").removeprefix("test_").replace("_", " "))
    problem = next((part for part in case if part.tag in ("failure", "error")), None)
    if problem is not None:
        return Check(name or "the tests can be imported", "failed", _sentence(problem))
    skipped = next((part for part in case if part.tag == "skipped"), None)
    return Check(name, "passed", "") if skipped is None else Check(name, "skipped", skipped.get("message", ""))


def _sentence(problem: ET.Element) -> str:
    """What the kit's assertion or the plugin's own error says, without pytest's words around it."""
    message = problem.get("message", "").strip()
    if message in ("", "collection failure") or message.startswith("failed on setup"):
        said = [line[1:].strip() for line in (problem.text or "").splitlines() if line.startswith("E ")]
        message = said[-1] if said else message
    lines = message.splitlines() or ["failed"]
    kept = [line for number, line in enumerate(lines) if number == 0 or not line.startswith(("assert ", " +", "  "))]
    text = "; ".join(line.strip() for line in kept if line.strip())
    return _ERROR_CLASS.sub(lambda found: "" if found[1] in ("AssertionError", "Failed") else f"{found[1]}: ", text)
