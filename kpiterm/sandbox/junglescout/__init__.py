"""Jungle Scout's side of the sandbox: the six calls of its API, which know estimates only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpiterm.sandbox.junglescout.answers import Answers
from kpiterm.sandbox.junglescout.api import HOST, Api, identity_of, over_quota
from kpiterm.sandbox.vendor import Vendor

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World

__all__ = ["HOST", "build"]


def build(world: World) -> Vendor:
    """The demo seller's API key."""
    answers = Answers(world)
    identity = identity_of(world.shop, answers.phrases)
    return Vendor(
        accounts=(identity.account,),
        hosts={HOST: Api(world, identity, answers.routes()).answer},
        storms={HOST: lambda seconds, _now: over_quota(seconds)},
    )
