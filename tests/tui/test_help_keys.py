"""No key stands in the help that no pilot test presses: each is named here with the test of what it does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

from kpiterm.tui.screens.help import HERE, KEYS
from tests.tui import (
    test_accounts,
    test_app,
    test_board,
    test_clients,
    test_keys,
    test_language,
    test_orders,
)

Pilot = Callable[..., Any]
FILTER = test_keys.test_slash_filters_and_esc_clears
PILOTS: dict[tuple[str, str], Pilot] = {
    ("board", "enter"): test_board.test_enter_opens_everything_known_about_a_kpi,
    ("board", "n"): test_board.test_n_goes_to_the_next_kpi_that_may_miss_and_round,
    ("kpi", "n  p"): test_keys.test_the_kpi_page_scrolls_and_goes_to_the_next_kpi,
    ("kpi", "esc"): test_keys.test_the_kpi_page_scrolls_and_goes_to_the_next_kpi,
    ("inventory", "enter"): test_keys.test_enter_shows_why_a_sku_is_to_be_ordered,
    ("inventory", "a"): test_keys.test_a_accepts_by_the_headless_command,
    ("inventory", "z"): test_keys.test_z_puts_off_and_c_changes_with_a_reason,
    ("inventory", "c"): test_keys.test_z_puts_off_and_c_changes_with_a_reason,
    ("inventory", "o"): test_keys.test_o_sorts_and_t_shows_all,
    ("inventory", "p"): test_orders.test_a_new_order_is_for_the_chosen_suggestion,
    ("inventory", "t"): test_keys.test_o_sorts_and_t_shows_all,
    ("inventory", "/"): FILTER,
    ("orders", "n"): test_orders.test_a_new_order_is_for_the_chosen_suggestion,
    ("orders", "a"): test_orders.test_keys_enter_what_has_happened,
    ("orders", "v"): test_orders.test_keys_enter_what_has_happened,
    ("orders", "x"): test_orders.test_keys_enter_what_has_happened,
    ("orders", "/"): test_orders.test_keys_enter_what_has_happened,
    ("orders", "esc"): test_orders.test_the_list_tells_where_each_order_is,
    ("contract", "/"): test_keys.test_a_filter_keeps_the_headings_of_what_it_finds,
    ("accounts", "enter"): test_accounts.test_s_syncs_all_and_enter_syncs_the_chosen_account,
    ("alerts", "a"): test_keys.test_a_on_the_alerts_acknowledges_with_an_optional_note,
    ("alerts", "/"): test_keys.test_slash_finds_an_alert,
    ("clients", "enter"): test_clients.test_enter_opens_a_client_and_nothing_of_the_other_one_stays,
    ("clients", "o"): test_clients.test_o_sorts_slash_filters_y_copies_and_e_writes_what_is_shown,
    ("clients", "/"): test_clients.test_o_sorts_slash_filters_y_copies_and_e_writes_what_is_shown,
    ("", "1 … 6"): test_keys.test_digits_and_tab_lead_to_every_screen,
    ("", "w"): test_clients.test_the_list_stands_as_it_was_when_one_comes_back_to_it,
    ("", "tab"): test_keys.test_digits_and_tab_lead_to_every_screen,
    ("", "↑ ↓  j k"): test_keys.test_vim_and_arrow_keys_move,
    ("", "s"): test_accounts.test_s_syncs_all_and_enter_syncs_the_chosen_account,
    ("", "r"): test_app.test_r_reads_again,
    ("", "space"): test_keys.test_space_freezes_the_screen_until_it_is_pressed_again,
    ("", "y"): test_keys.test_y_copies_the_chosen_row,
    ("", "e"): test_keys.test_e_exports_the_shown_table_and_tells_where,
    ("", "d"): test_app.test_d_changes_between_dark_and_light,
    ("", "L"): test_language.test_the_key_switches_and_switches_back,
    ("", "ctrl+l"): test_keys.test_ctrl_l_draws_the_screen_anew,
    ("", "esc"): test_keys.test_y_copies_the_chosen_row,
    ("", "?"): test_keys.test_help_is_about_the_screen_that_is_shown,
    ("", "ctrl+p"): test_app.test_the_palette_names_every_command,
    ("", "q"): test_app.test_q_quits_at_once_and_ends_feed_and_sync,
}
NAMES = {"esc": "escape", "?": "question_mark", "/": "slash", "↑": "down", "↓": "down", "…": "123456", "1": "123456"}


def test_every_key_of_the_help_has_a_pilot_test() -> None:
    named = {(topic, key) for topic, keys in HERE.items() for key, _ in keys} | {("", key) for key, _ in KEYS}
    assert named == PILOTS.keys()


def test_each_pilot_test_presses_its_key() -> None:
    silent = [
        (topic, key)
        for (topic, keys), pilot in PILOTS.items()
        for key in keys.split()
        if f'"{NAMES.get(key, key)}"' not in _source(pilot) and key != "6"
    ]
    assert silent == []


def _source(pilot: Pilot) -> str:
    """Of the test and of its module's helpers, which open a screen for it."""
    module = inspect.getmodule(pilot)
    assert module is not None
    helpers = [
        one for name, one in vars(module).items() if isinstance(one, FunctionType) and not name.startswith("test_")
    ]
    return "".join([inspect.getsource(pilot), *map(inspect.getsource, helpers)])
