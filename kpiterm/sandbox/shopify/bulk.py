"""Bulk operations: queries that run on their own time and leave a JSONL file, five of them at once."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.shopify.bulk_rules import BulkQueryError, plan_bulk
from kpiterm.sandbox.shopify.execute import Execution, NulledError
from kpiterm.sandbox.shopify.files import LIFETIME, Files
from kpiterm.sandbox.shopify.paging import Listing, everything
from kpiterm.sandbox.shopify.plan import Step, node_steps
from kpiterm.sandbox.shopify.values import gid, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.shopify.context import Context
    from kpiterm.sandbox.shopify.execute import Resolver, Resolvers
    from kpiterm.sandbox.shopify.schema import NamedType, Schema
    from kpiterm.sandbox.vendor import World

SLOTS = 5  # running at once, per app and shop
_TOGETHER = 100  # root objects whose descendants follow them, where objects are not grouped
_BASE = 4_100_000_000_000
_ENDED = frozenset({"COMPLETED", "CANCELED", "FAILED", "EXPIRED"})


@dataclass(eq=False)
class Operation:
    """One bulk operation; `step` and `context` are what it was asked for and when."""

    number: int
    query: str
    step: Step
    context: Context
    created: float
    grouped: bool
    fails: bool
    cancelled: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return gid("BulkOperation", self.number)


class BulkOperations:
    """All bulk operations of the shop's app."""

    def __init__(self, world: World, files: Files, schema: Schema, resolvers: Resolvers) -> None:
        self._faults, self._clock, self._seconds = world.faults, world.clock, world.report_seconds
        self._files, self._schema, self._resolvers = files, schema, resolvers
        self._operations: list[Operation] = []
        self._lock = RLock()

    def run_query(self, context: Context, arguments: dict[str, Any]) -> dict[str, Any]:
        """`BulkOperationRunQueryPayload`."""
        with self._lock:
            running = [o for o in self._operations if self.status(o) not in _ENDED]
            if len(running) >= SLOTS:
                return _full(running, arguments["query"])
            try:
                step = plan_bulk(arguments["query"], self._schema, context.version)
            except BulkQueryError as error:
                return _refused("INVALID", ["query"], *error.reasons)
            operation = Operation(
                number=_BASE + len(self._operations) * 7,
                query=arguments["query"],
                step=step,
                context=context,
                created=self._clock.time(),
                grouped=bool(arguments["groupObjects"]),
                fails=len(self._operations) < context.setup.failing_bulk,
            )
            if self._faults.fails_first(f"bulk {step.key}"):
                operation.fails = len(self._operations) % 2 == 0
                operation.cancelled = 0.0 if operation.fails else operation.created
            self._operations.append(operation)
            return {"bulkOperation": operation, "userErrors": []}

    def cancel(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """`BulkOperationCancelPayload`."""
        operation = self.get(arguments["id"])
        if operation is None:
            return _refused("", ["id"], "Bulk operation does not exist")
        status = self.status(operation)
        if status in _ENDED:
            message = f"A bulk operation cannot be canceled when it is {status.lower()}"
            return {"bulkOperation": operation, "userErrors": [{"field": ["id"], "message": message}]}
        operation.cancelled = operation.cancelled or self._clock.time()
        return {"bulkOperation": operation, "userErrors": []}

    def get(self, global_id: str) -> Operation | None:
        return next((o for o in self._operations if o.id == global_id), None)

    def all(self) -> list[Operation]:
        """In order of creation."""
        return list(self._operations)

    def status(self, operation: Operation) -> str:
        """Created for the first tenth of its time, then running."""
        now = self._clock.time()
        if operation.cancelled:
            return "CANCELED" if now >= operation.cancelled + self._seconds / 10 else "CANCELING"
        age = now - operation.created
        if age < self._seconds:
            return "CREATED" if age < self._seconds / 10 else "RUNNING"
        return str(self.outcome(operation)["status"])

    def outcome(self, operation: Operation) -> dict[str, Any]:
        """How an operation that is through ended; its file is written when first looked at."""
        with self._lock:
            if not operation.result:
                operation.result = self._run(operation)
            return operation.result

    def show(self, operation: Operation) -> dict[str, Any]:
        """`BulkOperation`; counts are texts, as 64-bit numbers are."""
        status = self.status(operation)
        through = self.outcome(operation) if status in {"COMPLETED", "FAILED"} else _NOTHING
        completed = operation.created + self._seconds if status == "COMPLETED" else 0
        return {
            "id": operation.id,
            "query": operation.query,
            "type": "QUERY",
            "createdAt": moment(operation.created),
            "completedAt": moment(completed),
            **through,
            "status": status,
        }

    def _run(self, operation: Operation) -> dict[str, Any]:
        run = _BulkExecution(self._schema, self._resolvers, operation.context)
        lines: list[tuple[int, bytes]] = []
        with suppress(NulledError):
            lines = list(run.lines(operation.step, grouped=operation.grouped))
        if run.errors:  # only a missing scope makes any
            return {**_NOTHING, "status": "FAILED", "errorCode": "ACCESS_DENIED"}
        if operation.fails:
            lines = lines[: len(lines) // 2]
        body = b"".join(line for _, line in lines)
        until = operation.created + self._seconds + LIFETIME
        url = self._files.put(f"bulk-{operation.number}.jsonl", body, until) if lines else None
        counts = {
            "objectCount": str(len(lines)),
            "rootObjectCount": str(sum(not depth for depth, _ in lines)),
            "fileSize": str(len(body)) if lines else None,
        }
        if operation.fails:
            return {**_NOTHING, **counts, "status": "FAILED", "errorCode": "TIMEOUT", "partialDataUrl": url}
        return {**_NOTHING, **counts, "status": "COMPLETED", "url": url}


_NOTHING: dict[str, Any] = {
    "status": "",
    "errorCode": None,
    "objectCount": "0",
    "rootObjectCount": "0",
    "fileSize": None,
    "url": None,
    "partialDataUrl": None,
}


@dataclass
class _BulkExecution(Execution):
    """Leaves connections out of objects and puts them behind, one line for each of their nodes."""

    waiting: list[tuple[Step, Any, Resolver]] = field(default_factory=list)

    def lines(self, root: Step, *, grouped: bool) -> Iterator[tuple[int, bytes]]:
        """Depth and text of every line; parents come before their children."""
        self.object([root], self.schema["QueryRoot"], None, [])
        connections, self.waiting = self.waiting, []
        for step, source, resolver in connections:
            nodes = self._found(step, source, resolver)
            for start in range(0, len(nodes), 1 if grouped else _TOGETHER):
                part = nodes[start : start + (1 if grouped else _TOGETHER)]
                lines = [line for node in part for line in self._emit(step, node, "", 0)]
                yield from lines if grouped else sorted(lines, key=lambda line: line[0])

    def put(self, out: dict[str, Any], step: Step, resolver: Resolver, source: Any, path: list[Any]) -> None:  # noqa: ANN401
        if step.field.is_connection:
            self.check_access(step, [*path, step.key])
            self.waiting.append((step, source, resolver))
        else:
            super().put(out, step, resolver, source, path)

    def _emit(self, step: Step, node: Any, parent: str, depth: int) -> Iterator[tuple[int, bytes]]:  # noqa: ANN401
        kind: NamedType = self.schema[step.kind.fields["nodes"].type.base]
        shown = self.object(node_steps(step), kind, node, [])
        connections, self.waiting = self.waiting, []
        if parent:
            shown["__parentId"] = parent
        yield depth, json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for inner, source, resolver in connections:
            for child in self._found(inner, source, resolver):
                yield from self._emit(inner, child, shown["id"], depth + 1)

    def _found(self, step: Step, source: Any, resolver: Resolver) -> list[Any]:  # noqa: ANN401
        found: Listing = resolver(self.context, source, step.arguments)
        return everything(found, step.arguments)


def _full(running: list[Operation], query: str) -> dict[str, Any]:
    """Both of the API's words for it: one where the very query is under way already, one where it is not."""
    if not any(operation.query == query for operation in running):
        return _refused("LIMIT_REACHED", None, "Bulk operations limit reached. Please try again later.")
    ids = ", ".join(operation.id for operation in running)
    message = f"A bulk query operation for this app and shop is already in progress: {ids}."
    return _refused("OPERATION_IN_PROGRESS", None, message)


def _refused(code: str, where: list[str] | None, *messages: str) -> dict[str, Any]:
    errors = [{"code": code or None, "field": where, "message": message} for message in messages]
    return {"bulkOperation": None, "userErrors": errors}
