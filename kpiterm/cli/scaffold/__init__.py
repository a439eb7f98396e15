"""The first files of a connector: a small one that works and passes its contract, to be made into another."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from kpiterm.errors import UsageError

_FILES = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    "{package}/__init__.py": "connector.py.txt",
    "{package}/orders.sql": "orders.sql.txt",
    "tests/test_contract.py": "test_contract.py.txt",
}


def create(name: str, parent: Path) -> Path:
    """Write a new plugin project for the connector `name` into `parent`; its directory, which must not exist yet."""
    if not re.fullmatch(r"[a-z][a-z0-9]{1,30}", name):
        raise UsageError(f"connector name {name!r}", hint="use lower-case letters and digits, at most 31, e.g. etsy")
    directory = parent / f"kpiterm-{name}"
    if directory.exists():
        raise UsageError(f"{directory} exists already", hint="choose another name, or remove it")
    words = {"name": name, "title": name.capitalize(), "camel": name.capitalize(), "constant": name.upper(),
             "package": f"kpiterm_{name}"}  # fmt: skip
    for target, template in _FILES.items():
        file = directory / target.format(**words)
        file.parent.mkdir(parents=True, exist_ok=True)
        text = files("kpiterm.cli.scaffold").joinpath(template).read_text("utf-8")
        file.write_text(text.format(**words), "utf-8")
    return directory
