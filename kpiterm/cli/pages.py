"""The pages beside the board, each read from the store when a screen asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from kpiterm.cli import alerts, board, contract_state, contracts, reorders, settling, supplies
from kpiterm.i18n import said, sentences

if TYPE_CHECKING:
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.analysis.pages import Nothing
    from kpiterm.analysis.pages.alerts import AlertsPage
    from kpiterm.analysis.pages.contract import ContractPage, Fee
    from kpiterm.analysis.pages.inventory import InventoryPage, StockPage
    from kpiterm.analysis.pages.kpi import KpiPage
    from kpiterm.analysis.pages.orders import OrdersPage
    from kpiterm.analysis.pages.quotas import QuotasPage
    from kpiterm.cli.session import Session


def pages(session: Session) -> Mapping[str, Callable[..., object]]:
    """By name; that of a KPI takes its id and channel, that of a SKU's stock account, channel and SKU."""
    found: dict[str, Callable[..., object]] = {
        "kpi": kpi, "inventory": inventory, "stock": stock, "contract": contract, "alerts": alerting,
        "orders": orders, "quotas": quota,
    }  # fmt: skip
    return {name: partial(read, session) for name, read in found.items()}


def kpi(session: Session, name: str, channel: str) -> KpiPage:
    """Cause, bridges, definition and sources of a KPI."""
    from kpiterm.analysis.pages.kpi import kpi_page

    own = supplies.load_supply(session.paths).events
    with session.reader() as reader:
        return kpi_page(board.asked(session, reader), name, channel, own)


def inventory(session: Session) -> InventoryPage | Nothing:
    """What to order."""
    from kpiterm.analysis.pages import Nothing
    from kpiterm.analysis.pages.inventory import InventoryPage

    plan = reorders.compute(session)
    if not plan.lines:
        return Nothing(said("No SKU has stock or sales yet."), sentences(plan.notes) or said("press s to sync"))
    return InventoryPage(plan)


def stock(session: Session, account: str, channel: str, sku: str) -> StockPage:
    """What is left of a SKU in the months to come if nothing is ordered."""
    from kpiterm.analysis.clock import Clock
    from kpiterm.analysis.inventory.order.compute import Inputs
    from kpiterm.analysis.kpi.fx import load_rates
    from kpiterm.analysis.pages.stock import stock_page

    known = supplies.load_supply(session.paths)
    with session.reader() as reader:
        _, incoming, experience = supplies.pipeline(reader, known)
        inputs = Inputs(supply=known, experience=experience, incoming=incoming, rates=load_rates(session.paths.rates))
        return stock_page(reader, inputs, Clock(session.now(), session.shop_zone()), (account, channel, sku))


def orders(session: Session) -> OrdersPage | Nothing:
    """Purchase orders, and when they arrive."""
    from kpiterm.analysis.clock import Clock
    from kpiterm.analysis.pages import Nothing
    from kpiterm.analysis.pages.orders import orders_page

    known = supplies.load_supply(session.paths)
    with session.reader() as reader:
        found, incoming, experience = supplies.pipeline(reader, known)
    if not found:
        return Nothing(
            said("No purchase order yet."), said("n enters one; kpiterm po import FILE reads a table of them")
        )
    clock = Clock(session.now(), session.shop_zone())
    today = {order.channel: clock.today(order.channel) for order in found}
    return orders_page(found, incoming, known, experience, today)


def contract(session: Session) -> ContractPage | Nothing:
    """The contract, the month so far and all that falls due."""
    from kpiterm.analysis.contract.parse import find_contract
    from kpiterm.analysis.pages import Nothing
    from kpiterm.analysis.pages.contract import contract_page

    if not any(find_contract(file) for file in session.paths.contracts.glob("*.toml")):
        return Nothing(
            said("No contract yet."), said("kpiterm init writes a commented one; kpiterm contract check reads it")
        )
    agreed = contracts.contract(session, None)
    today = contracts.today(session, agreed)
    terms = agreed.in_force(today) or agreed.terms[-1]
    clauses, facts = contract_state.clauses(session, agreed, terms, today)
    return contract_page(
        agreed, terms, clauses, facts, fee=_fee(session, agreed, f"{today:%Y-%m}"),
        closed=settling.statements(session, facts.ledger), catalogue=board.catalogue(session),
    )  # fmt: skip


def _fee(session: Session, agreed: Contract, period: str) -> Fee | str:
    from kpiterm.analysis.contract.gather import gather
    from kpiterm.analysis.pages.contract import fee_so_far
    from kpiterm.errors import KpitermError

    try:
        with settling.opened(session, agreed) as source:
            values = gather(source, period)
    except KpitermError as error:
        return f"{error.message}: {error.hint}" if error.hint else error.message
    return fee_so_far(agreed, period, values, board.catalogue(session))


def quota(session: Session) -> QuotasPage:
    """What is left of the vendors' quotas."""
    from kpiterm.analysis.pages.quotas import QuotasPage
    from kpiterm.sync import quotas

    return QuotasPage(quotas.left(session.paths))


def alerting(session: Session) -> AlertsPage:
    """What is alarming now, as one evaluation sees it; nothing is remembered of it."""
    from kpiterm.analysis.pages.alerts import alerts_page
    from kpiterm.notify.memory import load_memory

    names = alerts.kpi_names(session)
    view = board.current(replace(session, as_of=None), None)
    outlook = alerts.look(session, view, names)
    memory, _ = load_memory(session.paths.alert_state)
    return alerts_page(
        outlook.memory.state, memory.state, alerts.rules(session, names), names, history=memory.history,
        waiting={name: len(notes) for name, notes in memory.outbox.items() if notes}, failing=memory.failing,
    )  # fmt: skip
