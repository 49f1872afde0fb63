"""Examples in the description: values of our own types, so that they cannot fall behind."""

from datetime import UTC, datetime

import msgspec

from tongban.base.i18n import Text
from tongban.web.api.asked import ActRequest, AssessmentRequest, LogIn, LookUpRequest, Submission
from tongban.web.api.case_answers import Receipt
from tongban.web.problems import ProblemDocument, Reason

EXAMPLES: dict[type[msgspec.Struct], tuple[msgspec.Struct, ...]] = {
    AssessmentRequest: (AssessmentRequest(facts={"basis": "employment", "lives_since": "2025-3-1"}),),
    Submission: (
        Submission(
            service="residence-permit",
            region="990102",
            facts={"basis": "employment", "lives_since": [2025, 3, 1]},
            documents={"labour-contract": ["990102-5b1f0c8e9a7d4e62b3c4d5e6f7a8b9c0"]},
            look_up=True,
            agreed=True,
        ),
    ),
    LookUpRequest: (
        LookUpRequest(service="residence-permit", region="990102", told=True, agreed=["login.account/person"]),
    ),
    ActRequest: (ActRequest(says={"items": ["labour-contract"], "reasons": "第2页看不清，请重新拍照。"}),),
    LogIn: (LogIn(person="p-demo-wang-xiaolan"),),
    Receipt: (
        Receipt(
            case="990102-261123-4Q7Z2M9K",
            version=1,
            service="residence-permit",
            state="submitted",
            state_name=Text("已提交", "Submitted"),
            due=datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC),
        ),
    ),
    ProblemDocument: (
        ProblemDocument(
            type="urn:tongban:problem:answer-not-a-date",
            title="Unprocessable Entity",
            status=422,
            detail="there is no such day; give year, month and day, for example 2025 3 1",
            instance="urn:tongban:request:5b1f0c8e9a7d",
            code="answer-not-a-date",
            problems=(
                Reason(
                    "answer-not-a-date",
                    "there is no such day; give year, month and day, for example 2025 3 1",
                    "lives_since",
                ),
            ),
        ),
    ),
}
