"""The command line: one file per command, stdout for data, stderr for narration."""
