"""Local servers that speak the vendors' wire protocols, for `kpiterm demo`, the tests and connector authors."""

from kpiterm.sandbox.clock import Clock
from kpiterm.sandbox.server import VENDORS, Sandbox
from kpiterm.sandbox.shop import Shop
from kpiterm.sandbox.vendor import SandboxAccount

__all__ = ["VENDORS", "Clock", "Sandbox", "SandboxAccount", "Shop"]
