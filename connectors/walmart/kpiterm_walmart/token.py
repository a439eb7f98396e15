"""What Walmart tells about a token: whether it is good, and what it may do."""

from __future__ import annotations

import msgspec

DETAIL = "/v3/token/detail"


class TokenDetail(msgspec.Struct):
    """The answer to `DETAIL`; `scopes` are full_access, view_only or no_access, by name."""

    is_valid: bool = True
    is_channel_match: bool = True
    scopes: dict[str, str] = {}
