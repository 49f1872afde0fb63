"""What a decision table says before anybody asks it: gaps, overlaps, rows that never count, and what a person
would have to be for another answer. Pure, and judged by the table's own compiled cells.

Start with `space`, which cuts the columns of a table into parts; everything else reads that.
"""

from .boundary import boundary_rows, edges
from .domains import Beyond, Domain, Known, Part, PartKind, Space, space
from .needed import Reachable, Way, needed
from .remarks import Person, Remark, RemarkCode, Speaker, remarks
from .study import Study, study
from .sweep import Unfinished
from .text import domain_text

__all__ = [
    "Beyond",
    "Domain",
    "Known",
    "Part",
    "PartKind",
    "Person",
    "Reachable",
    "Remark",
    "RemarkCode",
    "Space",
    "Speaker",
    "Study",
    "Unfinished",
    "Way",
    "boundary_rows",
    "domain_text",
    "edges",
    "needed",
    "remarks",
    "space",
    "study",
]
