"""Who may see what of whose records: grants, made by data-sharing requests and by nothing else."""

from tongban.sharing.grants.listed import Listed, Shelf, nothing_listed
from tongban.sharing.grants.model import (
    Grant,
    Mode,
    Standing,
    Suspension,
    covering,
)
from tongban.sharing.grants.registered import ask, held, rights

__all__ = [
    "Grant",
    "Listed",
    "Mode",
    "Shelf",
    "Standing",
    "Suspension",
    "ask",
    "covering",
    "held",
    "nothing_listed",
    "rights",
]
