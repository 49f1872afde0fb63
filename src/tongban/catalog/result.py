"""What a service gives in the end, and what follows from it."""

from typing import Literal

import msgspec

from tongban.catalog.fields import FactName, Slug, Words

Way = Literal["online", "post", "counter"]
"""领取方式."""
WAYS: tuple[Way, ...] = ("online", "counter", "post")


class Validity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How long the result holds and how it is kept alive."""

    years: int | None = None
    months: int | None = None
    renew: Words = ""
    law: str = ""


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """审批结果. `certificate` is its type; `shows` are the facts printed on it."""

    certificate: Slug
    name: Words
    form: Literal["certificate", "approval", "notice", "filing-receipt", "payment"] = "certificate"
    valid: Validity | None = None
    shows: tuple[FactName, ...] = ()
    delivery: tuple[Way, ...] | None = None
    """How it can be had: used online, posted, fetched at a hall. A file that does not say leaves every way open."""
    mandate: Literal["guardian", "legal-representative"] | None = None
    """Lets the applicant act for somebody else from then on: a ward, or the business they represent."""
    closes: FactName | None = None
    """The fact with the number of whoever is no more by this result: a person who died (an identity number), a business
    that has ended (a credit code). Mandates from and to them end with it (民法典 173, 175 [M])."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """How it can be had, in the order of the file."""
        return WAYS if self.delivery is None else self.delivery
