"""The statutory terms as data: one named rule for each clock of the acts the platform serves.

Tags: V the article was read in its text; S only a secondary source was read; M from memory. A comment says
where one detail of a row is weaker than its tag. Procedures and service files refer to rules by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tongban.terms.rules import TermRule
from tongban.terms.spans import TermError
from tongban.terms.statutes import data, licensing, remedies, services
from tongban.terms.statutes.citing import APPROVERS

__all__ = ["APPROVERS", "STATUTES", "statute"]

STATUTES: Mapping[str, TermRule] = MappingProxyType(
    {rule.name: rule for rule in (*licensing.TERMS, *remedies.TERMS, *data.TERMS, *services.TERMS)}
)


def statute(name: str) -> TermRule:
    """The named statutory term. Raises TermError ``term-unknown``."""
    if name not in STATUTES:
        family = [n for n in STATUTES if n.partition(".")[0] == name.partition(".")[0]]
        near = ", ".join(family or STATUTES)
        raise TermError(
            "term-unknown",
            f"没有名为“{name}”的法定期限；可用：{near}",
            f"There is no statutory term “{name}”; there are: {near}",
        )
    return STATUTES[name]
