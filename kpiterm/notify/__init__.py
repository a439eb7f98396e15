"""Sending alerts to people: who gets them, when, and how; the addresses themselves are secrets."""
