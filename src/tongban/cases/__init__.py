"""The case engine: everything a government owes somebody an answer to, as events on a clock that runs on the law.

Pure: `decide` (what happens when somebody does something), `evolve` and `fold` (what a case is), `clocks` (by when).
Around it: `Cases`, the one door for pages, API and command line.
"""

from tongban.cases.decide import UNDO, Command, PossibleAct, possible
from tongban.cases.definition import Definition
from tongban.cases.evolve import fold
from tongban.cases.model import Applicant, Attachment, CaseState, Event, Letter, Refusal
from tongban.cases.outbox import Channel, FileChannel, SmtpChannel
from tongban.cases.projections import FAR, CaseRow
from tongban.cases.service import Cases, QueueFilter
from tongban.cases.store.personal import Draft, InboxNotice
from tongban.cases.views import CaseView

__all__ = [
    "FAR",
    "UNDO",
    "Applicant",
    "Attachment",
    "CaseRow",
    "CaseState",
    "CaseView",
    "Cases",
    "Channel",
    "Command",
    "Definition",
    "Draft",
    "Event",
    "FileChannel",
    "InboxNotice",
    "Letter",
    "PossibleAct",
    "QueueFilter",
    "Refusal",
    "SmtpChannel",
    "fold",
    "possible",
]
