"""Tongban 通办: write a government service once, as one checked file; everything else follows from it."""

__version__ = "0.1.0"
