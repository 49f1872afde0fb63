"""会同办理: several bodies say their part in one case, on one record, and one of them owes the answer.

行政许可法 26: one body accepts the application, passes it on to the others for their views and handles it for all. A
body that takes part has done an act once it did it since the act that called for it; one that found nothing to object
to (`result: passed`) is not asked again when others are.
"""

from __future__ import annotations

from tongban.base.i18n import Text
from tongban.cases.model import CaseState, Done, Office
from tongban.catalog.procedure import Act, Procedure, Who
from tongban.catalog.wording import joined

PASSED = "passed"
"""The value of a field `result` that says that a body has nothing to object to."""


def taking_part(state: CaseState, act: Act) -> tuple[Office, ...]:
    """The bodies that an act of each is for: those that join, and the one that owes the answer if its posts may too."""
    own = set(act.who) - {Who.JOINED, Who.APPLICANT, Who.CLOCK, Who.RULES}
    return (*((state.office,) if own else ()), *state.case.together)


def owing(procedure: Procedure, state: CaseState, name: str) -> tuple[Office, ...]:
    """The bodies that have not yet done an act of each."""
    act = procedure.acts[name]
    return tuple(office for office in taking_part(state, act) if not _done(state, name, act, office))


def _done(state: CaseState, name: str, act: Act, office: Office) -> bool:
    called, mine = state.last(act.each), _last(state, name, office)
    if called is None:
        return False
    before = [done for done in state.acts if done.by.body == office.id and "result" in done.payload]
    settled = bool(before) and before[-1].seq < called.seq and _result(before[-1]) == PASSED
    return settled or (mine is not None and mine.seq > called.seq)


def _last(state: CaseState, name: str, office: Office) -> Done | None:
    return next((done for done in reversed(state.acts) if done.type == name and done.by.body == office.id), None)


def _result(done: Done | None) -> str:
    return str(done.payload.get("result", "")) if done else ""


def progress(procedure: Procedure, state: CaseState) -> tuple[tuple[Office, tuple[tuple[Text, Done | None], ...]], ...]:
    """What each body that takes part was called to do so far, and the act by which it did (None: not yet)."""
    called = {name: act for name, act in procedure.acts.items() if act.each and state.last(act.each)}
    return tuple(
        (
            office,
            tuple(
                (act.name, _last(state, name, office) if _done(state, name, act, office) else None)
                for name, act in called.items()
                if office in taking_part(state, act)
            ),
        )
        for office in (offices(state) if state.case.together else ())
    )


def all_passed(procedure: Procedure, state: CaseState) -> bool:
    """Whether every body that takes part has found, last, that nothing stands against it."""
    acts = procedure.acts.items()
    finding = [(name, act) for name, act in acts if act.each and "result" in act.says]
    return bool(finding) and all(
        _result(_last(state, name, office)) == PASSED for name, act in finding for office in taking_part(state, act)
    )


def offices(state: CaseState) -> tuple[Office, ...]:
    """Who takes part, the one that owes the answer first."""
    return (state.office, *state.case.together)


def bodies(state: CaseState) -> Text:
    """Who takes part, by name."""
    return joined([office.name for office in offices(state)])


_FIRST, _SECOND = ("inspector_one", "joining_one"), ("inspector_two", "joining_two")


def inspectors(state: CaseState) -> tuple[tuple[Office, tuple[str, ...]], ...]:
    """Whom each body sends to inspect, by name, as it last said; a body that has sent nobody is left out."""
    sent: dict[str, tuple[str, ...]] = {}
    for done in state.acts:
        names = tuple(str(done.payload[name]) for two in (_FIRST, _SECOND) for name in two if name in done.payload)
        if names:
            sent[done.by.body] = names
    return tuple((office, sent[office.id]) for office in offices(state) if office.id in sent)


def who_comes(state: CaseState) -> Text:
    """The same in words."""
    return joined(
        [
            Text(f"{office.name.zh}的{'和'.join(names)}", f"{' and '.join(names)} of {office.name.en}")
            for office, names in inspectors(state)
        ]
    )


def findings(procedure: Procedure, state: CaseState) -> Text:
    """What each body found, last, on one record."""
    told: list[Text] = []
    for name, act in procedure.acts.items():
        if not act.each or "result" not in act.says:
            continue
        results = dict(act.says["result"].choices)
        for office in taking_part(state, act):
            if done := _last(state, name, office):
                said, by = str(done.payload.get("finding", "")), done.by.name
                result = results.get(_result(done), Text("", ""))
                told.append(
                    Text(
                        f"{office.name.zh}：{result.zh}。{said}（{by}）",
                        f"{office.name.en}: {result.en}. {said} ({by})",
                    )
                )
    return Text(" ".join(one.zh for one in told), " ".join(one.en for one in told))
