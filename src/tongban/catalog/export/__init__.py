"""One item, told in the words of three standards: the national 实施清单, CPSV-AP, and DMN for its rules."""

from tongban.catalog.export.decision_model import decision_model
from tongban.catalog.export.european import cpsv_ap, iso_duration
from tongban.catalog.export.national import KIND_CODES, implementation_list

__all__ = ["KIND_CODES", "cpsv_ap", "decision_model", "implementation_list", "iso_duration"]
