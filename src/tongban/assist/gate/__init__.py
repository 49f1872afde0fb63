"""The one door: every call of a model goes through `Gate`, and comes back with evidence or not at all."""

from tongban.assist.gate.gate import Gate
from tongban.assist.gate.reasons import WHY, abstain
from tongban.assist.records import EVERYWHERE, Asked, Contribution, Settled, Switched

__all__ = ["EVERYWHERE", "WHY", "Asked", "Contribution", "Gate", "Settled", "Switched", "abstain"]
