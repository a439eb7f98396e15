"""What `kpiterm account test` asks: one cheap call, which shows whether key and headers arrive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kpiterm.plugins import AuthError, Context, DataError, PluginError, Probe
from kpiterm_junglescout.api import get
from kpiterm_junglescout.places import asins, phrases
from kpiterm_junglescout.shapes import extra

_ANY_ASIN = "B000000000"


def test(ctx: Context) -> Iterator[Probe]:
    """Sign in, then what the settings ask for."""
    day = str((ctx.now - timedelta(days=3)).date())
    asin = next(iter(asins(ctx.settings)), _ANY_ASIN)
    try:
        get(ctx, "sales_estimates_query", {"asin": asin, "start_date": day, "end_date": day}, extra=extra())
        yield Probe("sign in", True, "key accepted")
    except AuthError as error:
        yield Probe("sign in", False, f"{error.message}. {error.hint}; write key_name as Jungle Scout shows it")
    except DataError as error:
        detail = f"{error.message}. The key was not refused; a proxy may have dropped the header X_API_Type"
        yield Probe("sign in", False, detail)
    except PluginError as error:
        yield Probe("sign in", False, f"{error.message}. {error.hint}".rstrip(". "))
    yield _listed("asins", len(asins(ctx.settings)), "sales-estimates and keyword-ranks")
    yield _listed("keywords", len(phrases(ctx.settings, "keywords")), "search-volume and share-of-voice")
    yield _listed("categories", len(phrases(ctx.settings, "categories")), "keyword-ideas and products")


def _listed(name: str, count: int, streams: str) -> Probe:
    return Probe(name, True, f"{count} for {streams}" if count else f"none: {streams} are skipped")
