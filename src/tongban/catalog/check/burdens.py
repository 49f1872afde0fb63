"""Rules about what is asked of people: papers, visits, and doors that must stay open."""

import re
from collections.abc import Iterator

from tongban.base.i18n import Text, words
from tongban.catalog.catalogue import superseded
from tongban.catalog.check.registry import Known, Said, View, service_lint
from tongban.catalog.findings import Path
from tongban.catalog.model import Audience, Service, Theme, Words

_CATCH_ALL = re.compile(
    r"(其他|其它|相关|有关|必要的?|规定的?)(证明)?(材料|文件|资料|条件|手续)|(材料|文件|资料|条件)等(其他)?|等(材料|文件|资料|条件)"
    r"|\bother (relevant |necessary |required |supporting )?(documents|materials|papers|conditions)\b|\betc\b",
    re.IGNORECASE,
)

_DOCUMENTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"身份证"), "police.population"),
    (re.compile(r"户口[簿本]"), "police.population"),
    (re.compile(r"营业执照"), "market."),
    (re.compile(r"不动产(权)?证|房产证|产权证"), "land."),
    (re.compile(r"残疾人?证"), "disabled."),
    (re.compile(r"结婚证|离婚证"), "civil."),
)
"""Papers that the state itself issues, with the beginning of the records that hold them: 国令716 art. 7."""


def plain_name(name: Words) -> str:
    """A material's name without brackets and blanks, so that the same paper is recognised in two files."""
    return re.sub(r"[（(].*?[)）]|\s|《|》|原件|复印件|及", "", words(name, "zh"))


@service_lint(
    "once-only",
    "error",
    "共享查得到的材料不得再要",
    "What a shared record holds must not be asked for again",
    law="国令第716号 7",
)
def once_only(view: View[Service]) -> Iterator[Said]:
    if superseded(view.file, (one for _, one in view.world.services)):
        return
    for slug, material in view.file.materials.items():
        if material.replaced_by is not None or material.need == "optional":
            continue
        known = _known(view, plain_name(material.name))
        if known is not None:
            zh, en = words(known.source.name, "zh"), words(known.source.name, "en")
            yield Said(
                Text(
                    f"“{words(material.name, 'zh')}”可以从{zh}（{known.source.at}）查到，请写 replaced_by",
                    f"'{words(material.name, 'en')}' can be had from {en} ({known.source.at}); give replaced_by",
                ),
                ("materials", slug),
                key=True,
            )


def _known(view: View[Service], name: str) -> Known | None:
    found = view.world.records.get(name)
    if found is not None:
        return found
    for pattern, resource in _DOCUMENTS:
        if pattern.search(name):
            return next((known for at, known in view.world.resources.items() if at.startswith(resource)), None)
    return None


@service_lint(
    "catch-all",
    "error",
    "不得有“其他材料”“相关条件”之类的兜底条款",
    "No catch-all conditions or materials",
    law="上海市优化营商环境条例 24",
)
def catch_all(view: View[Service]) -> Iterator[Said]:
    service = view.file
    places: list[tuple[Path, Words]] = [(("materials", slug, "name"), m.name) for slug, m in service.materials.items()]
    places += [(("conditions", index), said) for index, said in enumerate(service.conditions)]
    places += [(("situations", index, "name"), s.name) for index, s in enumerate(service.situations)]
    for path, said in places:
        match = _CATCH_ALL.search(words(said, "zh")) or _CATCH_ALL.search(words(said, "en"))
        if match:
            text = Text(
                f"“{match.group()}”是兜底的说法，请写清楚到底是什么",
                f"'{match.group()}' is a catch-all; say exactly what it is",
            )
            yield Said(text, path)


@service_lint(
    "visit-without-reason",
    "error",
    "要人跑一趟，得写明理由和依据",
    "A visit needs its reason and the law behind it",
    law="浙江省保障“最多跑一次”改革规定 2",
)
def visit_without_reason(view: View[Service]) -> Iterator[Said]:
    visits = view.file.visits
    if visits.max > 0 and not (visits.reason and visits.law):
        missing = "、".join(zh for zh, value in (("理由 reason", visits.reason), ("依据 law", visits.law)) if not value)
        lacking = " and ".join(en for en, value in (("reason", visits.reason), ("law", visits.law)) if not value)
        text = Text(
            f"要到现场{visits.max}次，却没有写{missing}", f"{visits.max} visit(s) are asked for without {lacking}"
        )
        yield Said(text, ("visits", "max"))
    if visits.max == 0 and visits.reason:
        text = Text("不用到现场，就不必写理由", "No visit is needed, so no reason is either")
        yield Said(text, ("visits", "reason"), severity="warning")


@service_lint(
    "visits-not-online",
    "error",
    "说不用跑，就要能网上办",
    "A service without visits must be open online",
    law="国令第716号 6",
)
def visits_not_online(view: View[Service]) -> Iterator[Said]:
    if view.file.visits.max == 0 and not {"online", "proxy-intake"} & set(view.file.reach.modes):
        text = Text(
            "到现场0次，却不能网上办也没有代收代办", "No visit is needed, yet it can be had neither online nor by proxy"
        )
        yield Said(text, ("reach", "modes") if view.written(("reach", "modes")) else ("reach",))


@service_lint(
    "online-only",
    "error",
    "要保留人工办理的方式",
    "A human way must stay open",
    law="无障碍环境建设法 39",
)
def online_only(view: View[Service]) -> Iterator[Said]:
    if not {"counter", "proxy-intake"} & set(view.file.reach.modes):
        text = Text(
            "只能网上办，不会用手机的人办不成；请加 counter 或 proxy-intake",
            "It can only be had online, which shuts out those who cannot; add counter or proxy-intake",
        )
        yield Said(text, ("reach", "modes") if view.written(("reach", "modes")) else ("reach",))


@service_lint(
    "reach-too-narrow",
    "warning",
    "多地联办、代收代办要跨区域才有意义",
    "Joint handling means more than one county",
    law="国办发〔2020〕35号",
)
def reach_too_narrow(view: View[Service]) -> Iterator[Said]:
    reach = view.file.reach
    if "joint" in reach.modes and reach.scope == "county":
        text = Text("写了多地联办，通办范围却只有本县", "Joint handling is offered, but only within one county")
        yield Said(text, ("reach",))


_PERSONAL = frozenset({Theme.BIRTH, Theme.MARRIAGE, Theme.OLD_AGE, Theme.SCHOOL})


@service_lint(
    "audience-theme",
    "warning",
    "服务对象要和主题一致",
    "The audience must fit the themes",
    law="事项质检规则 8",
)
def audience_theme(view: View[Service]) -> Iterator[Said]:
    service = view.file
    personal = [theme for theme in service.themes if theme in _PERSONAL]
    if personal and Audience.NATURAL_PERSON not in service.audience:
        text = Text(
            f"主题“{personal[0].value}”是个人的事，服务对象里却没有自然人",
            f"The theme '{personal[0].value}' is a person's, but natural persons are not served",
        )
        yield Said(text, ("audience",))
