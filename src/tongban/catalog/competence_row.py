"""One row of the rule that says which place's body answers."""

from typing import Literal

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.fields import FactName, Feel


class Competence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """地域管辖: one row of the rule that says which place's body answers. The first row that answers decides.

    `by` is the fact that names the place, `ground` what the place is to the person or the matter: where they live, are
    registered, insured, or work; where their account is kept; where the site or the seat lies; or what the law lets
    them choose. `whose` names the other person that it is about (the child, the deceased); left out: who applies.
    """

    by: FactName
    ground: Literal["residence", "household", "insured", "account", "site", "seat", "work", "choice"]
    whose: Text | None = None
    when: Feel = ""
    law: str = ""
