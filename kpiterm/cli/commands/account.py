"""`kpiterm account`: shop logins. Secrets are asked for or read from stdin, and go to the keyring; never to argv."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from kpiterm.cli import board, output
from kpiterm.cli.logins import declare, drafted
from kpiterm.cli.session import Session, interactive
from kpiterm.config import Account, remove_account
from kpiterm.errors import CREDENTIALS, OK, KpitermError, UsageError

if TYPE_CHECKING:
    from kpiterm.plugins import Connector, Secret


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|list|test|remove")
    add = actions.add_parser("add", help="declare an account, ask for its secrets, test it")
    add.add_argument("connector", help="as in `kpiterm plugins`, e.g. amazon")
    add.add_argument("name", help="your name for it, e.g. us-main")
    add.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="a setting; may be repeated")
    add.add_argument("--secret-stdin", metavar="NAME", action="append", default=[], help="read this secret from stdin")
    add.add_argument("--no-test", action="store_true", help="do not try the credentials")
    actions.add_parser("list", help="all accounts with their last sync")
    for name, text in (("test", "try the credentials, role by role"), ("remove", "forget the account and its secrets")):
        actions.add_parser(name, help=text).add_argument("name")


def run(args: argparse.Namespace, session: Session) -> int:
    match args.action:
        case "add":
            return _add(args, session)
        case "list":
            return _list(session)
        case "test":
            return _test(_find(session, args.name), session)
        case _:
            return _remove(args.name, session)


def _add(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.sync.work import marketplace_of

    connector, account = drafted(session, args.connector, args.name, _settings(args.set))
    for secret in connector.secrets:
        if secret.name in account.settings:
            raise _exposed(secret.name)
    account = _ask_settings(connector, account)
    place = marketplace_of(connector, account)
    path = declare(session, account, _secrets(args, session, connector, account))
    output.note(f"{account.name}: {connector.title}, {place.channel}, business days in {place.timezone} ({path})")
    if args.no_test:
        return OK
    return _test(account, session)


def _settings(pairs: list[str]) -> dict[str, str]:
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--set {pair!r}", hint="write --set key=value")
        if "secret" in key or "token" in key or "password" in key:
            raise _exposed(key)
        settings[key.strip()] = value.strip()
    return settings


def _exposed(name: str) -> UsageError:
    return UsageError(
        f"--set {name}: a secret must not be on the command line, where every user of this host can read it",
        hint=f"leave it out: you will be asked; or use --secret-stdin {name}",
    )


def _ask_settings(connector: Connector, account: Account) -> Account:
    settings = dict(account.settings)
    for setting in connector.settings:
        if setting.required and not settings.get(setting.name) and interactive():
            sys.stderr.write(f"{setting.name} ({setting.help}): ")
            settings[setting.name] = input().strip()
    return Account(name=account.name, connector=account.connector, sandbox=account.sandbox, settings=settings)


def _secrets(args: argparse.Namespace, session: Session, connector: Connector, account: Account) -> dict[str, str]:
    """Those that standard input holds, then those that a person enters."""
    known = {s.name: s for s in connector.secrets}
    given: dict[str, str] = {}
    for name in args.secret_stdin:
        if name not in known:
            raise UsageError(f"{connector.name} has no secret {name!r}", hint=f"it has {', '.join(known)}")
        if not (value := sys.stdin.readline().strip()):
            raise UsageError(f"standard input held nothing for {name!r}", hint="one line per --secret-stdin, in order")
        given[name] = value
    if interactive():
        for secret in connector.secrets:
            if secret.name not in given and (value := _ask_secret(session, account, secret)):
                given[secret.name] = value
    return given


def _ask_secret(session: Session, account: Account, secret: Secret) -> str:
    """What a person enters; empty: as it is."""
    have = session.secrets().get(account.name, secret.name) is not None
    how = "Enter keeps the stored one" if have else "Enter to leave out" if not secret.required else "required"
    value = getpass.getpass(f"{secret.name}: {secret.help} ({how}): ", stream=sys.stderr).strip()
    if secret.required and not have and not value:
        raise KpitermError(f"{secret.name} is required", hint="run the command again", exit_code=CREDENTIALS)
    return value


def _list(session: Session) -> int:
    from kpiterm.analysis.view_json import account_json

    accounts = board.current(session, None).accounts
    if session.json:
        output.answer({"accounts": [account_json(a) for a in accounts]})
        return OK
    if not accounts:
        output.note("no account yet: kpiterm account add amazon us-main")
    rows = [
        (a.name, a.connector, a.status, f"{a.last_sync:%Y-%m-%d %H:%MZ}" if a.last_sync else "never", a.error or "")
        for a in accounts
    ]
    output.table(("account", "connector", "status", "last sync", "error"), rows)
    for account in accounts:
        for note in dict.fromkeys(stream.note for stream in account.streams if stream.note):
            streams = ", ".join(stream.name for stream in account.streams if stream.note == note)
            output.note(f"{account.name} {streams}: {note}")
    return OK


def _find(session: Session, name: str) -> Account:
    accounts = session.accounts()
    found = next((a for a in accounts if a.name == name), None)
    if found is None:
        raise UsageError(
            f"no account named {name!r}", hint=f"accounts: {', '.join(a.name for a in accounts) or 'none'}"
        )
    return found


def _test(account: Account, session: Session) -> int:
    from kpiterm.sync.probe import probe

    findings = probe(session.paths, session.plugins({account.connector}), account, session.secrets())
    if session.json:
        output.answer(
            {"account": account.name, "probes": [{"name": f.name, "ok": f.ok, "detail": f.detail} for f in findings]}
        )
    else:
        for finding in findings:
            output.line(f"{'✓' if finding.ok else '✗'} {finding.name}: {finding.detail}")
    return OK if all(f.ok for f in findings) else CREDENTIALS


def _remove(name: str, session: Session) -> int:
    account = _find(session, name)
    connector = session.plugins({account.connector}).connectors.get(account.connector)
    for secret in connector.secrets if connector else ():
        session.secrets().drop(name, secret.name)
    remove_account(session.paths, name)
    (session.paths.root / "resume" / f"{name}.json").unlink(missing_ok=True)
    what = "with its secrets" if connector else f"but not its secrets: {account.connector!r} is needed to name them"
    output.note(f"{name}: removed, {what}. The data it brought stay in the store, and its limits stay known")
    return OK
