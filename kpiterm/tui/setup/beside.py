"""Work that blocks, beside the loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from threading import Thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def beside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The function's result. A daemon thread: a pooled one is joined at exit, and quitting must not wait for it."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def deliver(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)  # type: ignore[arg-type]
        else:
            done.set_exception(error)

    def work() -> None:
        result, problem = None, None
        try:
            result = function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 (it is raised where the result is awaited)
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            loop.call_soon_threadsafe(deliver, result, problem)

    Thread(target=work, name="kpiterm-set-up", daemon=True).start()
    return await done
