"""A shop of one's own keeps its own days, wherever its operator sits."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpiterm.cli.session import Session
from kpiterm.config import Account, remove_account, save_account
from kpiterm.paths import Paths, private_dir


@pytest.fixture
def session(tmp_path: Path) -> Session:
    paths = Paths(tmp_path, "default")
    private_dir(paths.root)
    paths.config.write_text('timezone = "Asia/Shanghai"\n')
    return Session(paths=paths, lang=None, as_of=None, json=False, quiet=True, verbose=False)


def declare(session: Session, name: str, connector: str, **settings: str) -> None:
    save_account(session.paths, Account(name=name, connector=connector, settings=settings))
    session.plugins({connector})


def test_days_of_a_shop_are_cut_in_its_own_zone(session: Session) -> None:
    declare(session, "shop", "shopify", shop="one-shop", timezone="America/New_York")
    assert session.shop_zone() == "America/New_York"


def test_a_shop_that_says_nothing_has_its_connectors_zone(session: Session) -> None:
    declare(session, "shop", "shopify", shop="one-shop")
    assert session.shop_zone() == "America/Los_Angeles"


def test_of_several_shops_the_westernmost_ends_its_day_last(session: Session) -> None:
    declare(session, "east", "shopify", shop="east-shop", timezone="America/New_York")
    declare(session, "west", "shopify", shop="west-shop", timezone="Pacific/Honolulu")
    declare(session, "far", "shopify", shop="far-shop", timezone="Asia/Tokyo")
    assert session.shop_zone() == "Pacific/Honolulu"
    remove_account(session.paths, "west")
    assert session.shop_zone() == "America/New_York"


def test_marketplaces_and_wrong_settings_say_nothing_of_other_channels(session: Session) -> None:
    declare(session, "us-main", "amazon")
    declare(session, "shop", "shopify", shop="one-shop", timezone="Middle/Earth")
    assert session.shop_zone() == "Asia/Shanghai"
