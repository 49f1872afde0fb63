"""Two bodies of two cities, what each holds, and those above them; a request told act by act."""

from datetime import date
from typing import Any

import pytest

from tongban.base.clock import ZONE
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases.model import Applicant
from tongban.cases.service import Cases
from tongban.cases.views import CaseView
from tongban.org import Actor, Directory, demo
from tongban.sharing.grants import Listed, ask

HR, HOUSING = "990100.hr", "990200.housing"
"""Of two cities: their common superior is the province's."""
WHOLE = Text("社保参保", "Social insurance")
SHELF = {
    "hr.insurance": Listed(
        resource="hr.insurance",
        name=WHOLE,
        owner=HR,
        attribute="conditional",
        records={"member": ("left_on", "months_paid", "wage")},
    ),
    "market.registry": Listed(
        resource="market.registry",
        name=WHOLE,
        owner="990100.market",
        attribute="unconditional",
        records={"business": ("name", "uscc")},
    ),
    "hr.paid-elsewhere": Listed(
        resource="hr.paid-elsewhere",
        name=WHOLE,
        owner="980000.hr",
        attribute="conditional",
        records={"member": ("months_paid",)},
    ),
    "police.cases": Listed(
        resource="police.cases", name=WHOLE, owner="990100.police", attribute="not-shared", records={"file": ("name",)}
    ),
}
FACTS = {
    "resource": "hr.insurance",
    "record": "member",
    "fields": "left_on",
    "tests": "months_paid >= 12",
    "for_service": "rent-subsidy",
    "basis": "社会救助法26",
    "scene": "审核收入时",
    "scope": "住房保障科审批岗",
    "mode": "interface",
    "until": "2027-06-30",
}
REASONS = {"reasons": "与这个事项无关"}
ADVERSE = {**REASONS, "law": ["DS-15"]}


class Between:
    """Two bodies and those above them, act by act."""

    def __init__(self, cases: Cases, directory: Directory) -> None:
        self.cases, self.directory, self.n = cases, directory, 0

    def at(self, body: str, post: str) -> Actor:
        found = self.directory.post(f"{body}.{post}")
        person = next(one for one in demo.officials() if one.id == self.directory.holders(found.id)[0])
        return Actor.official(person, found, self.directory.body(found.body))

    async def request(self, asking: str = HOUSING, **facts: Any) -> str:
        body = self.directory.body(asking)
        applicant = Applicant(body.id, body.name.zh, body.uscc, "body")
        said = {**FACTS, **facts}
        self.n += 1
        view = await self.cases.submit(
            self.at(asking, "examiner"),
            "data-sharing-request",
            said,
            region="990100",
            key=f"request-{self.n:04}",
            applicant=applicant,
        )
        return view.case

    async def do(self, body: str, post: str, case: str, act: str, **says: Any) -> CaseView:
        self.n += 1
        return await self.cases.act(self.at(body, post), case, act, says, version=None, key=f"act-{self.n:06}")

    async def code(self, body: str, post: str, case: str, act: str, **says: Any) -> str:
        with pytest.raises(Refused) as caught:
            await self.do(body, post, case, act, **says)
        return caught.value.code

    async def asked(self, **facts: Any) -> str:
        """With the consent of the own head."""
        case = await self.request(**facts)
        await self.do(HOUSING, "head", case, "consent")
        return case

    async def in_use(self, **facts: Any) -> str:
        case = await self.asked(**facts)
        await self.do(HR, "approver", case, "agree")
        await self.do(HR, "approver", case, "provide", how="x1")
        return case

    async def refused(self) -> str:
        case = await self.asked()
        await self.do(HR, "approver", case, "propose-refusal", ground="beyond-scope", **ADVERSE)
        await self.do(HR, "approver-2", case, "refuse", **ADVERSE)
        return case


def due(view: CaseView, term: str) -> str:
    moment = next(one.statutory.due for one in view.terms if one.term == term)
    assert moment is not None
    return moment.astimezone(ZONE).date().isoformat()


async def allowed(db: Database, day: date, *fields: str) -> str:
    """The grant for this question, or why not."""
    try:
        return (await ask(db, "hr.insurance", "member", fields or ("left_on",), "rent-subsidy", day)).id
    except Refused as refused:
        return refused.code
