"""One open page: a process of the program, and what goes between it and the browser's websocket."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from kpiterm.cli.browser.token import VARIABLE

DRIVER = "kpiterm.tui.browser:BrowserDriver"
GRACE = 8.0
"""Seconds that the program has to end, with a sync that it runs, before it is made to."""
LARGEST = 1000
"""Cells: no screen has more columns or rows, whatever a page says."""


def sane(cells: int) -> int:
    """So many columns or rows, or the nearest number that a screen may have."""
    return min(max(int(cells), 1), LARGEST)


class Cockpit(AppService):
    """textual-serve's side of the conversation, with a process that is started without a shell and surely ends."""

    def __init__(
        self,
        argv: Sequence[str],
        downloads: DownloadManager,
        write_bytes: Callable[[bytes], Awaitable[None]],
        write_str: Callable[[str], Awaitable[None]],
        close: Callable[[], Awaitable[object]],
    ) -> None:
        async def leave() -> None:
            await close()

        super().__init__(argv[0], write_bytes=write_bytes, write_str=write_str, close=leave, download_manager=downloads)
        self._argv = argv

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment = super()._build_environment(width, height) | {"TEXTUAL_DRIVER": DRIVER}
        environment.pop(VARIABLE, None)
        return environment

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(width, height)
        self._process = process = await asyncio.create_subprocess_exec(
            *self._argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
        )
        self._stdin = process.stdin
        return process

    async def set_terminal_size(self, width: int, height: int) -> None:
        await super().set_terminal_size(sane(width), sane(height))

    async def run(self) -> None:
        """Until the program has left; the page says so, whatever made it leave."""
        try:
            await super().run()
        finally:
            await self.remote_close()

    async def stop(self) -> None:
        """Ask the program to leave; returns when it is gone."""
        task, self._task = self._task, None
        if task is None or self._process is None:
            return
        await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
        await self.send_meta({"type": "quit"})
        self.stdin.close()
        task.cancel()  # it may wait for a browser that is gone
        await asyncio.gather(task, return_exceptions=True)
        await _ended(self._process)


async def _ended(process: Process) -> None:
    """Wait for a process that was asked to end; what it still says is read, or it would wait for us."""
    gone = asyncio.gather(process.communicate(), return_exceptions=True)
    for force in (process.terminate, process.kill):
        if (await asyncio.wait([gone], timeout=GRACE))[0]:
            break
        force()
    await gone
