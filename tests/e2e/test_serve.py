"""`kpiterm serve` as a person has it: the board of a shop, painted by a real browser."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("aiohttp", reason="the extra serve is not installed")
from tests.e2e.chromium import CHROMIUM, Tab, browser

if TYPE_CHECKING:
    from tests.e2e.conftest import Shop

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]
WORD = "a-token-that-is-long-enough"
SECONDS = 20


@pytest.fixture
def server(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    environment = shop.home.environment | {"KPITERM_SECRET_SERVE_TOKEN": WORD}
    command = shop.home.command("serve", "--port", 0, "--json")
    process = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


async def come(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.02)


async def enter(tab: Tab, url: str) -> None:
    """Through the form, as one does whose link holds no token."""
    await tab.open(url)
    while not await tab.value("document.querySelector('input')?.matches(':focus')"):
        await asyncio.sleep(0.02)
    await tab.ask("Input.insertText", text=WORD)
    await tab.value("document.querySelector('form').requestSubmit()")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs the list of a process's children")
async def test_the_board_is_painted_takes_keys_and_ends_with_its_page(
    server: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert server.stdout
    started = json.loads(server.stdout.readline())
    assert started["token"] is True
    async with asyncio.timeout(SECONDS), browser(tmp_path) as tab:
        await enter(tab, started["url"])
        await tab.until("GMV")
        assert await tab.value("document.activeElement.className") == "xterm-helper-textarea"
        assert await tab.value("document.cookie") == ""  # no script can read it
        board = await tab.picture()
        assert len(board) > 20_000  # an empty page has a tenth
        await tab.press("3")
        await tab.until("SKU")
        await asyncio.sleep(0.2)  # for xterm.js to draw it
        assert await tab.picture() != board
        assert [text for text in tab.complaints if "401" not in str(text)] == []
        [program] = children(server.pid)
        await tab.close()
        await come(lambda: not children(server.pid))
        assert not Path(f"/proc/{program}").exists()


async def test_when_the_server_is_killed_its_programs_end(server: subprocess.Popen[str]) -> None:
    from aiohttp import ClientSession

    assert server.stdout
    url = json.loads(server.stdout.readline())["url"]
    async with asyncio.timeout(SECONDS), ClientSession() as client:
        async with client.get(url, params={"token": WORD}, allow_redirects=False) as answer:
            cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in answer.cookies.items())
        headers, origin = {"Cookie": cookie}, url.rstrip("/")
        async with client.ws_connect(f"{url}ws", headers=headers, origin=origin, max_msg_size=0) as page:
            painted = b""
            while b"GMV" not in painted:
                painted += await page.receive_bytes()
            [program] = children(server.pid)
            server.send_signal(signal.SIGKILL)
            await come(lambda: not Path(f"/proc/{program}").exists() or _is_zombie(program))
    assert os.name == "posix"


def _is_zombie(pid: int) -> bool:
    return ") Z " in Path(f"/proc/{pid}/stat").read_text()
