"""Rules about bundle files: the parts fit together, mean what the bundle says, and lose no right on the way."""

from collections.abc import Iterator

from tongban.base.i18n import Text
from tongban.catalog.bundle import Bundle
from tongban.catalog.catalogue import version_key
from tongban.catalog.check.laws import doubled_laws, undefined_laws, unnamed_acts, unread_laws
from tongban.catalog.check.quality import few_aliases, misnamed, only_chinese
from tongban.catalog.check.registry import Said, View, bundle_lint
from tongban.catalog.check.spans import read_span
from tongban.catalog.composing import compose
from tongban.catalog.findings import Path
from tongban.catalog.model import Service
from tongban.terms import TermError


def newest(view: View[Bundle], slug: str) -> Service | None:
    """The newest version of a service that is not a draft."""
    known = [one for _, one in view.world.services if one.service == slug and one.status != "draft"]
    return max(known, key=lambda one: version_key(one.version), default=None)


@bundle_lint(
    "bundle-broken",
    "error",
    "各项要合得成一张表",
    "The parts make up one form",
    law="浙江省保障“最多跑一次”改革规定 7",
)
def broken(view: View[Bundle]) -> Iterator[Said]:
    _, faults = compose(view.file, lambda slug: newest(view, slug))
    for fault in faults:
        yield Said(fault.text, fault.path, fault.offset, code=fault.code)


@bundle_lint("bundle-twice", "error", "同一件事不能办两遍", "A part is not applied for twice")
def twice(view: View[Bundle]) -> Iterator[Said]:
    seen: dict[tuple[str, str | None], str] = {}
    for part, member in view.file.parts.items():
        first = seen.setdefault((member.service, member.by), part)
        if first != part:
            text = Text(f"“{first}”已经是这个事项了", f"'{first}' is this service already")
            yield Said(text, ("parts", part, "service"))


@bundle_lint(
    "bundle-procedure", "error", "要用一个已有的流程", "The procedure is one that exists", law="优化营商环境条例 36"
)
def procedure(view: View[Bundle]) -> Iterator[Said]:
    if view.file.procedure not in view.world.procedures:
        text = Text(f"没有“{view.file.procedure}”这个流程", f"There is no procedure '{view.file.procedure}'")
        yield Said(text, ("procedure",) if view.written(("procedure",)) else ())


@bundle_lint(
    "bundle-promise",
    "error",
    "整件事要有承诺期限，期限要读得懂",
    "The whole has a promised term that can be read",
    law="浙江省保障“最多跑一次”改革规定 12",
)
def promise(view: View[Bundle]) -> Iterator[Said]:
    term = view.file.term
    if not term.promised:
        yield Said(Text("写上整件事承诺几天办完", "Say by when the whole is promised"), ("term",), key=True)
        return
    read = read_span(term.promised)
    if isinstance(read, TermError):
        yield Said(Text(read.zh, read.en), ("term", "promised"))


@bundle_lint(
    "bundle-chain",
    "warning",
    "没有拿别项结果的，不必等别项",
    "A part that takes nothing from another need not wait for it",
    law="优化营商环境条例 36",
)
def chain(view: View[Bundle]) -> Iterator[Said]:
    for part, member in view.file.parts.items():
        taken = {at.partition(".")[0] for at in member.takes.values()}
        for index, other in enumerate(member.after):
            if other in taken:
                text = Text(f"“{other}”已经写在 takes 里，不用再写", f"'{other}' is among takes already")
                yield Said(text, ("parts", part, "after", index))


@bundle_lint("law-undefined", "error", "引用的法条要在 law 里列明", "A cited law must be listed", law="行政许可法 30")
def law_undefined(view: View[Bundle]) -> Iterator[Said]:
    cited: list[tuple[Path, str]] = [(("term", "law"), view.file.term.law)] if view.file.term.law else []
    return undefined_laws(view.file.law, iter(cited))


@bundle_lint("law-twice", "error", "法条编号不能重复", "A law id stands for one article")
def law_twice(view: View[Bundle]) -> Iterator[Said]:
    return doubled_laws(view.file.law)


@bundle_lint("law-from-memory", "warning", "没核对过原文的法条要说明", "A law not read in its text must say so")
def law_from_memory(view: View[Bundle]) -> Iterator[Said]:
    return unread_laws(view.file.law)


@bundle_lint("act-unnamed", "warning", "法律文件要有英文名", "An act has a name in English")
def act_unnamed(view: View[Bundle]) -> Iterator[Said]:
    return unnamed_acts(view.file.law)


@bundle_lint("english-missing", "error", "发布前要有英文", "Words for people come in Chinese and English")
def english_missing(view: View[Bundle]) -> Iterator[Said]:
    return only_chinese(view.file)


@bundle_lint(
    "aliases-few", "warning", "要有百姓自己的说法，搜得到才办得成", "Citizens' own words make a bundle findable"
)
def aliases_few(view: View[Bundle]) -> Iterator[Said]:
    return few_aliases(view.file)


@bundle_lint("file-name", "warning", "文件名和 bundle 一致", "The file is named after the bundle")
def file_name(view: View[Bundle]) -> Iterator[Said]:
    return misnamed("bundle", view.loaded.source.path, view.file.bundle, view.file.version)
