"""One item, told in the words of two standards: the national 实施清单, and CPSV-AP."""

from tongban.catalog.export.european import cpsv_ap, iso_duration
from tongban.catalog.export.national import KIND_CODES, implementation_list

__all__ = ["KIND_CODES", "cpsv_ap", "implementation_list", "iso_duration"]
