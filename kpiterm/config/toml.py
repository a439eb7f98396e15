"""Strict reading of TOML: every fault names file and key, what was found, and what to write instead."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NoReturn, cast

from kpiterm.config.model import Op
from kpiterm.errors import ConfigError

_NUMBER_LIKE = 'a number, such as 40 or "0.28"'
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Section:
    """A TOML table that remembers which of its keys were read, so that `finish` can refuse the others."""

    def __init__(self, file: Path, values: Mapping[str, object], path: str = "") -> None:
        self.file, self.path, self._values = file, path, values
        self._known: set[str] = set()

    def fail(self, key: str, problem: str, remedy: str) -> NoReturn:
        """Raise a ConfigError about `key` of this section (about the section itself where key is empty)."""
        where = ".".join(part for part in (self.path, key) if part)
        raise ConfigError(f"{self.file}: {where}: {problem}" if where else f"{self.file}: {problem}", hint=remedy)

    def has(self, key: str) -> bool:
        self._known.add(key)
        return key in self._values

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def finish(self, known: Collection[str] = ()) -> None:
        """Refuse keys that nobody asked for: a misspelt key must not be a silent default."""
        allowed = self._known | set(known)
        for key in self._values:
            if key not in allowed:
                self.fail(key, "unknown key", did_you_mean(key, allowed))

    def text(self, key: str, default: str | None = None, *, pattern: str = r"[\s\S]+", like: str = "text") -> str:
        """A text value that fits `pattern` (described by `like`); required unless there is a default."""
        value = self._value(key, default, like)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            self.fail(key, f"found {_shown(value)}", f"write {like}")
        return value

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        value = self._value(key, default, f"one of {', '.join(choices)}")
        if value not in choices:
            self.fail(key, f"found {_shown(value)}", f"write one of {', '.join(choices)}")
        return cast("str", value)

    def integer(self, key: str, default: int | None = None, *, least: int = 0, most: int = 2**31) -> int:
        value = self._value(key, default, f"a whole number from {least} on")
        if type(value) is not int or not least <= value <= most:
            self.fail(key, f"found {_shown(value)}", f"write a whole number from {least} to {most}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._value(key, default, "true or false")
        if not isinstance(value, bool):
            self.fail(key, f"found {_shown(value)}", "write true or false, without quotes")
        return value

    def texts(self, key: str, *, pattern: str = r"[\s\S]+", like: str = "texts") -> tuple[str, ...]:
        """A list of texts that each fit `pattern`; empty where it is missing."""
        value = self._value(key, [], like)
        if not isinstance(value, list) or not all(isinstance(t, str) and re.fullmatch(pattern, t) for t in value):
            self.fail(key, f"found {_shown(value)}", f"write a list of {like} in square brackets")
        return tuple(value)

    def decimal(self, key: str, default: Decimal | None = None) -> Decimal:
        """An exact number: a whole number or digits in quotes, since a TOML float is binary."""
        value = self._value(key, default, _NUMBER_LIKE)
        if isinstance(value, Decimal):
            return value
        if type(value) is int or (isinstance(value, str) and _NUMBER.fullmatch(value)):
            return Decimal(value)
        remedy = f'write "{value}" in quotes, so that it is kept exactly' if isinstance(value, float) else _NUMBER_LIKE
        return self.fail(key, f"found {_shown(value)}", remedy)

    def day(self, key: str) -> date:
        value = self._value(key, None, "a day, such as 2026-09-01")
        if not isinstance(value, date) or isinstance(value, datetime):
            self.fail(key, f"found {_shown(value)}", "write a day without quotes, such as 2026-09-01")
        return value

    def table(self, key: str) -> Section:
        """The table of that name, empty where it is missing."""
        value = self._values.get(key, {})
        self._known.add(key)
        if not isinstance(value, dict):
            self.fail(key, f"found {_shown(value)}", f"write it as a table: [{self._under(key)}]")
        return Section(self.file, value, self._under(key))

    def tables(self, key: str) -> Iterator[Section]:
        """Each table of an array of tables."""
        value = self._values.get(key, [])
        self._known.add(key)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fail(key, f"found {_shown(value)}", f"write it as [[{self._under(key)}]], once for each")
        for number, item in enumerate(value, 1):
            yield Section(self.file, item, f"{self._under(key)}[{number}]")

    def sections(self) -> Iterator[tuple[str, Section]]:
        """Every value of this table, each of which must be a table."""
        for key in self._values:
            yield key, self.table(key)

    def _value(self, key: str, default: object, like: str) -> object:
        self._known.add(key)
        value = self._values.get(key, default)
        if value is None:
            self.fail(key, "missing", f"add it: {like}")
        return value

    def _under(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def read_toml(file: Path) -> Section:
    """The whole file as a Section; ConfigError where it cannot be read or is no TOML."""
    try:
        return Section(file, tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        hint = "texts stand in quotes, tables in [brackets]"
        raise ConfigError(f"{file}: not valid TOML: {error}", hint=hint) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not UTF-8", hint="save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}", hint="check that the file exists and is yours") from None


def did_you_mean(found: str, known: Collection[str]) -> str:
    """A remedy for a misspelt name."""
    close = difflib.get_close_matches(found, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(known)) or 'none'}"


def comparison(text: str) -> tuple[Op, Decimal] | None:
    """`"<= 0.28"` as operator and exact number; None where it is neither."""
    match = re.fullmatch(r"\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\s*", text)
    try:
        return (cast("Op", match[1]), Decimal(match[2])) if match else None
    except InvalidOperation:
        return None


def _shown(value: object) -> str:
    return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:57]}…"
