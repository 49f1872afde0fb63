"""The register of enterprise operators (管运分离): contracts, access windows, exits with proof of erasure.

Whoever keeps a system running is let in by the body that answers for it, for a purpose and a time, and sees what the
database role of operators may read: no personal data. Who was commissioned may keep nothing (政务数据共享条例 36 [V],
数据安全法 40 [V]), so a contract is over only when what they held was erased or returned and somebody checked it.
"""

from tongban.oversight.registers.operators.model import (
    STATES,
    WAYS,
    Contract,
    Entry,
    Erasure,
    Exit,
    Holding,
    State,
    Way,
    Window,
)
from tongban.oversight.registers.operators.register import KIND, Operators

__all__ = [
    "KIND",
    "STATES",
    "WAYS",
    "Contract",
    "Entry",
    "Erasure",
    "Exit",
    "Holding",
    "Operators",
    "State",
    "Way",
    "Window",
]
