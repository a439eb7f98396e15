"""A host that a setting names is one label below what the connector declares, whatever the setting says."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpiterm.plugins import Connector, Setting, SettingError
from kpiterm.plugins.hosts import LABEL, hosts_of
from kpiterm.plugins.marketplaces import MARKETPLACES

HOST = "{shop}.shops.example.com"


def connector(*hosts: str) -> Connector:
    return Connector(
        name="acme", title="Acme", hosts=hosts, streams=(), marketplace=lambda _: MARKETPLACES["amazon.com"],
        settings=(Setting(name="shop", help="the shop", required=True),),
    )  # fmt: skip


@pytest.mark.parametrize("value", ["mug-shop", "Mug-Shop", " mug-shop ", "mug-shop.shops.example.com"])
def test_a_setting_is_the_first_label_or_the_whole_name(value: str) -> None:
    declared = connector(HOST, "files.example.com")
    assert declared.hosts_for({"shop": value}) == ("mug-shop.shops.example.com", "files.example.com")


@pytest.mark.parametrize(
    "value",
    ["", " ", "a.b", "evil.com/", "evil.com#", "evil.com?", "me@evil", "evil:443", "*", "-a", "a-", "a" * 64, "{shop}",
     "shops.example.com", ".shops.example.com", "a\nb", "a%2e", "münchen", "a.shops.example.com.evil"],
)  # fmt: skip
def test_a_setting_cannot_name_another_host(value: str) -> None:
    with pytest.raises(SettingError, match="the setting shop is") as caught:
        hosts_of((HOST,), {"shop": value})
    assert "my-shop.shops.example.com" in caught.value.hint


@given(st.text(max_size=80))
@example("evil.com\\.shops.example.com")
def test_no_text_at_all_leaves_the_declared_domain(value: str) -> None:
    try:
        (found,) = hosts_of((HOST,), {"shop": value})
    except SettingError:
        return
    label, _, rest = found.partition(".")
    assert rest == "shops.example.com"
    assert LABEL.fullmatch(label)


def test_a_setting_that_was_not_given_is_named() -> None:
    with pytest.raises(SettingError, match="the setting shop is ''"):
        connector(HOST).hosts_for({})


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("{store}.example.com", "names 'store', which is no setting"),
        ("{}.example.com", "names '', which is no setting"),
        ("{shop}.com", "leaves the registered domain to a setting"),
        ("{shop}", "only its first label"),
        ("api.{shop}.example.com", "only its first label"),
        ("{shop}.{shop}.example.com", "only its first label"),
        ("api-{shop}.example.com", "only its first label"),
    ],
)
def test_a_host_that_cannot_be_filled_is_refused_when_it_is_declared(host: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        connector(host)
