"""The hall: who stands at the counter, appointments, queue numbers, handing over, post, and what was captured offline.

Floor 4. It opens no case and decides nothing: an application taken in at a counter goes through `cases.submit` as one
from the portal does.
"""

from tongban.hall.service import Hall

__all__ = ["Hall"]
