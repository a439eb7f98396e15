"""What a screen says in place of figures, or above them: nothing yet, the first sync, old, cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta

from kpiterm.analysis.view import View
from kpiterm.i18n import N_, said
from kpiterm.tui.messages import FeedError
from kpiterm.tui.sync_state import SyncState

STALE = timedelta(hours=26)
"""From this age on the data are said to be old: a daily sync has not come."""
READING = N_("reading the store…")
BROKEN = N_("There is nothing to show before the store can be read: what is wrong, and what to type, stands above.")
FIRST = N_(
    "The first sync is running. Figures come as soon as its first window is stored; 5 shows each stream at work."
)
NO_ACCOUNT = N_(
    "No data yet, and no shop is connected. ctrl+p, Set up leads through it; or in a shell: kpiterm account add amazon "
    "us-main, or kpiterm import FILE…, or kpiterm demo for a simulated shop."
)
NO_DATA = N_("No data yet. Press s to sync; 5 shows the accounts, what each one lacks, and what to do about it.")


def standing(view: View | None, error: FeedError | None, sync: SyncState, now: datetime) -> str:
    """The sentence, with what to type next; nothing where the figures speak for themselves."""
    if view is None:
        return BROKEN if error else READING
    if not any(gauge.value is not None for gauge in view.gauges):
        return FIRST if sync.running else NO_DATA if view.accounts else NO_ACCOUNT
    if now - view.as_of > STALE and not sync.running:
        days = f"{(now - view.as_of).total_seconds() / 86400:.0f}"
        return said("! The data are {0} days old. Press s to sync now; kpiterm runs tells why no sync came.", days)
    return ""
