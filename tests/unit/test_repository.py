"""Promises of the repository as a whole, which no linter checks: names, sizes, and that every list is complete."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

import kpiterm

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = ROOT / "pyproject.toml"
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_CLASS = 60, 400, 200
# Split, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile("|".join(f"(?<![\\w.~}}])/{name}/" for name in ("work", "tmp", "root", "home", "Users")))
REGISTRIES = re.compile("|".join(rf"{name}\.(org|com|net)" for name in ("pypi", "pythonhosted", "npmjs")))
PRODUCT = [*(ROOT / "kpiterm").rglob("*.py"), *(ROOT / "connectors").rglob("kpiterm_*/**/*.py")]


@cache
def tracked() -> tuple[Path, ...]:
    listing = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    found = subprocess.run(listing, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("not a git checkout")
    return tuple(path for name in found.stdout.split("\0") if name and (path := ROOT / name).is_file())


def texts() -> list[tuple[str, str]]:
    """Name and text of every tracked text file."""
    bodies = ((path, path.read_bytes()) for path in tracked())
    return [(str(path.relative_to(ROOT)), body.decode()) for path, body in bodies if b"\0" not in body]


def holding(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    assert holding(MACHINE_PATHS) == []


def test_no_file_names_a_package_registry() -> None:
    assert holding(REGISTRIES) == []


def test_the_lock_is_complete_and_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^([\w.-]+)==\S+", lock, re.MULTILINE)
    unhashed = re.findall(r"^[\w.-]+==[^\\]*$", lock, re.MULTILINE)
    assert wanted() - {"kpiterm"} <= set(pins)
    assert unhashed == []
    assert "://" not in lock


def wanted() -> set[str]:
    """Names of everything that kpiterm, its connectors and their development ask for."""
    projects = [tomllib.loads(path.read_text()) for path in (PYPROJECT, *ROOT.glob("connectors/*/pyproject.toml"))]
    asked = chain(*(p["project"]["dependencies"] for p in projects), projects[0]["dependency-groups"]["dev"])
    return {match.group().lower() for text in asked if (match := re.match(r"[\w.-]+", text))}


def test_functions_classes_and_files_stay_within_the_budget() -> None:
    assert [fault for path in PRODUCT for fault in oversized(path)] == []


def oversized(path: Path) -> list[str]:
    text = path.read_text()
    name, lines = path.relative_to(ROOT), text.count("\n")
    faults = [f"{name}: {lines} lines"] if lines > LONGEST_FILE else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            longest = LONGEST_CLASS if isinstance(node, ast.ClassDef) else LONGEST_FUNCTION
            if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > longest:
                faults.append(f"{name}:{node.lineno}: {node.name} has {length} lines")
    return faults


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{kpiterm.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_package_and_project_agree_on_the_version() -> None:
    assert tomllib.loads(PYPROJECT.read_text())["project"]["version"] == kpiterm.__version__


def test_every_connector_stands_under_the_import_contracts() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    packages = {path.name for path in (ROOT / "connectors").glob("*/kpiterm_*")}
    for section, key in (
        ("importlinter", "root_packages"),
        ("importlinter:contract:connectors", "source_modules"),
        ("importlinter:contract:host", "forbidden_modules"),
    ):
        assert packages <= set(contracts[section][key].split()), f"[{section}] {key} of .importlinter"


def test_every_package_ships_its_types() -> None:
    packages = [ROOT / "kpiterm", *(ROOT / "connectors").glob("*/kpiterm_*")]
    assert [package.name for package in packages if not (package / "py.typed").exists()] == []


def test_every_connector_has_what_a_third_party_would_copy() -> None:
    for folder in (path.parent for path in (ROOT / "connectors").glob("*/kpiterm_*")):
        missing = [name for name in ("pyproject.toml", "README.md", "tests") if not (folder / name).exists()]
        assert not missing, f"{folder.name} lacks {missing}"
