"""Reads a list of a platform's users, as its page of user permissions shows them: one right in a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from kpiterm.errors import UsageError

COLUMNS: dict[str, tuple[str, ...]] = {
    "platform": ("platform", "marketplace", "平台"),
    "principal": ("principal", "user", "email", "e-mail", "用户", "账号"),
    "role": ("role", "permission", "权限", "角色"),
    "level": ("level", "access", "access level", "级别"),
    "seen_on": ("seen_on", "seen on", "date", "日期"),
}
_LEVELS = {
    **dict.fromkeys(("view", "view only", "view_only", "read", "read only", "read_only", "只读", "查看"), "view"),
    **dict.fromkeys(("edit", "view & edit", "view and edit", "full", "full_access", "admin", "write", "编辑"), "edit"),
}
_HINT = "columns: platform, principal, role, level (view or edit), seen on (2026-11-01)"


def read_users(origin: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[dict[str, str | None]]:
    """The rights in a table, as the operation log keeps them; UsageError names the row that cannot be read."""
    places = _places(origin, header)
    found = []
    for number, row in enumerate(rows, 2):
        cells = {name: row[n] if n < len(row) else "" for name, n in places.items()}
        if any(str(cell or "").strip() for cell in cells.values()):
            found.append(_user(f"{origin}: row {number}", cells))
    if not found:
        raise UsageError(f"{origin} names no user", hint=_HINT)
    return found


def _places(origin: str, header: Sequence[str]) -> dict[str, int]:
    names = [str(name).strip().casefold() for name in header]
    places = {column: n for column, known in COLUMNS.items() for n, name in enumerate(names) if name in known}
    if missing := [column for column in COLUMNS if column not in places]:
        raise UsageError(f"{origin}: no column {missing[0]!r}", hint=_HINT)
    return places


def _user(where: str, cells: dict[str, object]) -> dict[str, str | None]:
    texts = {name: str(cell or "").strip() for name, cell in cells.items()}
    for name in ("platform", "principal", "role"):
        if not texts[name]:
            raise UsageError(f"{where}: {name} is empty", hint=_HINT)
    level = texts["level"].casefold()
    if level and level not in _LEVELS:
        raise UsageError(f"{where}: level {texts['level']!r}", hint="write view or edit, or leave it empty")
    return {
        "platform": texts["platform"].casefold(), "principal": texts["principal"], "role": texts["role"],
        "level": _LEVELS.get(level), "seen_on": f"{_day(where, cells['seen_on'])}",
    }  # fmt: skip


def _day(where: str, cell: object) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(str(cell).strip()[:10])
    except ValueError:
        raise UsageError(f"{where}: seen on {cell!r} is no day", hint="write it as 2026-11-01") from None
