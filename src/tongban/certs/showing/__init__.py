"""亮证: show a certificate once, to somebody, for something, until a moment, and of it only what was picked."""

from tongban.certs.showing.fields import FIELD_MOST, Line, lines, picked, suggested
from tongban.certs.showing.store import SHOWING, SPANS, Asked, Shown, answered, end, make, of_certificate, use

__all__ = [
    "FIELD_MOST",
    "SHOWING",
    "SPANS",
    "Asked",
    "Line",
    "Shown",
    "answered",
    "end",
    "lines",
    "make",
    "of_certificate",
    "picked",
    "suggested",
    "use",
]
