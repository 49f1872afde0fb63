"""Rules about what a machine does by itself: whoever wants people to handle their case must lose nothing by it."""

from collections.abc import Iterator

from tongban.base.i18n import Text
from tongban.catalog.check.flow import SAME, START
from tongban.catalog.check.registry import Said, View, procedure_lint, service_lint
from tongban.catalog.model import FactType, Service
from tongban.catalog.procedure import Act, Procedure, Who

_MACHINES = frozenset({Who.CLOCK, Who.RULES})


@procedure_lint(
    "rules-alone",
    "error",
    "规则能办的，人也要能办",
    "What the rules can do, people can do too",
    law="个人信息保护法 24",
)
def rules_alone(view: View[Procedure]) -> Iterator[Said]:
    for slug, act in view.file.acts.items():
        if Who.RULES not in act.who or set(act.who) - _MACHINES - {Who.APPLICANT}:
            continue
        for index, state in enumerate(act.from_):
            if state != START and not any(_by_people(other, state, act) for other in view.file.acts.values()):
                text = Text(
                    f"“{act.name.zh}”只有规则能办；请给工作人员一个从同一状态到同一结果的动作",
                    f"Only the rules can do '{act.name.en}'; give officials an act from the same state to the same end",
                )
                yield Said(text, ("acts", slug, "from", index))


def _by_people(other: Act, state: str, act: Act) -> bool:
    officials = set(other.who) - _MACHINES - {Who.APPLICANT}
    same_end = other.to in (act.to, SAME if act.to == state else act.to)
    return bool(officials) and state in other.from_ and same_end and other.decides == act.decides


@service_lint("concerns-unknown", "error", "与哪个办件有关，要有一项填办件号", "The other case is named by a text fact")
def concerns_unknown(view: View[Service]) -> Iterator[Said]:
    concerns = view.file.concerns
    if concerns is None:
        return
    fact = view.file.facts.get(concerns.case)
    if fact is None or fact.type is not FactType.TEXT or fact.derive:
        text = Text(
            f"concerns.case 写的“{concerns.case}”要是一项 text 填写项",
            f"'{concerns.case}' of concerns.case must be a fact of type text that is asked",
        )
        yield Said(text, ("concerns", "case"))
