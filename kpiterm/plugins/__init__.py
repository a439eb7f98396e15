"""All that a connector may import. Add-only within an API version."""

from kpiterm.plugins.context import Context, Download
from kpiterm.plugins.errors import (
    AccessError,
    AuthError,
    DataError,
    PluginCrash,
    PluginError,
    RateLimited,
    SettingError,
    TransientError,
)
from kpiterm.plugins.model import (
    API_VERSION,
    Connector,
    Importer,
    Marketplace,
    Note,
    Output,
    Payload,
    Probe,
    Rate,
    Rejected,
    Row,
    Secret,
    Setting,
    Shape,
    Stream,
    SyncReport,
    Window,
)
from kpiterm.plugins.sheet import Sheet
from kpiterm.plugins.spec import hookimpl, hookspec

__all__ = [
    "API_VERSION", "AccessError", "AuthError", "Connector", "Context", "DataError", "Download", "Importer",
    "Marketplace", "Note", "Output", "Payload", "PluginCrash", "PluginError", "Probe", "Rate", "RateLimited",
    "Rejected", "Row", "Secret", "Setting", "SettingError", "Shape", "Sheet", "Stream", "SyncReport", "TransientError",
    "Window", "hookimpl", "hookspec",
]  # fmt: skip
