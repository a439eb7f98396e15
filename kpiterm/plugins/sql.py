"""What a connector's SELECTs may call. The store runs `MACROS` on its writer connection, the contract kit on its own.

    business_day(moment TIMESTAMP, channel VARCHAR) -> DATE   the marketplace's business day of a naive UTC moment;
                                                              a channel of no known zone takes the account's
    utc(text VARCHAR) -> TIMESTAMP                            ISO text with an offset as naive UTC; NULL for blank

and the variables `getvariable('account')`, `'channel'`, `'timezone'` and `'currency'` of the account.
"""

from __future__ import annotations

from kpiterm.plugins.marketplaces import MARKETPLACES

VARIABLES = ("account", "channel", "timezone", "currency")


def _business_day() -> str:
    """One arm a zone: a constant zone lets DuckDB look it up once, not once a row (four times faster)."""
    channels: dict[str, list[str]] = {}
    for marketplace in MARKETPLACES.values():
        channels.setdefault(marketplace.timezone, []).append(f"'{marketplace.channel}'")
    arms = (
        f"    when channel in ({', '.join(names)}) then cast(timezone('{zone}', timezone('UTC', moment)) as date)"
        for zone, names in channels.items()
    )
    otherwise = "    else cast(timezone(getvariable('timezone'), timezone('UTC', moment)) as date)"
    return "\n".join(("case", *arms, otherwise, "end"))


MACROS = f"""\
set timezone = 'UTC';
create or replace temp macro business_day(moment, channel) as {_business_day()};
create or replace temp macro utc(moment_text) as timezone('UTC', cast(nullif(trim(moment_text), '') as timestamptz));
"""
