"""Conformance: how far what a body connects agrees with the element dictionary and with its own list of data.

A score is 100 less points for what was found; what costs how much stands in `weights.yaml` and nowhere else.
"""

from tongban.oversight.registers.conformance.judging import judged
from tongban.oversight.registers.conformance.model import Found, Kind, System, Weight, weights
from tongban.oversight.registers.conformance.reading import read_nodes

__all__ = ["Found", "Kind", "System", "Weight", "judged", "read_nodes", "weights"]
