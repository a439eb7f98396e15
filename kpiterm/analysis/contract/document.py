"""Canonical JSON, its fingerprint, and strict reading of what others wrote in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NoReturn, cast

from kpiterm.config.toml import did_you_mean
from kpiterm.errors import UsageError


def canonical(document: Mapping[str, object]) -> str:
    """The one text of a document: keys sorted, no spaces, no escapes; the same bytes wherever it is made."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fingerprint(document: Mapping[str, object]) -> str:
    """sha256 over everything in a document but its own `hash`."""
    body = {key: value for key, value in document.items() if key != "hash"}
    return f"sha256:{hashlib.sha256(canonical(body).encode()).hexdigest()}"


def read_json(text: str, origin: str) -> Mapping[str, object]:
    """A JSON object; a number with a point is kept as it is written. UsageError where it is none, or names a key twice:
    two readers would not agree on what it says."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    def never(name: str) -> object:
        raise ValueError(f"{name} is no number")

    try:
        found = json.loads(text, parse_float=str, parse_constant=never, object_pairs_hook=once)
        json.dumps(found, ensure_ascii=False).encode()  # refuses halves of characters, which have no bytes
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{origin}: no valid JSON: {error}", hint="write one JSON object, numbers in quotes") from None
    if not isinstance(found, dict):
        raise UsageError(f"{origin}: no JSON object", hint='write {"kpis": {…}, "net_sales": "…"}')
    return found


class Part:
    """A JSON object that remembers which of its keys were read, so that a misspelt one is not a silent default."""

    def __init__(self, values: Mapping[str, object], origin: str, path: str = "") -> None:
        self._values, self._origin, self._path = values, origin, path
        self._known: set[str] = set()

    def fail(self, key: str, problem: str, remedy: str) -> NoReturn:
        raise UsageError(f"{self._origin}: {self._under(key)}: {problem}", hint=remedy)

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def has(self, key: str) -> bool:
        self._known.add(key)
        return key in self._values

    def given(self, key: str) -> bool:
        """Whether it has a value; null is none."""
        return self.has(key) and self._values[key] is not None

    def is_part(self, key: str) -> bool:
        return isinstance(self._values.get(key), dict)

    def is_list(self, key: str) -> bool:
        return isinstance(self._values.get(key), list)

    def number(self, key: str, default: Decimal | None = None) -> Decimal:
        value = self.optional(key)
        if value is None and default is None:
            self.fail(key, "missing", 'write a number in quotes, such as "412000.00"')
        return cast("Decimal", default if value is None else value)

    def optional(self, key: str) -> Decimal | None:
        """A number, None where it is null or not given."""
        if not self.given(key):
            return None
        value = self._values[key]
        try:
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise InvalidOperation
            number = Decimal(value)
        except InvalidOperation:
            self.fail(key, f"found {value!r}", 'write a number in quotes, such as "0.12", or null')
        if not number.is_finite() or number.adjusted() > 18:
            self.fail(key, f"found {value!r}", "write a finite number")
        return number

    def day(self, key: str) -> date:
        value = self.text(key)
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(key, f"found {value!r}", "write a day such as 2026-11-01")

    def integer(self, key: str, default: int | None = None) -> int:
        value = self._values.get(key, default)
        self._known.add(key)
        if type(value) is not int or not 0 <= value < 2**31:
            self.fail(key, f"found {value!r}", "write a whole number without quotes")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.get(key, default)
        self._known.add(key)
        if not isinstance(value, str) or not value:
            self.fail(key, f"found {value!r}", "write a text in quotes")
        return value

    def choice(self, key: str, choices: Collection[str], default: str) -> str:
        value = self.text(key, default)
        if value not in choices:
            self.fail(key, f"found {value!r}", f"write one of {', '.join(choices)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        self._known.add(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(key, f"found {value!r}", "write a list of texts")
        return tuple(value)

    def part(self, key: str) -> Part:
        """The object of that name, empty where it is missing."""
        value = self._values.get(key, {})
        self._known.add(key)
        if not isinstance(value, dict):
            self.fail(key, f"found {value!r}", "write an object in braces")
        return Part(value, self._origin, self._under(key))

    def parts(self, key: str) -> Iterator[Part]:
        value = self._values.get(key, [])
        self._known.add(key)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fail(key, f"found {value!r}", "write a list of objects")
        for number, item in enumerate(value, 1):
            yield Part(item, self._origin, f"{self._under(key)}[{number}]")

    def finish(self, known: Collection[str] = ()) -> None:
        """Refuse keys that nobody asked for."""
        allowed = self._known | set(known)
        for key in self._values:
            if key not in allowed:
                self.fail(key, "unknown key", did_you_mean(key, allowed))

    def _under(self, key: str) -> str:
        return ".".join(part for part in (self._path, key) if part)
