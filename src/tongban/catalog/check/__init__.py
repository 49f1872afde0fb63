"""The checker: reads files of every kind the way a compiler does, and knows the law behind each rule."""

from tongban.catalog.check import (
    asked,
    automation,
    bundles,
    burdens,
    certificates,
    dated,
    decisions,
    formulas,
    laws,
    papers,
    places,
    policies,
    procedures,
    promises,
    quality,
    reusing,
    spans,
    uses,
    watching,
)
from tongban.catalog.check.registry import (
    BUNDLE_LINTS,
    CERTIFICATE_LINTS,
    PAPER_LINTS,
    POLICY_LINTS,
    PROCEDURE_LINTS,
    REUSE_LINTS,
    SERVICE_LINTS,
    USE_LINTS,
    Lint,
)
from tongban.catalog.check.run import check

__all__ = [
    "BUNDLE_LINTS",
    "CERTIFICATE_LINTS",
    "PAPER_LINTS",
    "POLICY_LINTS",
    "PROCEDURE_LINTS",
    "REUSE_LINTS",
    "SERVICE_LINTS",
    "USE_LINTS",
    "Lint",
    "check",
]

_RULES = (
    asked,
    automation,
    bundles,
    burdens,
    certificates,
    dated,
    decisions,
    formulas,
    laws,
    papers,
    places,
    policies,
    procedures,
    promises,
    quality,
    reusing,
    spans,
    uses,
    watching,
)
"""The modules whose import registers the rules."""
