"""Whom a route of the site is for, and that of every route of the API."""

from enum import Enum, auto


class Whose(Enum):
    """Whom a route is for."""

    PUBLIC = auto()
    """The same for everybody; nothing of anybody is in it."""
    MINE = auto()
    """Of whoever is logged in: the address names nothing of anybody."""
    OWNER = auto()
    """Names an object of a citizen, for them alone."""
    HANDLED = auto()
    """Names an object of a citizen, for them and for the body that handles it."""
    STAFF = auto()
    """Of the body of the official who is logged in."""
    BODY = auto()
    """Names an object of a citizen, for officials of the body that handles it."""


PUBLIC, MINE, OWNER, HANDLED, STAFF, BODY = Whose
API: dict[str, Whose] = {
    "GET /api/openapi.json": PUBLIC,
    "GET /api/docs": PUBLIC,
    "GET /api/v1/services": PUBLIC,
    "GET /api/v1/services/{slug}": PUBLIC,
    "GET /api/v1/services/{slug}/compare": PUBLIC,
    "GET /api/v1/services/{slug}/checklist": PUBLIC,
    "GET /api/v1/services/{slug}/cpsv": PUBLIC,
    "POST /api/v1/services/{slug}/assess": PUBLIC,
    "POST /api/v1/services/{slug}/explain": PUBLIC,
    "GET /api/v1/services/{slug}/look-ups": PUBLIC,
    "POST /api/v1/look-ups": MINE,
    "GET /api/v1/drafts": MINE,
    "GET /api/v1/drafts/{service}": MINE,
    "PUT /api/v1/drafts/{service}": MINE,
    "DELETE /api/v1/drafts/{service}": MINE,
    "POST /api/v1/documents": MINE,
    "GET /api/v1/documents/{document}": OWNER,
    "POST /api/v1/cases": MINE,
    "GET /api/v1/cases": MINE,
    "GET /api/v1/cases/{case}": HANDLED,
    "GET /api/v1/cases/{case}/explanation": HANDLED,
    "GET /api/v1/cases/{case}/acts": HANDLED,
    "POST /api/v1/cases/{case}/acts/{act}": HANDLED,
    "GET /api/v1/cases/{case}/export": HANDLED,
    "GET /api/v1/cases/{case}/machine": HANDLED,
    "POST /api/v1/cases/{case}/people-only": OWNER,
    "GET /api/v1/people-only": MINE,
    "PUT /api/v1/people-only": MINE,
    "GET /api/v1/queue": STAFF,
    "GET /api/v1/inbox": MINE,
    "GET /api/v1/certificates": MINE,
    "GET /api/v1/certificates/{identifier}": OWNER,
    "GET /api/v1/certificates/{identifier}/pdf": OWNER,
    "POST /api/v1/verify": PUBLIC,
    "GET /api/v1/accesses": MINE,
    "POST /api/v1/accesses/{access}/question": OWNER,
    "GET /api/v1/regions": PUBLIC,
    "GET /api/v1/keys": PUBLIC,
    "POST /api/v1/sessions": PUBLIC,
    "POST /api/exchange/uses": PUBLIC,
    "DELETE /api/v1/sessions/current": MINE,
}
