"""The MCP server over streamable HTTP: sessions, JSON or event streams, a bare token, one call at a time."""

from __future__ import annotations

import json
import secrets
from threading import Lock
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.helium10.tool import Call, ToolError
from kpiterm.sandbox.limits import Plan
from kpiterm.sandbox.wire import Response, json_response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kpiterm.sandbox.helium10.identity import Identity
    from kpiterm.sandbox.helium10.tool import Tool
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.wire import Request

HOST = "mcp.helium10.com"
PROTOCOLS = ("2025-03-26", "2025-06-18")
PAGE = 6
_QUOTA = Plan(2.0, 30)
_SESSION = "Mcp-Session-Id"


class McpServer:
    """Answers `POST /mcp`; each session remembers what its tools have said."""

    def __init__(self, world: World, identity: Identity, tools: Sequence[Tool], calls: list[str]) -> None:
        self._world, self._token, self._calls = world, identity.token, calls
        self._tools = {tool.name: tool for tool in tools}
        self._sessions: dict[str, dict[str, Any]] = {}
        self._one_at_a_time = Lock()

    def answer(self, request: Request) -> Response:
        """Checks in the gateway's order: token, path, method, media types, quota, then the message itself."""
        if not secrets.compare_digest(request.headers.get("authorization", "").encode(), self._token.encode()):
            return json_response(401, {"error": "invalid_token"}, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        if request.path != "/mcp":
            return json_response(404, {"error": "not_found"})
        if request.method == "DELETE":
            known = self._sessions.pop(request.headers.get(_SESSION.lower(), ""), None)
            return Response(404 if known is None else 204)
        if request.method != "POST":
            return json_response(405, {"error": "method_not_allowed"}, {"Allow": "POST, DELETE"})
        accepted = request.headers.get("accept", "")
        if "application/json" not in accepted or "text/event-stream" not in accepted:
            return _error(406, None, -32000, "Client must accept both application/json and text/event-stream")
        wait = self._world.buckets.take("helium10:mcp", self._token, _QUOTA) if self._world.throttle else 0.0
        if wait:
            self._world.throttled["helium10:mcp"] += 1
            return rate_limited(wait)
        return self._message(request)

    def _message(self, request: Request) -> Response:
        try:
            message = json.loads(request.body)
        except ValueError:
            return _error(400, None, -32700, "Parse error")
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or "method" not in message:
            return _error(400, None, -32600, "Invalid Request")
        number, method, params = message.get("id"), message["method"], message.get("params") or {}
        if method == "initialize":
            return self._initialize(number, params)
        memory = self._sessions.get(request.headers.get(_SESSION.lower(), ""))
        if memory is None:
            status = 404 if _SESSION.lower() in request.headers else 400
            return _error(status, number, -32001, "Session not found" if status == 404 else "Missing session ID")
        if request.headers.get("mcp-protocol-version", PROTOCOLS[0]) not in PROTOCOLS:
            return _error(400, number, -32000, "Bad Request: Unsupported protocol version")
        if number is None:
            return Response(202)
        return self._request(number, method, params, memory)

    def _initialize(self, number: Any, params: Mapping[str, Any]) -> Response:  # noqa: ANN401 - any JSON id
        session = secrets.token_hex(16)
        self._sessions[session] = {}
        asked = params.get("protocolVersion")
        result = {
            "protocolVersion": asked if asked in PROTOCOLS else PROTOCOLS[-1],
            "capabilities": {"tools": {"listChanged": False}},
            "serverInfo": {"name": "helium10-mcp", "version": "1.0.0"},
        }
        return json_response(200, {"jsonrpc": "2.0", "id": number, "result": result}, {_SESSION: session})

    def _request(self, number: Any, method: str, params: Mapping[str, Any], memory: dict[str, Any]) -> Response:  # noqa: ANN401
        if method == "tools/list":
            return self._list(number, params)
        if method == "ping":
            return json_response(200, {"jsonrpc": "2.0", "id": number, "result": {}})
        if method != "tools/call":
            return _error(200, number, -32601, f"Method not found: {method}")
        tool = self._tools.get(str(params.get("name")))
        if tool is None:
            return _error(200, number, -32602, f"Unknown tool: {params.get('name')}")
        arguments = dict(params.get("arguments") or {})
        if fault := next(tool.faults(arguments), None):
            return _error(200, number, -32602, f"Input validation error: {fault}")
        return _stream(number, self._call(tool, arguments, memory))

    def _list(self, number: Any, params: Mapping[str, Any]) -> Response:  # noqa: ANN401 - any JSON id
        cursor = str(params.get("cursor") or "0")
        tools, start = list(self._tools.values()), int(cursor) if cursor.isdecimal() else 0
        page = [
            {"name": t.name, "description": t.description, "inputSchema": t.schema} for t in tools[start : start + PAGE]
        ]
        more = {"nextCursor": str(start + PAGE)} if start + PAGE < len(tools) else {}
        return json_response(200, {"jsonrpc": "2.0", "id": number, "result": {"tools": page, **more}})

    def _call(self, tool: Tool, arguments: dict[str, Any], memory: dict[str, Any]) -> dict[str, Any]:
        """The tool's result; a second call while one is running is refused, and so is a lost session id."""
        if not self._one_at_a_time.acquire(blocking=False):
            return _said("concurrent tool calls are not allowed", wrong=True)
        try:
            first = "gateway" not in memory
            gateway = memory.setdefault("gateway", secrets.token_hex(8))
            if not first and arguments.pop("session_id", None) != gateway:
                return _said("session_id is missing or unknown: echo the one of [gateway-meta]", wrong=True)
            result = self._run(tool, Call(arguments, memory))
            if first:
                result["content"].append({"type": "text", "text": f"[gateway-meta] session_id={gateway}"})
            return result
        finally:
            self._one_at_a_time.release()

    def _run(self, tool: Tool, call: Call) -> dict[str, Any]:
        self._calls.append(tool.name)
        try:
            found = tool.handler(call)
        except ToolError as error:
            return _said(str(error), wrong=True)
        return _said(found if isinstance(found, str) else json.dumps(found, separators=(",", ":")))


def rate_limited(seconds: float) -> Response:
    """429 with the whole seconds until the next request."""
    return json_response(429, {"error": "rate_limited"}, {"Retry-After": str(int(seconds) + 1)})


def _said(text: str, *, wrong: bool = False) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "isError": wrong}


def _stream(number: Any, result: Mapping[str, Any]) -> Response:  # noqa: ANN401 - any JSON id
    """A result as events: a remark of the server first, then what was asked."""
    remark = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "working"}}
    answer = {"jsonrpc": "2.0", "id": number, "result": result}
    events = (f"event: message\r\ndata: {json.dumps(message)}\r\n\r\n" for message in (remark, answer))
    return Response(200, (": ready\r\n\r\n" + "".join(events)).encode(), "text/event-stream")


def _error(status: int, number: Any, code: int, message: str) -> Response:  # noqa: ANN401 - any JSON id
    return json_response(status, {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}})
