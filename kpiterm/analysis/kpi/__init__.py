"""KPIs: definitions in TOML, compiled to SQL, evaluated over a period."""
