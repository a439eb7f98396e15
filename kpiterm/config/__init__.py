"""The files of a workspace that people write: settings, accounts, and the templates that `kpiterm init` lays out."""

from kpiterm.config.accounts import load_accounts, remove_account, save_account
from kpiterm.config.load import load_config
from kpiterm.config.model import Account, Config, SyncConfig
from kpiterm.config.templates import write_templates

__all__ = [
    "Account", "Config", "SyncConfig", "load_accounts", "load_config", "remove_account", "save_account",
    "write_templates",
]  # fmt: skip
