"""Does this person have the right? The rules of a service file, run over what is known, with their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban import rules
from tongban.base.i18n import Text
from tongban.catalog.acts import cite
from tongban.catalog.compile import Compiled, compile_service
from tongban.catalog.model import Law, Service
from tongban.catalog.parameters import Applied
from tongban.catalog.provenance import used
from tongban.catalog.run import Run
from tongban.catalog.tables import APPLICATION_DATE, Outcome, both
from tongban.catalog.variant import Variant, resolve

_UNKNOWN = Text("还差{n}项信息才能判断", "{n} more answers are needed to tell")
_NO_RULE = Text(
    "规则没有覆盖这种情况，请由工作人员判断", "The rules do not cover this case; an official has to look at it"
)
_NO_LAW: dict[rules.NoValue, Text] = {
    rules.NoValue.NO_LAW: Text(
        "{day}这天没有规定“{what}”的法，请由工作人员判断",
        "No law says what '{what}' is on {day}; an official has to look at it",
    ),
    rules.NoValue.TWO_LAWS: Text(
        "{day}这天有两个规定都管“{what}”，请由工作人员判断",
        "Two laws both say what '{what}' is on {day}; an official has to look at it",
    ),
    rules.NoValue.NO_CATEGORY: Text(
        "{day}的规定没有说这一类的“{what}”，请由工作人员判断",
        "The law of {day} does not say what '{what}' is for this group; an official has to look at it",
    ),
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say, and why.

    outcome           see `Outcome`; "unknown" while a fact is missing that could change it
    message           the words of the row (or situation) that decided
    outputs           outputs of all tables run, by name; those of `amounts` only when the outcome is "eligible"
    unknown           the asked facts that must become known, in the order of the file
    laws              the articles that the deciding rows cite, and those that the parameters used are from
    parameters        the parameters that the decision rests on, each with its period and the day that counted
    trace             the decisions of the tables, the eligibility table's last before the amounts
    fully_determined  the rules leave nothing open: every table settled, no official's judgment asked for
    given             the facts that were asked about, as they were given
    day               the day of application
    """

    outcome: Outcome
    message: Text
    outputs: Mapping[str, Any]
    unknown: tuple[str, ...]
    laws: tuple[Law, ...]
    parameters: tuple[Applied, ...]
    trace: tuple[rules.Decision, ...]
    fully_determined: bool
    variant: Variant
    given: Mapping[str, Any]
    day: date

    def as_json(self) -> dict[str, Any]:
        """The whole explanation in JSON: rows that matched, and for every other row why not. What a case keeps of it
        is `tongban.catalog.compact`."""
        service = self.variant.service
        return {
            "service": service.service,
            "version": service.version,
            "outcome": self.outcome,
            "situation": self.variant.situation.id if self.variant.situation else None,
            "unknown": list(self.unknown),
            "fully_determined": self.fully_determined,
            "message": {"zh": self.message.zh, "en": self.message.en},
            "outputs": {name: rules.to_json(rules.to_feel(value)) for name, value in self.outputs.items()},
            "laws": [_citation(law) for law in self.laws],
            "parameters": [one.as_json() for one in self.parameters],
            "decisions": [decision.as_json() for decision in self.trace],
        }


def assess(service: Service, facts: Mapping[str, Any], application_date: date) -> Assessment:
    """What the rules of `service` say about `facts` on `application_date`. Pure: the same in, the same out.

    `facts` are values as `parse_fact` gives them or as they come back from JSON; a fact that is absent or None is
    unknown. Raises Refused if the service does not compile.
    """
    compiled = compile_service(service)
    run = Run(compiled, facts, application_date)
    situation = run.situation
    if situation is not None and situation.outcome == "not-needed":
        return _close(compiled, run, "not-needed", both(situation.note or situation.name), (situation.law,))
    judged = run.judge(compiled.eligible)
    decision = judged.decision
    if judged.missing and not judged.settled:
        return _close(compiled, run, "unknown", _UNKNOWN.format(n=len(judged.missing)), (), judged.missing)
    if decision.status is not rules.Status.DECIDED or not judged.settled:
        return _close(compiled, run, "ask-official", _NO_RULE, decision.laws)
    verdict = compiled.verdicts[decision.matched[0] - 1]
    if verdict.outcome == "eligible":
        run.later()
    return _close(compiled, run, verdict.outcome, verdict.message, decision.laws)


def _citation(law: Law) -> dict[str, Any]:
    said = cite(law)
    article = {"id": law.id, "act": law.act, "article": law.article, "no": law.no}
    return {**article, "cite": {"zh": said.zh, "en": said.en}}


def _close(
    compiled: Compiled,
    run: Run,
    outcome: Outcome,
    message: Text,
    laws: tuple[str, ...],
    missing: frozenset[str] = frozenset(),
) -> Assessment:
    service = compiled.service
    amounts = {output.name for table in service.amounts.values() for output in table.outputs}
    if outcome == "eligible":
        missing |= run.unknown_of(tuple(amounts))
    applied = used(compiled, run)
    cited = {*laws, *(law for decision in run.decisions for law in decision.laws), *(one.law for one in applied)}
    lawless = next((one for one in applied if isinstance(one.found, rules.Missing)), None)
    if message is _NO_RULE and lawless is not None and isinstance(lawless.found, rules.Missing):
        message = _lawless(lawless, lawless.found.reason)
    determined = not missing and run.settled and lawless is None and outcome not in ("unknown", "ask-official")
    return Assessment(
        outcome=outcome,
        message=message,
        outputs=dict(run.outputs),
        unknown=tuple(name for name in service.facts if name in missing),
        laws=tuple(law for law in service.law if law.id in cited),
        parameters=applied,
        trace=tuple(run.decisions),
        fully_determined=determined,
        variant=resolve(compiled, run),
        given=run.given,
        day=run.values[APPLICATION_DATE],
    )


def _lawless(applied: Applied, reason: rules.NoValue) -> Text:
    """Why a parameter without a value leaves the question to an official."""
    said, label = _NO_LAW[reason], applied.label
    return Text(said.zh.format(day=applied.day, what=label.zh), said.en.format(day=applied.day, what=label.en))
