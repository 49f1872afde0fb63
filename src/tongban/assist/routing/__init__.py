"""智能分办: which body and category a request belongs to, how urgent it is, what it repeats; proposed, never decided."""
