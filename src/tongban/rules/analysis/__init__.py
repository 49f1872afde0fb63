"""What a decision table says before anybody asks it: gaps, overlaps, rows that never count, and what a person
would have to be for another answer. Pure, and judged by the table's own compiled cells.

Start with `space`, which cuts the columns of a table into parts; everything else reads that.
"""

from .boundary import boundary_rows, edges
from .domains import Beyond, Domain, Known, Part, PartKind, Space, space
from .remarks import Person, Remark, RemarkCode, Speaker, remarks
from .study import Study, study
from .text import domain_text

__all__ = [
    "Beyond",
    "Domain",
    "Known",
    "Part",
    "PartKind",
    "Person",
    "Remark",
    "RemarkCode",
    "Space",
    "Speaker",
    "Study",
    "boundary_rows",
    "domain_text",
    "edges",
    "remarks",
    "space",
    "study",
]
