"""Every request bears the key with its name, without a scheme, and the API that it is for."""

from __future__ import annotations

import httpx

from kpiterm.plugins import Context
from kpiterm.plugins.auth import Flow

API_TYPES = ("junglescout", "cobalt")


class Key(httpx.Auth):
    """Signs with `name:key`."""

    def __init__(self, name: str, key: str, api_type: str) -> None:
        self._value, self._api_type = f"{name}:{key}", api_type

    def auth_flow(self, request: httpx.Request) -> Flow:
        request.headers["Authorization"] = self._value
        request.headers["X_API_Type"] = self._api_type
        yield request


def auth(ctx: Context) -> httpx.Auth:
    """The account's key."""
    api_type = ctx.settings.get("api_type") or API_TYPES[0]
    return Key(ctx.settings["key_name"].strip(), ctx.secrets["api_key"].strip(), api_type)
