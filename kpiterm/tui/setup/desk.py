"""What the set-up has done for it, and the values that it exchanges. A secret is handed over once and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from kpiterm.tui.headless import Outcome

StepName = Literal["language", "start", "files", "connector", "account", "test", "sync", "contract", "last"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something to fill in. `help` says what it is and where to find it; `stored`: a secret that is known already."""

    name: str
    help: str
    title: str = ""
    value: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    secret: bool = False
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A connector that is installed: its name, its title, and the titles of what it can fetch."""

    name: str
    title: str
    fetches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of an account's test, with the remedy where it is a bad one."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something was not done: `field` is the one that it is about, empty where it is about all of them."""

    text: str
    hint: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the set-up has come, by what is configured: the step to go on with, the account that it is about
    with its connector, and the file of the contract that is there."""

    step: StepName
    connector: str = ""
    account: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """What is left to do outside: the line for cron, and which file is where, below `folder`."""

    cron: str
    folder: str
    files: tuple[tuple[str, str], ...]


class Desk(Protocol):
    """People's files, the keyring and the headless functions behind the set-up. Calls block; none shows a secret."""

    workspace: str

    def standing(self) -> Standing: ...

    def keep_language(self, language: str) -> Fault | None:
        """Lay out the configuration files that are not there yet, and write the language into config.toml."""

    def offers(self) -> Sequence[Offer] | Fault: ...

    def fields(self, connector: str, account: str) -> Sequence[Field] | Fault:
        """What an account of the connector needs; with an account that is there, as it was filled in before."""

    def declare(self, connector: str, account: str, values: Mapping[str, str]) -> Fault | None:
        """Check, then put the secrets into the keyring and write the account's file; all of it or nothing."""

    def test(self, account: str) -> Sequence[Finding] | Fault: ...

    def load(self, pattern: str) -> Outcome:
        """Import what a path, a folder or a pattern names; what the command said."""

    def questions(self) -> Sequence[Field]:
        """What a contract has to say, with answers to begin with."""

    def agree(self, answers: Mapping[str, str]) -> Outcome | Fault:
        """Write the contract file, never over another; the outcome names it, and how many doubts there are."""

    def closing(self) -> Closing: ...

    def finish(self) -> None:
        """The set-up is not offered at a start any more."""

    def demo(self) -> None:
        """The demo is to be started once the screen is closed."""
