"""A certificate of another province instead of a paper: its holder brings the file, and it stands as one of ours would.

It counts if its issuer's signature holds by the keys on their card, its list of status has it as valid now, it is of
the kind that the service names, and its holder is the person who applies, by name and by what it shows of their number.
Nothing of the file is kept but its number, and where its issuer says how it stands: that is asked again when the
application is sent, and for as long as the case is open (`cases.abroad`).
"""

from typing import Any, NoReturn

from litestar import Request, Response, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog import Needed
from tongban.catalog.certificate_type import RESOURCE
from tongban.catalog.model import Source
from tongban.certs import CertificateRecord, mask_number
from tongban.certs.anyform import Asked, status_place, verify_any
from tongban.certs.faults import Fault
from tongban.org import Actor, RealName, store
from tongban.sharing import Listed, Shared
from tongban.web.forms import Form, refused
from tongban.web.html import go
from tongban.web.limits import Limited
from tongban.web.portal import drafts
from tongban.web.portal.uploads import UPLOAD_BYTES, materials_page
from tongban.web.problems import wants_html
from tongban.web.site import Site
from tongban.web.visitor import Visitor


def kind_of(need: Needed) -> Source | None:
    """The certificate that stands for this material, where its service names one."""
    source = need.material.replaced_by
    return source if source is not None and source.resource == RESOURCE else None


@post("/apply/{slug:str}/materials/{material:str}/certificate", request_max_body_size=UPLOAD_BYTES)
async def bring(
    request: Request[Any, Any, Any], site: Site, visitor: Visitor, slug: str, material: str, form: Form
) -> Response[Any]:
    """Let a certificate of another province stand for the paper, or say why it does not."""
    actor = visitor.citizen()
    application = await drafts.load(site, actor, slug)
    need = next((one for one in application.to_upload if one.slug == material), None)
    source = kind_of(need) if need else None
    if source is None:
        raise refuse("no-material", "您的情况不用交这一样", "You need not send this", place=material, status=404)
    await site.limits.spend(Limited.VERIFY, visitor.who)
    file = form.file("file")
    try:
        record = await _stands(site, actor, await file.read() if file else b"", source)
    except Refused as error:
        if not wants_html(request):
            raise
        problems = [Problem(p.code, p.text, material) for p in refused(error)]
        return materials_page(site, visitor, application, problems)
    await drafts.save(site, actor, application.with_record(material, record))
    return go(f"{application.address('materials')}#f-{material}")


async def _stands(site: Site, actor: Actor, data: bytes, source: Source) -> Shared:
    """What the case keeps of it. Raises `Refused` (422): `no-file`, `real-name-level`, `not-of-a-neighbour`,
    `certificate-not-valid`, `another-certificate`, `another-holder`; `certificate-without-field`."""
    if not data:
        raise refuse("no-file", "还没选文件，请先选一个", "No file was chosen; please choose one")
    if actor.mandate is not None or actor.level < RealName.CHECKED:
        raise refuse(
            "real-name-level",
            "证照只能由持证人本人用，而且要先核对过姓名和身份证号码。",
            "Only its holder uses a certificate, whose name and identity number have been checked.",
        )
    record, listed, place = await _verified(site, data)
    if record.type != source.record:
        _no("another-certificate", "这是另一种证照，不能代替这份材料。", "This is another kind of certificate.")
    person = await store.person(site.db, actor.id)
    if person is None or (record.holder.name, record.holder.number) != (person.name, mask_number(person.id_number)):
        _no("another-holder", "持证人不是您，姓名或者号码对不上。", "Its holder is not you: name or number differ.")
    until = record.valid_until
    values = {
        "id": record.id,
        "issued_on": record.issued_at.date().isoformat(),
        "valid_until": until.isoformat() if until else None,
    }
    if values.get(source.field) is None:
        _no("certificate-without-field", "这张证照上没有要用的内容。", "It does not say what is needed.")
    now, name = site.clock(), record.name
    called = Text(f"您的{name.zh}（{place.zh}）", f"Your {name.en} ({place.en})")
    return Shared(
        value=values[source.field],
        source=called,
        as_of=now,
        at=now,
        resource=RESOURCE,
        record=record.type,
        certificate=record.id,
        listed=listed,
    )


async def _verified(site: Site, data: bytes) -> tuple[CertificateRecord, Listed, Text]:
    """The record, where it is listed, and the province of its issuer, by whose list it is valid now."""
    elsewhere = site.cases.elsewhere
    for card in elsewhere.between.neighbours.all() if elsewhere else ():
        keys = await site.lists.keys(card)
        found = verify_any(data, Asked(keys, site.clock()))
        if found.fault is Fault.UNKNOWN_KEY:
            continue
        place = status_place(data, found, keys, site.clock()) if found.genuine else None
        found = found.answered(await site.lists.check(card, place)) if found.genuine else found
        if not found.valid or found.record is None or place is None:
            raise refuse("certificate-not-valid", found.verdict.zh, found.verdict.en)
        return found.record, Listed(uri=place.uri, place=place.idx), card.member.name
    raise refuse(
        "not-of-a-neighbour",
        "这不是与本地互认的省份签发的证照文件，请当普通材料上传。",
        "This is no certificate file of a province that is known here; send it as an ordinary paper.",
    )


def _no(code: str, zh: str, en: str) -> NoReturn:
    raise refuse(code, zh, en, place="file")


ROUTES = [bring]
