"""Rules about paper files: every field is compared with something that exists and is of its kind."""

from collections.abc import Iterator

from tongban.base.i18n import Text, words
from tongban.catalog.check.laws import doubled_laws, unread_laws
from tongban.catalog.check.registry import Said, View, paper_lint
from tongban.catalog.model import Service
from tongban.catalog.paper import FITS, Paper


@paper_lint("law-twice", "error", "法条编号不能重复", "A law id stands for one article")
def law_twice(view: View[Paper]) -> Iterator[Said]:
    return doubled_laws(view.file.law)


@paper_lint("law-from-memory", "warning", "没核对过原文的法条要说明", "A law not read in its text must say so")
def law_from_memory(view: View[Paper]) -> Iterator[Said]:
    return unread_laws(view.file.law)


@paper_lint("paper-material", "error", "材料要在事项文件里", "The material is one of a service's")
def material(view: View[Paper]) -> Iterator[Said]:
    for index, use in enumerate(view.file.used):
        found = _versions(view, use.service)
        if not found:
            text = Text(f"没有“{use.service}”这个事项", f"There is no service '{use.service}'")
            yield Said(text, ("used", index, "service"))
        elif all(use.material not in service.materials for service in found):
            text = Text(
                f"“{use.service}”不要“{use.material}”这样材料", f"'{use.service}' asks for no material '{use.material}'"
            )
            yield Said(text, ("used", index, "material"))


@paper_lint(
    "paper-comparison",
    "error",
    "材料上的内容要和同类的申报内容比",
    "A field is compared with a fact of its kind",
)
def comparison(view: View[Paper]) -> Iterator[Said]:
    for index, use in enumerate(view.file.used):
        services = _versions(view, use.service)
        for name, fact_name in use.compare.items():
            place = ("used", index, "compare", name)
            field = view.file.fields.get(name)
            if field is None:
                yield Said(Text(f"材料上没有“{name}”", f"The paper has no field '{name}'"), place, key=True)
                continue
            facts = [fact for service in services if (fact := service.facts.get(fact_name))]
            if services and not facts:
                text = Text(f"“{use.service}”没有“{fact_name}”", f"'{use.service}' has no fact '{fact_name}'")
                yield Said(text, place)
            for fact in facts:
                if fact.type not in FITS[field.kind]:
                    kind, type_, zh, en = (
                        field.kind.value,
                        fact.type.value,
                        words(field.name, "zh"),
                        words(field.name, "en"),
                    )
                    text = Text(f"“{zh}”是{kind}，和{type_}没法比", f"'{en}' is {kind}, which has no like in {type_}")
                    yield Said(text, place)
                    break


@paper_lint("paper-label-twice", "error", "一个标签只能归一项", "A label belongs to one field")
def label_twice(view: View[Paper]) -> Iterator[Said]:
    seen: dict[str, str] = {}
    for name, field in view.file.fields.items():
        for index, label in enumerate(field.labels):
            if seen.setdefault(label, name) != name:
                text = Text(f"标签“{label}”已经归“{seen[label]}”", f"The label “{label}” is that of '{seen[label]}'")
                yield Said(text, ("fields", name, "labels", index))


def _versions(view: View[Paper], slug: str) -> list[Service]:
    return [service for _, service in view.world.services if service.service == slug]
