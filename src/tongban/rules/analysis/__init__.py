"""What a decision table says before anybody asks it: gaps, overlaps, rows that never count, and what a person
would have to be for another answer. Pure, and judged by the table's own compiled cells.

Start with `space`, which cuts the columns of a table into parts; everything else reads that.
"""

from .boundary import boundary_rows, edges
from .domains import Beyond, Domain, Known, Part, PartKind, Space, space
from .formulas import Misfit, divides_first, infer
from .named import Named, named
from .needed import Reachable, Way, needed
from .outcomes import Spoken, spoken
from .remarks import Person, Remark, RemarkCode, Speaker, quality, remarks
from .study import Study, study
from .sweep import Unfinished
from .text import domain_text
from .thresholds import Disagreement, Stated, disagreements, in_cell, in_expression

__all__ = [
    "Beyond",
    "Disagreement",
    "Domain",
    "Known",
    "Misfit",
    "Named",
    "Part",
    "PartKind",
    "Person",
    "Reachable",
    "Remark",
    "RemarkCode",
    "Space",
    "Speaker",
    "Spoken",
    "Stated",
    "Study",
    "Unfinished",
    "Way",
    "boundary_rows",
    "disagreements",
    "divides_first",
    "domain_text",
    "edges",
    "in_cell",
    "in_expression",
    "infer",
    "named",
    "needed",
    "quality",
    "remarks",
    "space",
    "spoken",
    "study",
]
