"""这件事里机器做了什么: told on each case in plain words, with ways to a human look and out of automation (PIPL 24)."""

from tongban.assist.account.model import Did, LookedUp, MachineAccount, Made, Year
from tongban.assist.account.service import Accounts

__all__ = ["Accounts", "Did", "LookedUp", "MachineAccount", "Made", "Year"]
