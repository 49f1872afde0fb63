"""The register of digital projects: what is planned, what there is, and where both do the same (条例 38)."""

from tongban.oversight.registers.projects.model import Overlap, Part, Project, Status
from tongban.oversight.registers.projects.overlaps import overlaps
from tongban.oversight.registers.projects.reading import read_projects, read_sheet

__all__ = ["Overlap", "Part", "Project", "Status", "overlaps", "read_projects", "read_sheet"]
