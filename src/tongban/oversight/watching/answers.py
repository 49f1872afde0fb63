"""What a body answers in public: words for everybody, published once the supervising body has verified them.

Numbers that identify somebody, telephone numbers and the like are masked once more, whoever wrote them.
"""

from typing import Final

from tongban.assist.gate.masking import Masking
from tongban.cases.loaded import Case
from tongban.oversight.watching.model import Answer

SERVICE: Final = "work-supervision"
PUBLIC: Final = "public"
"""The field of the act by which the body answers."""
TOLERATED: Final = "tolerated"


def published(case: Case) -> Answer | None:
    """The answer of a supervision order that has ended; None for any other case, and where nothing was said to all."""
    state = case.state
    if state.case.service != SERVICE or not case.definition.ended(state) or state.updated_at is None:
        return None
    said = next((str(act.payload[PUBLIC]) for act in reversed(state.acts) if act.payload.get(PUBLIC)), "")
    if not said.strip():
        return None
    facts, local = state.facts, case.definition.local
    return Answer(
        region=state.case.region,
        case_id=state.case.case,
        body=state.desk.id,
        index=str(facts.get("index", "")),
        service=str(facts.get("of_service", "")),
        finding=str(facts.get("finding", "")),
        outcome=state.state,
        answer=Masking().mask(said.strip()),
        opened=state.case.day,
        ended=local(state.updated_at),
    )
