"""docs/how-to/plugin.md is true: its files, as they stand there, build, install, pass their test and sync."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/plugin.md"
OPENED = datetime.now(UTC).replace(microsecond=0) - timedelta(days=40)


class Desk(BaseHTTPRequestHandler):
    """The help desk as the page describes it: two conversations, a page each."""

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self.headers["Authorization"] != "Bearer let-me-in":
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


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files: a block of code belongs to the file that the paragraph before it begins with."""
    folder = tmp_path_factory.mktemp("kpiterm-desk")
    for name, code in re.findall(r"^`([\w./]+)`: .*?\n\n```\w+\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code)
    return folder


@pytest.fixture(scope="module")
def site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of packages that holds the installed connector."""
    folder = tmp_path_factory.mktemp("site")
    build = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    wheel = python(["-c", build], cwd=project).splitlines()[-1]
    with zipfile.ZipFile(folder / wheel) as archive:
        archive.extractall(folder)
    return folder


def python(args: list[str], *, cwd: Path, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, *args], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_pages_files_are_all_there(project: Path) -> None:
    files = {str(path.relative_to(project)) for path in project.rglob("*") if path.is_file()}
    assert files == {
        "pyproject.toml",
        "kpiterm_desk/__init__.py",
        "kpiterm_desk/conversations.sql",
        "tests/test_desk.py",
    }


def test_its_own_test_passes(project: Path, site: Path) -> None:
    assert " passed" in python(["-m", "pytest", "-p", "no:cacheprovider", "tests"], cwd=project, PYTHONPATH=str(site))


def test_it_syncs(site: Path, desk: str, tmp_path: Path) -> None:
    accounts = tmp_path / "workspaces/default/accounts"
    accounts.mkdir(parents=True)
    (accounts / "my-desk.toml").write_text(f'connector = "desk"\nsandbox = "{desk}"\n')

    def kpiterm(*args: str) -> dict[str, list[list[object]]]:
        command = ["-m", "kpiterm", "--home", str(tmp_path), "--json", *args]
        answer = python(command, cwd=tmp_path, PYTHONPATH=str(site), KPITERM_SECRET_MY_DESK_TOKEN="let-me-in")
        return json.loads(answer)  # type: ignore[no-any-return]

    kpiterm("sync", "my-desk")
    told = kpiterm("query", "select contact_id, replied_at - received_at, needs_reply from contact order by 1")
    assert [row[0] for row in told["rows"]] == ["7001", "7002"]
    assert [row[1] is None for row in told["rows"]] == [False, True]
    assert [row[2] for row in told["rows"]] == [True, False]
    assert b"buyer@example.com" not in b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
