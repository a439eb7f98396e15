"""The ads query: five tools that have to be called in their order, the last of which gives columns and rows."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.advertising import AdTotals
from kpiterm.sandbox.helium10.tool import DATE, TEXTS, Call, Tool, ToolError
from kpiterm.sandbox.shop import days_between

if TYPE_CHECKING:
    from kpiterm.sandbox.helium10.identity import Identity
    from kpiterm.sandbox.vendor import World

STEPS = ("get_ads_query_platforms", "get_ads_query_list", "get_ads_query_schema", "get_ads_query_materials")
MEASURES = ("impressions", "clicks", "spend", "sales", "orders", "acos")
LEVELS = ("profile", "campaign", "search_term")


def ads_tools(world: World, identity: Identity) -> tuple[Tool, ...]:
    """The flow of one advertising profile on Amazon."""
    text = {"type": "string"}
    platform = {"platform": {"type": "string", "enum": ["amazon"]}}
    level = {"level": {"type": "string", "enum": list(LEVELS)}}
    query = {
        **platform, **level, "profile_ids": TEXTS, "dimensions": TEXTS, "date_from": DATE, "date_to": DATE,
        "measures": {"type": "array", "items": {"type": "string", "enum": list(MEASURES)}},
        "granularity": {"type": "string", "enum": ["day", "week", "month"]}, "filters": {"type": "object"},
    }  # fmt: skip
    answers = (
        {"platforms": ["amazon"]},
        {"levels": [{"name": name} for name in LEVELS]},
        {"dimensions": [{"name": "date"}, {"name": "campaign_id"}], "measures": [{"name": name} for name in MEASURES],
         "granularities": ["day", "week", "month"]},
        {"profiles": [{"id": identity.profile_id, "name": "Larkhill Home US", "country": "US"}]},
    )  # fmt: skip
    arguments: tuple[dict[str, Any], ...] = ({}, platform, {**platform, **level}, {**platform, **level, "search": text})
    needed: tuple[tuple[str, ...], ...] = ((), ("platform",), ("platform", "level"), ("platform", "level"))
    steps = tuple(
        Tool(name, f"Ads query, step {n + 1}.", arguments[n], needed[n], partial(_step, number=n, answer=answers[n]))
        for n, name in enumerate(STEPS)
    )
    last = ("platform", "level", "profile_ids", "dimensions", "measures", "date_from", "date_to")
    run = partial(_execute, world=world, identity=identity)
    return (*steps, Tool("execute_ads_query", "Ads query, step 5: columns and rows.", query, last, run))


def _step(call: Call, *, number: int, answer: Mapping[str, Any]) -> dict[str, Any]:
    _in_order(call.memory, number)
    call.memory["ads_step"] = max(number + 1, call.memory.get("ads_step", 0))
    return {"data": answer}


def _in_order(memory: MutableMapping[str, Any], number: int) -> None:
    """A step may be repeated, but none skipped."""
    done = memory.get("ads_step", 0)
    if done < number:
        raise ToolError(f"call {STEPS[done]} first")


def _execute(call: Call, *, world: World, identity: Identity) -> dict[str, Any]:
    _in_order(call.memory, len(STEPS))
    arguments = call.arguments
    if arguments["profile_ids"] != [identity.profile_id]:
        raise ToolError("permission denied for these profile_ids")
    columns = ["date", *arguments["measures"]]
    first, last = (date.fromisoformat(arguments[name]) for name in ("date_from", "date_to"))
    moment = int(world.clock().timestamp())
    rows = []
    for day in days_between(first, last):
        if world.shop.ads_visible(day, moment) and (cells := world.shop.day_ads(day)):
            totals = AdTotals()
            for cell in cells:
                totals.add(cell, moment)
            figures = _figures(totals)
            rows.append([f"{day}T00:00:00", *(figures[name] for name in arguments["measures"])])
    return {"data": {"columns": columns, "rows": rows}}


def _figures(totals: AdTotals) -> dict[str, float]:
    sales = totals.attributed("sales", 7)
    return {
        "impressions": totals.impressions,
        "clicks": totals.clicks,
        "spend": totals.cost / 100,
        "sales": sales / 100,
        "orders": totals.attributed("purchases", 7),
        "acos": round(totals.cost / sales * 100, 2) if sales else 0,
    }
