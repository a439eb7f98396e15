"""Server-sent events: a streamed answer as the JSON messages that it carries."""

from __future__ import annotations

from collections.abc import Iterator


def messages(body: bytes) -> Iterator[bytes]:
    """The data of each event, in order; comments, ids and event names are passed over."""
    lines: list[str] = []
    text = body.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    for line in (*text.split("\n"), ""):
        if not line and lines:
            yield "\n".join(lines).encode()
            lines = []
        name, _, value = line.partition(":")
        if name == "data":
            lines.append(value.removeprefix(" "))
