"""What the state already knows is not asked again, and every look is seen by the person it concerns.

`Sharing` is the one door: it finds the body that holds a record, the grant and the channel, asks within a deadline,
keeps what was not answered as an open question, and leaves a trace of each look.
"""

from tongban.sharing.announced import Announced, announced, sources
from tongban.sharing.model import Listed, Lookup, Purpose, Reader, Shared
from tongban.sharing.retry.owed import Owed, take_over
from tongban.sharing.service import Sharing
from tongban.sharing.store import put as put_record

__all__ = [
    "Announced", "Listed", "Lookup", "Owed", "Purpose", "Reader", "Shared", "Sharing", "announced", "put_record",
    "sources", "take_over",
]  # fmt: skip
