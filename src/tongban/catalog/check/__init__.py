"""The checker: reads service, procedure and use files the way a compiler does, and knows the law behind each rule."""

from tongban.catalog.check import asked, burdens, decisions, laws, procedures, quality, spans, uses
from tongban.catalog.check.registry import PROCEDURE_LINTS, SERVICE_LINTS, USE_LINTS, Lint
from tongban.catalog.check.run import check

__all__ = ["PROCEDURE_LINTS", "SERVICE_LINTS", "USE_LINTS", "Lint", "check"]

_RULES = (asked, burdens, decisions, laws, procedures, quality, spans, uses)
"""The modules whose import registers the rules."""
