"""Declaring an account: checked by its connector first, then its secrets into the keyring, then its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kpiterm.config import Account, save_account
from kpiterm.config.accounts import check_name

if TYPE_CHECKING:
    from pathlib import Path

    from kpiterm.cli.session import Session
    from kpiterm.plugins import Connector


def drafted(session: Session, connector: str, name: str, given: Mapping[str, str]) -> tuple[Connector, Account]:
    """The account with these settings, over those that it has already; nothing is written.

    UsageError where the name is none, PluginMissingError where the connector is not there.
    """
    from kpiterm.sync.work import find_connector

    check_name(name)
    existing = next((a for a in session.accounts() if a.name == name), None)
    settings = dict(existing.settings) if existing and existing.connector == connector else {}
    account = Account(
        name=name,
        connector=connector,
        sandbox=existing.sandbox if existing else None,
        settings={**settings, **given},
    )
    return find_connector(session.plugins({connector}), account), account


def declare(session: Session, account: Account, secrets: Mapping[str, str]) -> Path:
    """Keep the secrets, then the account; its file. Where the keyring refuses one, there is no account."""
    store = session.secrets()
    for name, value in secrets.items():
        store.put(account.name, name, value)
    return save_account(session.paths, account)
