"""What stands behind the guided set-up: people's files, the keyring, a connector's own rules and its test."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import logins, setup_contract
from kpiterm.cli.commands.demo import own_command
from kpiterm.config import write_templates
from kpiterm.config.accounts import check_name
from kpiterm.config.language import write_language
from kpiterm.errors import OK, PARTIAL, CredentialError, KpitermError
from kpiterm.i18n import N_, said
from kpiterm.paths import private_dir
from kpiterm.tui.headless import Outcome
from kpiterm.tui.setup.desk import Closing, Fault, Field, Finding, Offer, Standing

if TYPE_CHECKING:
    from kpiterm.cli.session import Session
    from kpiterm.config import Account
    from kpiterm.plugins import Connector, Marketplace


def wanted(session: Session) -> bool:
    """Whether the set-up is to be offered: nothing has been read yet, and nobody has said no.

    Not where a file has a fault, which the board tells of.
    """
    if session.as_of is not None or session.paths.current.exists() or _finished(session).exists():
        return False
    try:
        session.config()
        session.accounts()
    except KpitermError:
        return False
    return True


def _finished(session: Session) -> Path:
    return session.paths.store / "set-up"


class SetupDesk:
    """The set-up of one workspace. `demo_wanted`: what was chosen is to be started once the screen is closed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.workspace = session.paths.workspace
        self.demo_wanted = False

    def standing(self) -> Standing:
        paths, accounts = self._session.paths, _entered(self._session)
        last = (accounts[-1].connector, accounts[-1].name) if accounts else ("", "")
        if not paths.config.exists() and not accounts:
            return Standing("language")
        if paths.current.exists() or _finished(self._session).exists():
            return Standing("start", *last, self._contract())
        return Standing("test" if accounts else "connector", *last, self._contract())

    def keep_language(self, language: str) -> Fault | None:
        try:
            write_templates(self._session.paths)
            write_language(self._session.paths, language)
            self._session.config()
        except (KpitermError, OSError) as error:
            return _fault(error)
        return None

    def offers(self) -> Sequence[Offer] | Fault:
        plugins = self._session.plugins()
        offers = [Offer(c.name, c.title, tuple(s.title for s in c.streams)) for c in plugins.connectors.values()]
        if offers:
            return sorted(offers, key=_place_of)
        failed = next((s for s in plugins.statuses if s.state == "failed"), None)
        why = f"{failed.name}: {failed.error}" if failed else said("no connector is installed")
        return Fault(why, said("pip install ./connectors/*; kpiterm plugins lists what is there"))

    def fields(self, connector: str, account: str) -> Sequence[Field] | Fault:
        try:
            known = next((a for a in self._session.accounts() if a.name == account), None)
            name = account or self._new_name(connector)
            found, draft = logins.drafted(self._session, connector, name, {})
            stored = _stored(self._session, found, name) if known else set()
        except (KpitermError, OSError) as error:
            return _fault(error)
        return _fields(found, draft, stored)

    def declare(self, connector: str, account: str, values: Mapping[str, str]) -> Fault | None:
        try:
            check_name(account)
        except KpitermError as error:
            return Fault(error.message, error.hint, NAME)
        try:
            other = next((a.connector for a in self._session.accounts() if a.name == account), connector)
            if other != connector:
                return Fault(said("an account of {0} has this name", other), said("choose another one"), NAME)
            return self._declared(connector, account, values)
        except (KpitermError, OSError) as error:
            return _fault(error, account, list(values))
        except Exception as error:  # noqa: BLE001 (Textual's traceback would show the secrets in its frames)
            return Fault(type(error).__name__, said("a bug in kpiterm: kpiterm -v account add shows where"))

    def _declared(self, name: str, account: str, values: Mapping[str, str]) -> Fault | None:
        from kpiterm.sync.work import marketplace_of

        known, _ = logins.drafted(self._session, name, account, {})
        settings = {s.name: _chosen(values.get(s.name, ""), s.choices) for s in known.settings}
        connector, draft = logins.drafted(self._session, name, account, settings)
        draft = replace(draft, settings={key: value for key, value in draft.settings.items() if value})
        secrets = {s.name: value for s in connector.secrets if (value := values.get(s.name, ""))}
        if empty := next((s.name for s in connector.settings if s.required and not draft.settings.get(s.name)), ""):
            return Fault(said("this is needed"), field=empty)
        marketplace_of(connector, draft)
        if lacking := _lacking(self._session, connector, account, secrets):
            return Fault(said("this is needed"), field=lacking)
        logins.declare(self._session, draft, secrets)
        return None

    def test(self, account: str) -> Sequence[Finding] | Fault:
        from kpiterm.sync.probe import probe

        try:
            known = next((a for a in self._session.accounts() if a.name == account), None)
            if known is None:
                return Fault(said("there is no account {0}", account))
            plugins = self._session.plugins({known.connector})
            found = probe(self._session.paths, plugins, known, self._session.secrets())
        except (KpitermError, OSError) as error:
            return _fault(error, account)
        return [Finding(one.name, one.ok, one.detail) for one in found]

    def load(self, pattern: str) -> Outcome:
        files = _files(pattern)
        command = [*own_command(self._session), "-q", "import", *files]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        said_last = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        return Outcome(done.returncode in (OK, PARTIAL), "\n".join(said_last[-12:]))

    def questions(self) -> Sequence[Field]:
        place = self._place()
        try:
            currency = place.currency if place else self._session.config().currency
        except KpitermError:
            currency = "USD"  # the board tells what is wrong with config.toml
        return setup_contract.questions(self._session.now().date(), currency)

    def agree(self, answers: Mapping[str, str]) -> Outcome | Fault:
        return setup_contract.agree(self._session, self._place(), answers)

    def closing(self) -> Closing:
        paths = self._session.paths
        files = (
            (N_("settings"), paths.config), (N_("accounts"), paths.accounts), (N_("contracts"), paths.contracts),
            (N_("alerts"), paths.alerts), (N_("data"), paths.store),
        )  # fmt: skip
        named = tuple((what, f"{path.relative_to(paths.root)}") for what, path in files)
        return Closing(cron_line(self._session), str(paths.root), named)

    def finish(self) -> None:
        private_dir(_finished(self._session).parent)
        _finished(self._session).touch()

    def demo(self) -> None:
        self.demo_wanted = True

    def _contract(self) -> str:
        from kpiterm.analysis.contract.parse import find_contract

        for file in sorted(self._session.paths.contracts.glob("*.toml")):
            try:
                if find_contract(file):
                    return str(file)
            except KpitermError:
                return str(file)  # `contract check` says what is wrong with it; it is there all the same
        return ""

    def _place(self) -> Marketplace | None:
        """Where the first account sells."""
        from kpiterm.sync.work import find_connector, marketplace_of

        for account in _entered(self._session)[:1]:
            try:
                return marketplace_of(find_connector(self._session.plugins({account.connector}), account), account)
            except KpitermError:
                return None
        return None

    def _new_name(self, connector: str) -> str:
        taken = {account.name for account in self._session.accounts()}
        base = re.sub("[^a-z0-9-]", "-", connector)[:34]
        names = [f"{base}-main", *(f"{base}-{number}" for number in range(2, 99))]
        return next(name for name in names if name not in taken)


NAME = "@name"
"""The field of the account's own name, which no connector's field can have."""
_SHOPS = ("amazon", "walmart", "shopify")


def _place_of(offer: Offer) -> tuple[int, str]:
    """Shops before tools, the large ones first."""
    return (_SHOPS.index(offer.name) if offer.name in _SHOPS else len(_SHOPS), offer.name)


def cron_line(session: Session) -> str:
    """What cron starts, whole: cron knows neither the program's folder nor the person's environment."""
    program = Path(sys.executable).with_name("kpiterm")
    start = [str(program)] if program.exists() else [sys.executable, "-m", "kpiterm"]
    where = ["--home", str(session.paths.home)]
    where += ["--workspace", session.paths.workspace] if session.paths.workspace != "default" else []
    command = shlex.join([*start, "-q", *where, "sync"])
    return f"*/15 * * * * {command}".replace("%", r"\%")


def _entered(session: Session) -> list[Account]:
    """The accounts that somebody declared, not those of imported files; the last one was written last. None where a
    file has a fault, of which the board tells."""
    folder = session.paths.accounts
    try:
        found = [account for account in session.accounts() if not account.name.endswith("-import")]
    except KpitermError:
        return []
    return sorted(found, key=lambda account: (folder / f"{account.name}.toml").stat().st_mtime)


def _fields(connector: Connector, account: Account, stored: set[str]) -> list[Field]:
    """The account's name, what is required, then the rest."""
    from kpiterm.sync.work import settings_with_defaults

    values = settings_with_defaults(connector, account)
    settings = [
        Field(name=s.name, help=s.help, value=values.get(s.name, ""), choices=s.choices, required=s.required)
        for s in connector.settings
    ]
    secrets = [
        Field(name=s.name, help=s.help, required=s.required, secret=True, stored=s.name in stored)
        for s in connector.secrets
    ]
    name = Field(
        name=NAME, title=N_("Name"), help=N_("your own name for it: lower-case letters, digits and '-'"),
        value=account.name, required=True,
    )  # fmt: skip
    return [name, *sorted([*settings, *secrets], key=lambda field: not field.required and not field.choices)]


def _stored(session: Session, connector: Connector, account: str) -> set[str]:
    store = session.secrets()
    return {s.name for s in connector.secrets if store.get(account, s.name) is not None}


def _chosen(value: str, choices: Sequence[str]) -> str:
    """The choice that is meant, in whatever case it was typed."""
    return next((choice for choice in choices if choice.lower() == value.lower()), value)


def _lacking(session: Session, connector: Connector, account: str, given: Collection[str]) -> str:
    """The first secret that is needed and neither given nor stored."""
    store, needed = session.secrets(), [s.name for s in connector.secrets if s.required and s.name not in given]
    return next((name for name in needed if store.get(account, name) is None), "")


def _files(pattern: str) -> list[str]:
    """What a path, a folder or a pattern names; a path that does not exist is for the import to tell of."""
    path = Path(pattern).expanduser()
    if path.is_dir():
        return sorted(str(file) for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    return sorted(glob(str(path))) or [str(path)]  # noqa: PTH207 (a pattern that may begin at the root)


def _fault(error: KpitermError | OSError, account: str = "", fields: Sequence[str] = ()) -> Fault:
    """The error, at the field that it names first."""
    if isinstance(error, OSError):
        return Fault(f"{error.filename or ''}: {error.strerror}", said("kpiterm must be able to write there"))
    text = error.message.removeprefix(f"account {account}: ")
    if isinstance(error, CredentialError):
        return Fault(text, error.hint)
    places = {name: found.start() for name in fields if (found := re.search(rf"\b{re.escape(name)}\b", text))}
    return Fault(text, error.hint, min(places, key=lambda name: places[name], default=""))
