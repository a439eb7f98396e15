"""Supply inputs: suppliers, terms, purchase orders, limits and the platforms' dated fees."""
