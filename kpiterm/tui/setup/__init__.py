"""The guided set-up: from nothing to an account, its first sync and a contract. Each step is a file."""
