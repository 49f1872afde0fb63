"""One row of the rule that says which place's body answers."""

from typing import Literal

import msgspec

from tongban.catalog.fields import FactName, Feel


class Competence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """地域管辖: one row of the rule that says which place's body answers. The first row that answers decides.

    `by` is the fact that names the place, `ground` what the place is to the person or the matter: where they live, are
    registered, or work; where the site or the seat lies; or what the law lets them choose.
    """

    by: FactName
    ground: Literal["residence", "household", "site", "seat", "work", "choice"]
    when: Feel = ""
    law: str = ""
