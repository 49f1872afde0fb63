"""What the state already knows is not asked again, and every look is seen by the person it concerns.

First part: records in this installation. Grants, the exchange channel and the nodes of departments come later.
"""

from tongban.sharing.lookup import sources
from tongban.sharing.model import Access, Lookup, Purpose, Reader, Shared
from tongban.sharing.service import Sharing
from tongban.sharing.store import put as put_record

__all__ = ["Access", "Lookup", "Purpose", "Reader", "Shared", "Sharing", "put_record", "sources"]
