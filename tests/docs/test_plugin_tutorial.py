"""docs/how-to/plugin.md is true: its files and its commands, as they stand there, in a new virtualenv and a new home.

The virtualenv is the reader's "virtualenv that kpiterm runs in": it finds kpiterm, pytest and the build tools where
this one has them, since there need not be a package index here. All else is the page's own, down to pip's installation.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/plugin.md"
BLOCK = re.compile(r"(?:^`([\w./]+)`(, at its end)?: (?:[^\n]+\n)+\n)?^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TOKEN = "let-me-in-7261"
OPENED = datetime.now(UTC).replace(microsecond=0) - timedelta(days=40)


class Desk(BaseHTTPRequestHandler):
    """The help desk as the page describes it: two conversations, a page each."""

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer(401, {})
        elif datetime.fromisoformat(asked["since"]) <= OPENED < datetime.fromisoformat(asked["before"]):
            number = int(asked["page"])
            next_page = 2 if number == 1 else None
            self.answer(200, {"conversations": [conversation(number)], "next_page": next_page})
        else:
            self.answer(200, {"conversations": [], "next_page": None})

    def answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet."""


def conversation(number: int) -> dict[str, object]:
    return {
        "id": 7000 + number,
        "order_number": f"112-{number}",
        "opened_at": OPENED.isoformat(),
        "answered_at": (OPENED + timedelta(hours=1)).isoformat() if number == 1 else None,
        "closed_as_spam": number == 2,
        "customer_email": "buyer@example.com",
    }


@pytest.fixture
def desk() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@dataclass
class Reader:
    """Follows the page from its first line to its last, in a directory and a virtualenv of its own."""

    directory: Path
    sandbox: str
    said: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.project, self.home, self.bin = (self.directory / name for name in ("project", "home", "env/bin"))
        self.project.mkdir()
        virtualenv(self.directory / "env")

    def follow(self) -> None:
        for name, at_its_end, language, text in BLOCK.findall(PAGE.read_text()):
            if name:
                self.write(name, text, append=bool(at_its_end))
            elif language == "sh":
                for line in text.splitlines():
                    self.said[line.partition("  #")[0].strip()] = self.run(line)

    def write(self, name: str, text: str, *, append: bool) -> None:
        file = self.project / name
        assert file.exists() == append, f"{name} is there already, or is not there yet"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() + "\n\n" if append else "") + text)
        self.files.append(name)

    def run(self, line: str) -> str:
        if line.startswith("kpiterm sync"):
            self.stand_in()
        done = subprocess.run(
            ["bash", "-euc", line],
            cwd=self.project,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    def stand_in(self) -> None:
        """What the page says of a server of one's own."""
        (named,) = re.findall(r"`(workspaces/\S+\.toml)` under kpiterm's home", PAGE.read_text())
        with (self.home / named).open("a") as file:
            file.write(f'sandbox = "{self.sandbox}"\n')

    def environment(self) -> dict[str, str]:
        """No network, no keyring, and nothing of the caller's."""
        return {
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}", "HOME": str(self.directory), "LANG": "C.UTF-8",
            "KPITERM_HOME": str(self.home), "KPITERM_SECRET_MY_DESK_TOKEN": TOKEN,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }  # fmt: skip

    def query(self, sql: str) -> list[list[Any]]:
        rows: list[list[Any]] = json.loads(self.run(f"kpiterm query --json '{sql}'"))["rows"]
        return rows


def virtualenv(directory: Path) -> None:
    """A new virtualenv with pip, and with the commands and packages that are installed here."""
    here_too = find_spec("pip") is not None
    venv.create(directory, with_pip=not here_too, symlinks=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(directory)})
    here = sysconfig.get_path("purelib")
    Path(packages, "here.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    for name in ("kpiterm", "pytest", *(["pip"] if here_too else [])):
        script = directory / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{directory}/bin/python" -P -m {name} "$@"\n')
        script.chmod(0o755)


@pytest.fixture
def reader(tmp_path: Path, desk: str) -> Reader:
    return Reader(tmp_path, desk)


@pytest.mark.e2e
def test_whoever_follows_the_page_gets_what_it_promises(reader: Reader) -> None:
    reader.follow()
    assert set(reader.files) == {
        "pyproject.toml", "kpiterm_desk/__init__.py", "kpiterm_desk/conversations.sql", "tests/test_desk.py",
        "kpiterm_desk/kpis.toml", "kpiterm_desk/exports.py", "export.csv",
    }  # fmt: skip
    said = reader.said
    assert "Successfully installed kpiterm-desk-0.1.0" in said["pip install --editable . pytest"]
    assert " passed" in said["pytest"]
    assert "✓ brings kpi files that can be read (desk)" in said["kpiterm plugins check ."]
    assert re.search(r"desk +0\.1\.0 +ok +desk", said["kpiterm plugins"])
    assert "Answered within a day" in said["kpiterm kpi show answered_1d --period 2026-11"]
    shown = json.loads(reader.run("kpiterm kpi show answered_1d --period 2026-11 --json"))
    assert {(kpi["numerator"], kpi["denominator"]) for kpi in shown["kpis"]} == {("1", "2")}

    rows = reader.query("select contact_id, replied_at - received_at, needs_reply, source from contact order by 1")
    assert [(row[0], row[1] is None, row[2]) for row in rows] == [
        ("7001", False, True), ("7002", True, False), ("7003", True, True),
    ]  # fmt: skip
    assert [row[3] for row in rows] == ["desk.conversations", "desk.conversations", "desk.conversations"]
    held = b"".join(file.read_bytes() for file in reader.home.rglob("*") if file.is_file())
    assert not [secret for secret in ("buyer@example.com", TOKEN) if secret.encode() in held]


def test_there_is_no_block_that_is_neither_file_nor_command_but_the_vendors_answer() -> None:
    blocks = [(name, language) for name, _, language, _ in BLOCK.findall(PAGE.read_text())]
    assert [language for name, language in blocks if not name and language != "sh"] == ["json"]
    assert sum(language == "sh" for _, language in blocks) == 3


def test_the_links_of_the_page_lead_somewhere() -> None:
    for page in (PAGE, *PAGE.parents[1].glob("reference/*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
