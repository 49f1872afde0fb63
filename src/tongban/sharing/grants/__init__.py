"""Who may see what of whose records: grants, made by data-sharing requests and by nothing else."""

from tongban.sharing.grants.model import (
    Allowed,
    Grant,
    Mode,
    Right,
    Standing,
    Suspension,
    covering,
)
from tongban.sharing.grants.registered import ask, held, rights

__all__ = ["Allowed", "Grant", "Mode", "Right", "Standing", "Suspension", "ask", "covering", "held", "rights"]
