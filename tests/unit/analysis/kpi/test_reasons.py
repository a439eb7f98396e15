"""Why a figure is missing, or not to be trusted, in the reader's language."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.explain import REMEDIES
from kpiterm.analysis.view_json import state_document, view_from_json
from kpiterm.i18n import told
from tests.english import english

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store

NAMES = ("Helium 10", "Jungle Scout", "Market Tracker", "Keyword Tracker")


def test_every_remedy_of_our_own_kpis_has_a_translation() -> None:
    remedies = {d.remedy.replace("{kpi}", "{0}").replace("{period}", "{1}") for d in load_catalogue().values()}
    assert remedies <= REMEDIES


def test_reasons_are_told_in_chinese_also_from_the_state_file(store: Store) -> None:
    store.order(date(2026, 11, 3), "1234", payload="first")
    store.order(date(2026, 11, 20), "56.7", channel="amazon.de", currency="EUR", payload="first")
    store.traffic(date(2026, 10, 3), "100")
    view = store.board()
    kept = view_from_json(json.loads(json.dumps(state_document(view))))
    for gauges in (view.gauges, kept.gauges):
        reasons = [gauge.reason for gauge in gauges if gauge.reason]
        assert len(reasons) > 20
        assert english([told(reason, "zh") for reason in reasons], *NAMES) == []
    assert [g.reason for g in kept.gauges] == [g.reason for g in view.gauges]
