"""Rules about place: the rule of competence names one for everybody, and nothing forces a needless visit."""

from collections.abc import Iterator

from tongban.base.i18n import Text, words
from tongban.catalog.check.registry import Said, View, procedure_lint, service_lint
from tongban.catalog.model import FactType, Service
from tongban.catalog.procedure import Procedure


@service_lint(
    "competence-fact",
    "error",
    "管辖要看一项写明地区的信息",
    "The rule of competence reads a fact that names a region",
    law="行政许可法 32",
)
def competence_fact(view: View[Service]) -> Iterator[Said]:
    for index, row in enumerate(view.file.competence):
        fact = view.file.facts.get(row.by)
        if fact is None or fact.type is not FactType.REGION:
            said = Text(
                f"“{row.by}”不是这个事项的地区信息（facts 里 type 为 region 的）",
                f"'{row.by}' is no fact of this service that names a region (type: region)",
            )
            yield Said(said, ("competence", index, "by"))


@service_lint(
    "competence-law",
    "error",
    "由哪里办要有依据",
    "Which place is competent rests on law",
    law="行政许可法 32",
)
def competence_law(view: View[Service]) -> Iterator[Said]:
    for index, row in enumerate(view.file.competence):
        if not row.law:
            said = Text("没有写依据（law）", "No law is cited")
            yield Said(said, ("competence", index))


@service_lint(
    "competence-gap",
    "error",
    "最后一行要对每个人都有答案",
    "The last row answers for everybody",
    law="行政许可法 32",
)
def competence_gap(view: View[Service]) -> Iterator[Said]:
    """Who is left over: those for whom the last row's condition does not hold, or whom its fact is not asked."""
    rows = view.file.competence
    fact = view.file.facts.get(rows[-1].by) if rows else None
    if not rows or fact is None:
        return
    last, path = rows[-1], ("competence", len(rows) - 1)
    name = words(fact.name, "zh"), words(fact.name, "en")
    if last.when:
        said = Text(
            f"不符合“{last.when}”的人没有机关管；最后一行不要写 when，或者再加一行",
            f"Nobody answers for those of whom '{last.when}' does not hold; leave out when, or add a row",
        )
        yield Said(said, (*path, "when"))
    elif fact.when:
        said = Text(
            f"“{name[0]}”只问符合“{fact.when}”的人，其余的人没有机关管；请再加一行",
            f"'{name[1]}' is asked only where '{fact.when}' holds; the others are left over; add a row",
        )
        yield Said(said, (*path, "by"))
    elif not fact.required:
        said = Text(
            f"“{name[0]}”可以不填，没填的人没有机关管；请再加一行",
            f"'{name[1]}' may be left blank, and who leaves it blank is left over; add a row",
        )
        yield Said(said, (*path, "by"))


@service_lint(
    "competence-never",
    "warning",
    "前面的一行已经管了所有人",
    "A row before it answers for everybody already",
)
def competence_never(view: View[Service]) -> Iterator[Said]:
    for index, row in enumerate(view.file.competence[:-1]):
        fact = view.file.facts.get(row.by)
        if not row.when and fact is not None and not fact.when and (fact.required or fact.derive):
            said = Text(
                "这一行永远用不上：前面一行对谁都有答案", "This row is never reached: the one before always answers"
            )
            yield Said(said, ("competence", index + 1))
            return


@procedure_lint(
    "on-the-spot",
    "error",
    "去现场的写法要对得上：状态、日子都有",
    "Where somebody has to come is said in words that the procedure has",
    law="浙江省保障“最多跑一次”改革规定 18",
)
def on_the_spot(view: View[Procedure]) -> Iterator[Said]:
    spot, file = view.file.on_the_spot, view.file
    if spot is None:
        return
    for index, state in enumerate(spot.states):
        if state not in file.states:
            said = Text(f"没有“{state}”这个状态", f"There is no state '{state}'")
            yield Said(said, ("on_the_spot", "states", index))
        elif file.states[state].end:
            said = Text(f"“{state}”已经办结，不用再去现场", f"'{state}' has ended; nobody has to come any more")
            yield Said(said, ("on_the_spot", "states", index))
    if spot.day and not any(spot.day in act.says for act in file.acts.values()):
        said = Text(f"没有哪个动作说“{spot.day}”", f"No act says '{spot.day}'")
        yield Said(said, ("on_the_spot", "day"))


@service_lint(
    "online-forces-visit",
    "error",
    "说全程网办、全国通办，就不能要人到场",
    "What is done online from anywhere may not force a visit",
    law="国办发〔2020〕35号",
)
def online_forces_visit(view: View[Service]) -> Iterator[Said]:
    """Whoever is far away has a way without coming: online with no visit, or a counter elsewhere, or several bodies
    together. A visit that the law itself demands (visits.law) may be made at a counter elsewhere."""
    reach, visits = view.file.reach, view.file.visits
    if reach.scope != "nationwide" or "online" not in reach.modes or visits.max == 0:
        return
    if {"proxy-intake", "joint"}.isdisjoint(reach.modes):
        said = Text(
            f"写了全国通办、网上办，却要到现场{visits.max}次，又没有异地代收；请去掉到场，或者加 proxy-intake",
            f"Online and nationwide, yet {visits.max} visit(s) and no counter elsewhere; drop the visit or add"
            " proxy-intake",
        )
        yield Said(said, ("visits", "max"))
