"""Watching both the machine and the officials who use it, and narrowing a use by itself when a limit is passed."""
