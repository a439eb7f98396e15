"""What a sync has to do, account by account, before anything is fetched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kpiterm.config import Account
from kpiterm.errors import CredentialError, KpitermError, PluginMissingError
from kpiterm.events import Run, RunError
from kpiterm.plugins import Connector, Marketplace, PluginError, Stream, Window
from kpiterm.plugins.manager import ONLY, Plugins
from kpiterm.secrets import SecretStore, variable
from kpiterm.sync.plan import Ask, Progress, plan, shortfall
from kpiterm.sync.record import skipped


@dataclass(slots=True, kw_only=True)
class AccountWork:
    """An account's streams with their windows. `todo` shrinks as streams end; `runs` tells those never begun, `notes`
    what a stream's windows leave out."""

    account: Account
    connector: Connector
    place: Marketplace
    secrets: Mapping[str, str] = field(repr=False)
    todo: list[tuple[Stream, list[Window]]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """Everything that planning needs to know."""

    plugins: Plugins
    secrets: SecretStore
    progress: Mapping[tuple[str, str], Progress]
    ask: Ask
    now: datetime
    only: str | None = None
    history: timedelta | None = None

    def prepare(self, account: Account) -> AccountWork:
        """The account's work; KpitermError when it cannot be read at all."""
        connector = find_connector(self.plugins, account)
        secrets = read_secrets(self.secrets, account, connector)
        place = marketplace_of(connector, account)
        work = AccountWork(account=account, connector=connector, place=place, secrets=secrets)
        for stream in connector.streams:
            if self.only in (None, stream.name):
                self._plan_stream(work, stream)
        return work

    def streams_of(self, account: Account) -> list[str]:
        """The streams that a sync of the account is about, also where its connector cannot be loaded any more."""
        connector = self.plugins.connectors.get(account.connector)
        known = [s.name for s in connector.streams] if connector else [s for a, s in self.progress if a == account.name]
        return [name for name in known if self.only in (None, name)]

    def _plan_stream(self, work: AccountWork, stream: Stream) -> None:
        standing = self.progress.get((work.account.name, stream.name), Progress())
        have = {*work.secrets, *(name for name, value in work.account.settings.items() if value)}
        lacking = [name for name in stream.needs if name not in have]
        if self.history:
            stream = replace(stream, history=self.history)
        windows = plan(stream, standing, self.ask, now=self.now, timezone=work.place.timezone)
        if lacking:
            reason = (
                f"needs {', '.join(lacking)}: `kpiterm account add {work.connector.name} {work.account.name}` again"
            )
            work.runs.append(skipped(work.account.name, stream.name, reason, standing.watermark))
        elif windows:
            work.todo.append((stream, windows))
            if note := shortfall(stream, standing, self.ask, now=self.now, timezone=work.place.timezone):
                work.notes[stream.name] = note
        else:
            due = (standing.last_ok or self.now) + stream.every
            reason = f"next due {due:%Y-%m-%d %H:%MZ}"
            work.runs.append(skipped(work.account.name, stream.name, reason, standing.watermark))


def find_connector(plugins: Plugins, account: Account) -> Connector:
    """The account's connector; PluginMissingError says why there is none."""
    if connector := plugins.connectors.get(account.connector):
        return connector
    status = next((s for s in plugins.statuses if s.name == account.connector), None)
    if status and status.state == "failed" and status.distribution:
        why, remedy = f"failed to load: {status.error}", status.hint
    elif status and status.state == "disabled":
        why, remedy = "is switched off", f"add it to {ONLY}"
    else:
        why, remedy = "is not installed", status.hint if status else f"pip install kpiterm-{account.connector}"
    raise PluginMissingError(
        f"account {account.name}: the connector {account.connector!r} {why}",
        hint=f"{remedy}; `kpiterm plugins` lists what is there",
    )


def read_secrets(store: SecretStore, account: Account, connector: Connector) -> dict[str, str]:
    """The secrets that are there; CredentialError names the first required one that is not.

    A keyring out of reach is no reason to stop where the environment gives what is needed: optional secrets are then
    held for absent. Where it gives nothing, it is.
    """
    found: dict[str, str] = {}
    unreachable: CredentialError | None = None
    for secret in connector.secrets:
        try:
            value = store.get(account.name, secret.name)
        except CredentialError as error:
            message = f"account {account.name}: the secret {secret.name!r} cannot be read: {error.message}"
            unreachable = unreachable or CredentialError(message, hint=error.hint)
            value = None
        if value:
            found[secret.name] = value
        elif secret.required:
            raise unreachable or CredentialError(
                f"account {account.name}: the secret {secret.name!r} ({secret.help}) is not in the keyring",
                hint=f"run `kpiterm account add {connector.name} {account.name}` again, or export "
                f"{variable(account.name, secret.name)}",
            )
    if unreachable and not found:
        raise unreachable
    return found


def marketplace_of(connector: Connector, account: Account) -> Marketplace:
    """Where the account sells, by the connector's own word; KpitermError (exit 2) for settings it does not take."""
    known = {s.name: s for s in connector.settings}
    for name, value in account.settings.items():
        if name not in known:
            raise KpitermError(
                f"account {account.name}: {connector.name} has no setting {name!r}",
                hint=f"it has {', '.join(known)}; edit accounts/{account.name}.toml",
                exit_code=2,
            )
        if known[name].choices and value not in known[name].choices:
            raise KpitermError(
                f"account {account.name}: setting {name} is {value!r}",
                hint=f"one of {', '.join(known[name].choices)}",
                exit_code=2,
            )
    for setting in connector.settings:
        if setting.required and not account.settings.get(setting.name):
            raise KpitermError(
                f"account {account.name}: the setting {setting.name!r} ({setting.help}) is missing",
                hint=f"kpiterm account add {connector.name} {account.name} --set {setting.name}=…",
                exit_code=2,
            )
    settings = settings_with_defaults(connector, account)
    try:
        connector.hosts_for(settings)
        return connector.marketplace(settings)
    except PluginError as error:
        raise KpitermError(f"account {account.name}: {error.message}", hint=error.hint, exit_code=2) from None
    except Exception as error:
        raise KpitermError(f"account {account.name}: {connector.name} failed on its settings: {error}") from error


def settings_with_defaults(connector: Connector, account: Account) -> dict[str, str]:
    """The account's settings, and the connector's defaults for those not given."""
    defaults = {s.name: s.default for s in connector.settings if s.default is not None}
    return {**defaults, **account.settings}


def unreadable(account: Account, streams: Collection[str], error: KpitermError) -> list[Run]:
    """A failed run for each stream of an account that could not even begin ("*" where no stream is known)."""
    kind = {CredentialError: "AuthError", PluginMissingError: "PluginMissing"}.get(type(error), "SettingError")
    why = RunError(kind=kind, message=error.message, hint=error.hint)
    runs = [skipped(account.name, stream, "", None) for stream in streams or ("*",)]
    return [replace(run, status="failed", reason=None, error=why) for run in runs]
