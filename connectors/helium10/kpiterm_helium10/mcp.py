"""Helium 10's MCP server over streamable HTTP: one session a run, one call at a time, tools that only read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

import httpx

from kpiterm.plugins import AccessError, Context, DataError, PluginError, TransientError
from kpiterm_helium10.arguments import faults
from kpiterm_helium10.events import messages
from kpiterm_helium10.places import MCP_URL
from kpiterm_helium10.tools import READ_ONLY

PROTOCOL = "2025-06-18"
SESSION = "Mcp-Session-Id"
_UPGRADE = "if Helium 10 changed its tools, upgrade the connector"
_GATEWAY = re.compile(r"\s*\[gateway-meta\] session_id=(\S+)\s*")
_MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """A tool's answer: the JSON as it was sent, and what it says, numbers exact."""

    body: bytes
    data: Mapping[str, Any]


@dataclass(slots=True)
class Session:
    """What one run knows of the server. `gateway` is the id that the first tool call gives, to be echoed later."""

    ctx: Context
    id: str | None = None
    gateway: str | None = None
    tools: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _sent: int = 0

    def open(self) -> None:
        """Sign in and read the list of tools that the account may use."""
        self.id = self.gateway = None
        about = {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": {"name": "kpiterm", "version": "1"}}
        self._ask("initialize", about, fresh=True)
        self._post({"jsonrpc": "2.0", "method": "notifications/initialized"})
        self.tools = {str(tool.get("name")): tool for tool in self._listed()}

    def call(self, tool: str, needed: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> Answer | None:
        """The answer of a tool, None where it has nothing. `optional` arguments go along where its schema knows them.

        Raises AccessError where the account's plan lacks the tool, DataError where its schema refuses the arguments.
        """
        if tool not in READ_ONLY:
            raise DataError(f"{tool} is not on the list of tools that only read", hint="report this")
        if not self.tools:
            self.open()
        result = self._run(tool, needed, optional or {})
        if _lost_gateway(result):
            self.open()
            result = self._run(tool, needed, optional or {})
        return self._answer(tool, result)

    def _run(self, tool: str, needed: Mapping[str, Any], optional: Mapping[str, Any]) -> Mapping[str, Any]:
        arguments = self._arguments(tool, needed, optional)
        return self._ask("tools/call", {"name": tool, "arguments": arguments})

    def _arguments(self, tool: str, needed: Mapping[str, Any], optional: Mapping[str, Any]) -> dict[str, Any]:
        if tool not in self.tools:
            raise AccessError(
                f"Helium 10 does not offer the tool {tool} to this account",
                hint="it lists the tools of the account's plan and connected stores: connect the store, or change plan",
            )
        schema = self.tools[tool].get("inputSchema") or {}
        known = schema.get("properties", {})
        extra = {**optional, **({"session_id": self.gateway} if self.gateway else {})}
        arguments = {**needed, **{name: value for name, value in extra.items() if name in known}}
        found = faults(arguments, schema)
        found += [f"{name} is no argument of the tool" for name in needed if known and name not in known]
        if found:
            raise DataError(f"{tool} refuses the question before it is asked: {'; '.join(found[:3])}", hint=_UPGRADE)
        return arguments

    def _answer(self, tool: str, result: Mapping[str, Any]) -> Answer | None:
        texts = _texts(result)
        for text in texts:
            if named := _GATEWAY.search(text):
                self.gateway = named[1]
        said = "".join(_GATEWAY.sub("", text) for text in texts).strip()
        if re.search(r"\bno_result\b", said[:200]):
            return None
        if result.get("isError"):
            raise _refusal(tool, said)
        structured = result.get("structuredContent")
        if isinstance(structured, dict):
            return Answer(json.dumps(structured, default=str, sort_keys=True).encode(), structured)
        return Answer(said.encode(), _object(said.encode(), tool))

    def _listed(self) -> list[Mapping[str, Any]]:
        tools: list[Mapping[str, Any]] = []
        cursor = None
        for _ in range(_MOST_PAGES):
            page = self._ask("tools/list", {"cursor": cursor} if cursor else {})
            tools += page.get("tools", ())
            cursor = page.get("nextCursor")
            if not cursor:
                return tools
        raise DataError(f"tools/list goes on after {_MOST_PAGES} pages", hint="report this to Helium 10")

    def _ask(self, method: str, params: Mapping[str, Any], *, fresh: bool = False) -> Mapping[str, Any]:
        """The result of one request; a session that the server has forgotten is opened again, once."""
        self._sent += 1
        request = {"jsonrpc": "2.0", "id": self._sent, "method": method, "params": params}
        response = self._post(request)
        if response.status_code == httpx.codes.NOT_FOUND:
            if fresh or self.id is None:
                raise DataError("the MCP server answers 404 Not Found", hint="Helium 10 may have moved it; report this")
            self.open()
            return self._ask(method, params, fresh=True)
        if fresh and (given := response.headers.get(SESSION)):
            self.id = given
        return _result(method, response, self._sent)

    def _post(self, message: Mapping[str, Any]) -> httpx.Response:
        headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": PROTOCOL}
        if self.id:
            headers[SESSION] = self.id
        known = {"idempotent": True, "accept": (404,)}
        return self.ctx.http.post(MCP_URL, json=message, headers=headers, extensions=known)


_sessions: WeakKeyDictionary[httpx.Client, Session] = WeakKeyDictionary()


def session(ctx: Context) -> Session:
    """The run's one session: all streams of an account share it, since Helium 10 wants its calls one by one."""
    if ctx.http not in _sessions:
        _sessions[ctx.http] = Session(ctx)
    return _sessions[ctx.http]


def _result(method: str, response: httpx.Response, number: int) -> Mapping[str, Any]:
    """The result of the message that answers ours; notifications and the server's own questions are passed over."""
    streamed = response.headers.get("content-type", "").startswith("text/event-stream")
    for body in messages(response.content) if streamed else (response.content,):
        message = _object(body, method)
        if message.get("id") != number or "method" in message:
            continue
        if isinstance(error := message.get("error"), dict):
            raise _rpc_error(method, error)
        if isinstance(result := message.get("result"), dict):
            return result
    raise TransientError(f"{method}: the MCP server's answer ends without a result", hint="the next sync tries again")


def _object(body: bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(body, parse_float=Decimal)
    except ValueError:
        raise DataError(f"{what}: the answer is no JSON", hint=_UPGRADE) from None
    if not isinstance(value, dict):
        raise DataError(f"{what}: the answer is no JSON object", hint=_UPGRADE)
    return value


def _texts(result: Mapping[str, Any]) -> list[str]:
    return [str(part.get("text", "")) for part in result.get("content", ()) if part.get("type") == "text"]


def _lost_gateway(result: Mapping[str, Any]) -> bool:
    """Whether a tool misses the gateway's session: the answer that named it may have been lost on the way."""
    return bool(result.get("isError")) and any(re.search(r"\bsession_id\b", text[:200]) for text in _texts(result))


def _rpc_error(method: str, error: Mapping[str, Any]) -> PluginError:
    said = f"{method}: {error.get('code')} {str(error.get('message'))[:300]}"
    if error.get("code") in (-32700, -32600, -32601, -32602):
        return DataError(said, hint=_UPGRADE)
    return TransientError(said, hint="the next sync tries again")


def _refusal(tool: str, said: str) -> PluginError:
    """What a tool's own error means, by the words that Helium 10 uses."""
    text = f"{tool}: {said[:300] or 'failed without saying why'}"
    if "DATA_IN_PROGRESS" in said:
        return TransientError(text, hint="Helium 10 is still gathering the data (a day at most): sync again later")
    if re.search(r"(?i)permission|entitle|upgrade|subscription|plan\b", said):
        return AccessError(text, hint="the account's Helium 10 plan or store connection does not allow this")
    if re.search(r"(?i)quota|rate limit|too many|concurrent", said):
        return TransientError(text, hint="Helium 10's quota is used up: the next sync goes on from here")
    return DataError(text, hint=_UPGRADE)
