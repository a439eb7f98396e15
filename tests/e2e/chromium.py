"""A headless Chromium that does as it is told, through its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0",
    "--window-size=1200,700", "--enable-unsafe-swiftshader",
)  # fmt: skip


class Tab:
    """One page: what its websockets received, and what it complained of."""

    def __init__(self, line: ClientWebSocketResponse) -> None:
        self._line = line
        self._number = 0
        self._session: str | None = None
        self.received = b""
        self.complaints: list[Any] = []

    async def open(self, url: str) -> None:
        target = (await self.ask("Target.createTarget", url="about:blank"))["targetId"]
        self._session = (await self.ask("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        for domain in ("Network", "Runtime", "Log", "Page"):
            await self.ask(f"{domain}.enable")
        await self.ask("Page.navigate", url=url)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """A command's result; what happens meanwhile is noted."""
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        await self._line.send_json({"id": self._number, "method": method, "params": params, **session})
        while (message := await self._line.receive_json()).get("id") != self._number:
            self._note(message)
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    async def until(self, text: str) -> None:
        """Wait until a websocket of the page has received `text`."""
        while text.encode() not in self.received:
            self._note(await self._line.receive_json())

    async def press(self, key: str) -> None:
        self.received = b""
        await self.ask("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def value(self, expression: str) -> Any:
        return (await self.ask("Runtime.evaluate", expression=expression))["result"].get("value")

    async def picture(self) -> bytes:
        return base64.b64decode((await self.ask("Page.captureScreenshot"))["data"])

    async def close(self) -> None:
        await self.ask("Page.close")
        self._session = None

    def _note(self, message: dict[str, Any]) -> None:
        match message:
            case {
                "method": "Network.webSocketFrameReceived",
                "params": {"response": {"opcode": 2, "payloadData": data}},
            }:
                self.received += base64.b64decode(data)
            case (
                {"method": "Runtime.exceptionThrown", "params": what}
                | {"method": "Runtime.consoleAPICalled", "params": {"type": "error" | "warning" | "assert"} as what}
                | {"method": "Log.entryAdded", "params": {"entry": {"level": "error" | "warning"} as what}}
            ):
                self.complaints.append(what)


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Tab]:
    """A tab of a browser that ends with the block."""
    assert CHROMIUM
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *FLAGS, f"--user-data-dir={profile}", stdout=DEVNULL, stderr=PIPE
    )
    assert process.stderr
    try:
        found = None
        while found is None:
            found = re.search(rb"DevTools listening on (ws://\S+)", await process.stderr.readline())
        async with ClientSession() as client, client.ws_connect(found[1].decode(), max_msg_size=0) as line:
            tab = Tab(line)
            yield tab
            tab._session = None
            await tab.ask("Browser.close")
        await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
