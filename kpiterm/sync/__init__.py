"""Fetching, spooling and normalising: the one part of kpiterm that talks to vendors and writes the store."""
