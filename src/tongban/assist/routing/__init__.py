"""智能分办: what a request is about, whose it is, how urgent, what it repeats. Proposed, never decided."""
