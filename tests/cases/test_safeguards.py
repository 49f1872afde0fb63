"""What must not happen although somebody tries: to read too much, to repeat too little, to be outlived by a row."""

from typing import Any

import pytest
from case_world import APPLICANT, COUNTY, FACTS, Officials

from tongban.cases.service import Cases
from tongban.cases.views import CaseView

pytestmark = pytest.mark.database

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


async def submit(cases: Cases, key: str = "submit-0001", **facts: Any) -> CaseView:
    return await cases.submit(APPLICANT, "stall-permit", {**FACTS, **facts}, region=COUNTY, key=key)


async def proposed(cases: Cases, post: Officials, opinion: str) -> str:
    """A case in which a refusal was proposed, after an opinion that officials wrote for one another."""
    case = (await submit(cases)).case
    file = await cases.add_document(APPLICANT, "草图.pdf", PDF)
    ask = {"items": ["plan"], "message": "请补"}
    await cases.act(post("clerk"), case, "request-correction", ask, version=None, key="ask-00000001")
    said = {"documents": {"plan": [file.id]}}
    await cases.act(APPLICANT, case, "supplement", said, version=None, key="give-0000001")
    await cases.act(post("examiner"), case, "examine", {"opinion": opinion}, version=None, key="examine-0001")
    why = {"reasons": opinion, "law": ["APL-42"]}
    await cases.act(post("approver"), case, "propose-refusal", why, version=None, key="propose-0001")
    return case


async def test_what_officials_write_for_one_another_is_not_in_the_persons_export(cases: Cases, post: Officials) -> None:
    case = await proposed(cases, post, "内部意见：再查一查")
    assert "内部意见" not in str(await cases.export(APPLICANT, case))
    assert "内部意见" in str(await cases.export(post("clerk"), case))
    assert "请补" in str(await cases.export(APPLICANT, case)), "what the person was told stays"
