"""Rules about certificate types, and about services that issue certificates or rely on them."""

from collections.abc import Iterator

from tongban.base.i18n import Text, words
from tongban.catalog.catalogue import superseded
from tongban.catalog.certificate_type import RESOURCE, CertificateType, HolderKind, Lasts
from tongban.catalog.check.burdens import plain_name
from tongban.catalog.check.laws import doubled_laws, unread_laws
from tongban.catalog.check.registry import Said, View, certificate_lint, procedure_lint, service_lint
from tongban.catalog.findings import Path
from tongban.catalog.model import Audience, Result, Service, Source
from tongban.catalog.procedure import Procedure

_PEOPLE = frozenset({Audience.NATURAL_PERSON})
_LAW = "GB/T 36903-2018"


@certificate_lint("law-twice", "error", "法条编号不能重复", "A law id stands for one article")
def law_twice(view: View[CertificateType]) -> Iterator[Said]:
    return doubled_laws(view.file.law)


@certificate_lint("law-from-memory", "warning", "没核对过原文的法条要说明", "A law not read in its text must say so")
def law_from_memory(view: View[CertificateType]) -> Iterator[Said]:
    return unread_laws(view.file.law)


@certificate_lint(
    "certificate-code-twice", "error", "证照类型代码不能重复", "A type code stands for one type", law="GB/T 36904-2018"
)
def code_twice(view: View[CertificateType]) -> Iterator[Said]:
    for other in view.world.certificates.values():
        if other.code == view.file.code and other.certificate != view.file.certificate:
            text = Text(f"这个代码是“{other.certificate}”的", f"This is the code of '{other.certificate}'")
            yield Said(text, ("code",))


@certificate_lint("certificate-lasts", "error", "有效期要写清楚", "How long it holds is said plainly", law=_LAW)
def lasts(view: View[CertificateType]) -> Iterator[Said]:
    valid = view.file.valid
    said = valid is not None and (valid.years is not None or valid.months is not None)
    if said is not (view.file.lasts is Lasts.FIXED):
        text = Text(
            "lasts: fixed 要写 valid（几年或几个月），别的不写 valid",
            "`lasts: fixed` needs `valid` with years or months; nothing else takes it",
        )
        yield Said(text, ("lasts",))


def _results(service: Service) -> Iterator[tuple[Path, Result]]:
    yield ("result",), service.result
    for index, situation in enumerate(service.situations):
        if situation.result is not None:
            yield ("situations", index, "result"), situation.result


def _typed(view: View[Service]) -> Iterator[tuple[Path, Result, CertificateType]]:
    for path, result in _results(view.file):
        found = view.world.certificates.get(result.certificate)
        if found is not None:
            yield path, result, found


@service_lint(
    "certificate-type-unknown", "error", "发的证照要有类型文件", "What is issued has a certificate-type file", law=_LAW
)
def type_unknown(view: View[Service]) -> Iterator[Said]:
    if not view.world.certificates:
        return
    for path, result in _results(view.file):
        if result.certificate not in view.world.certificates:
            text = Text(
                f"没有“{result.certificate}”这种证照的类型文件，请加 certificate-types/{result.certificate}.yaml",
                f"No file describes the type '{result.certificate}'; add certificate-types/{result.certificate}.yaml",
            )
            yield Said(text, (*path, "certificate"))


@service_lint(
    "certificate-fields", "error", "证照印的内容要和类型文件一致", "The face is as the type file describes it", law=_LAW
)
def fields(view: View[Service]) -> Iterator[Said]:
    for path, result, kind in _typed(view):
        for index, name in enumerate(result.shows):
            if name not in kind.fields:
                text = Text(
                    f"类型“{kind.certificate}”没有“{name}”这一项",
                    f"The type '{kind.certificate}' has no field '{name}'",
                )
                yield Said(text, (*path, "shows", index))
        for name, field in kind.fields.items():
            if field.always and name not in result.shows:
                zh, en = words(field.name, "zh"), words(field.name, "en")
                text = Text(
                    f"类型“{kind.certificate}”要有“{zh}”（{name}），这里没有印",
                    f"The type '{kind.certificate}' has '{en}' ({name}) on every certificate; it is not shown here",
                )
                yield Said(text, (*path, "shows") if result.shows else path, key=True)


@service_lint(
    "certificate-validity", "error", "有效期不能和类型文件矛盾", "The validity does not contradict the type's", law=_LAW
)
def validity(view: View[Service]) -> Iterator[Said]:
    for path, result, kind in _typed(view):
        said = (result.valid.years, result.valid.months) if result.valid else (None, None)
        wanted = (kind.valid.years, kind.valid.months) if kind.valid else (None, None)
        if kind.lasts is not Lasts.BY_SERVICE and said != wanted:
            zh, en = _span(*wanted), _span(*said)
            text = Text(
                f"类型“{kind.certificate}”的有效期是{zh.zh}，这里是{en.zh}",
                f"The type '{kind.certificate}' holds {zh.en}, here it is {en.en}",
            )
            yield Said(text, (*path, "valid") if result.valid else path, key=True)


def _span(years: int | None, months: int | None) -> Text:
    if years is None and months is None:
        return Text("长期", "until revoked")
    zh = (f"{years}年" if years else "") + (f"{months}个月" if months else "")
    en = " ".join(filter(None, (f"{years} years" if years else "", f"{months} months" if months else "")))
    return Text(zh, en)


@service_lint(
    "certificate-parties", "error", "谁发、发给谁要和类型文件一致", "Issuer and holder are the type's", law=_LAW
)
def parties(view: View[Service]) -> Iterator[Said]:
    asks = frozenset(view.file.audience)
    for path, _, kind in _typed(view):
        if view.file.authority.body not in kind.issuer:
            text = Text(
                f"类型“{kind.certificate}”由{'、'.join(kind.issuer)}发，不由{view.file.authority.body}发",
                f"'{kind.certificate}' is issued by {', '.join(kind.issuer)}, not by {view.file.authority.body}",
            )
            yield Said(text, (*path, "certificate"))
        unfit = {
            HolderKind.PERSON: asks - _PEOPLE,
            HolderKind.BODY: asks & _PEOPLE,
            HolderKind.EITHER: frozenset[Audience](),
        }[kind.holder]
        if unfit:
            who = ", ".join(sorted(unfit))
            text = Text(
                f"类型“{kind.certificate}”的持证主体是{kind.holder.value}，服务对象里却有{who}",
                f"'{kind.certificate}' is held by a {kind.holder.value}, yet the service is for {who}",
            )
            yield Said(text, (*path, "certificate"))


@service_lint(
    "certificate-paper", "warning", "有证照的，不再要纸", "A paper that a certificate stands for is not asked for",
    law="国令第716号 7、10",
)  # fmt: skip
def paper(view: View[Service]) -> Iterator[Said]:
    if superseded(view.file, (one for _, one in view.world.services)):
        return
    stands = {plain_name(name): kind for kind in view.world.certificates.values() for name in kind.replaces}
    for slug, material in view.file.materials.items():
        kind = stands.get(plain_name(material.name))
        if kind is not None and material.replaced_by is None:
            text = Text(
                f"“{words(material.name, 'zh')}”有电子证照，请写 replaced_by: {RESOURCE}/{kind.certificate}#id",
                f"There is a certificate for '{words(material.name, 'en')}'; write replaced_by: "
                f"{RESOURCE}/{kind.certificate}#id",
            )
            yield Said(text, ("materials", slug), key=True)


@service_lint(
    "certificate-source", "error", "依靠的证照和内容要有", "The certificate and the line relied on exist", law=_LAW
)
def source(view: View[Service]) -> Iterator[Said]:
    if not view.world.certificates:
        return
    for path, one in _sources(view.file):
        kind = view.world.certificates.get(one.record)
        if kind is None:
            yield Said(Text(f"没有“{one.record}”这种证照", f"There is no certificate type '{one.record}'"), path)
        elif not kind.gives(one.field):
            text = Text(f"证照“{one.record}”没有“{one.field}”", f"The certificate '{one.record}' has no '{one.field}'")
            yield Said(text, path)


def _sources(service: Service) -> Iterator[tuple[Path, Source]]:
    for name, fact in service.facts.items():
        if fact.source is not None and fact.source.resource == RESOURCE:
            yield ("facts", name, "source", "at"), fact.source
    for slug, material in service.materials.items():
        if material.replaced_by is not None and material.replaced_by.resource == RESOURCE:
            yield ("materials", slug, "replaced_by", "at"), material.replaced_by


@procedure_lint(
    "certificate-act",
    "error",
    "暂停、废止证照是不利行为",
    "Suspending or revoking a certificate is adverse",
    law="行政许可法 69",
)
def act(view: View[Procedure]) -> Iterator[Said]:
    for slug, one in view.file.acts.items():
        if one.certificate in ("suspend", "revoke") and not one.adverse:
            text = Text(
                f"“{one.name.zh}”收走了证照，请写 adverse: true：要理由、依据和第二个人",
                f"'{one.name.en}' takes a certificate away; write adverse: true: reasons, law and a second person",
            )
            yield Said(text, ("acts", slug, "certificate"))
