"""Faults of a person's files, gathered so that all of them are told at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from kpiterm.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a place of a file, and what to write there instead."""

    message: str
    remedy: str

    @property
    def text(self) -> str:
        return f"{self.message} → {self.remedy}" if self.remedy else self.message


@dataclass(slots=True)
class Faults:
    """The faults found so far."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: Path, where: str, problem: str, remedy: str) -> None:
        """`where` is a row or a key of the file."""
        self.found.append(Fault(f"{file}: {where}: {problem}", remedy))

    def take(self, default: T, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `read` gives; `default`, and one fault more, where it refuses."""
        try:
            return read(*args, **kwargs)
        except ConfigError as error:
            self.found.append(Fault(error.message, error.hint))
            return default

    def many(self, read: Callable[P, Iterable[T]], *args: P.args, **kwargs: P.kwargs) -> list[T]:
        """All that `read` gives; none, and one fault more, where it refuses."""
        try:
            return list(read(*args, **kwargs))
        except ConfigError as error:
            self.found.append(Fault(error.message, error.hint))
            return []

    def end(self) -> None:
        """Raise them all as one ConfigError, a line each; nothing where there are none."""
        if not self.found:
            return
        if len(self.found) == 1:
            raise ConfigError(self.found[0].message, hint=self.found[0].remedy)
        lines = "\n".join(f"  {fault.text}" for fault in self.found)
        raise ConfigError(f"{len(self.found)} faults\n{lines}", hint="correct them, then run it again")
