"""Files for an application: each is sent and kept by itself, so one that fails spoils nothing."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.cases import Attachment
from tongban.catalog import Needed
from tongban.catalog.certificate_type import RESOURCE
from tongban.catalog.model import Material
from tongban.org import Actor
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.portal import drafts
from tongban.web.portal.application import Application, Upload
from tongban.web.portal.papers import keeper
from tongban.web.problems import wants_html
from tongban.web.site import Site
from tongban.web.visitor import Visitor

UPLOAD_BYTES = 10 * 1024 * 1024 + 256 * 1024
"""One file of 10 MB and what a browser puts around it."""
ACCEPTS = {
    "pdf": ".pdf,application/pdf",
    "image": "image/jpeg,image/png,image/webp",
    "word": ".docx",
    "ofd": ".ofd",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One material on the page."""

    slug: str
    material: Material
    optional: bool
    replaced: Text | None
    files: tuple[Upload, ...]
    accept: str
    certificate: bool = False
    """Whether a certificate of another province would stand for it."""


def accept(material: Material) -> str:
    """What the file chooser offers."""
    return ",".join(ACCEPTS[kind] for kind in material.accepts)


def slot(application: Application, need: Needed, *, elsewhere: bool = False) -> Slot:
    record = application.content.records.get(need.slug)
    return Slot(
        need.slug,
        need.material,
        need.material.need != "required",
        record.source if record else None,
        application.content.documents.get(need.slug, ()),
        accept(need.material),
        elsewhere and need.material.replaced_by is not None and need.material.replaced_by.resource == RESOURCE,
    )


async def received(site: Site, visitor: Visitor, actor: Actor, form: Form) -> Attachment:
    """The file of a form, examined and kept. Raises Refused."""
    await site.limits.spend(Limited.UPLOAD, visitor.who)
    file = form.file("file")
    if file is None:
        raise refuse("no-file", "还没选文件，请先选一个", "No file was chosen; please choose one")
    return await site.cases.add_document(actor, file.filename, await file.read())


def materials_page(
    site: Site, visitor: Visitor, application: Application, problems: list[Problem] | None = None
) -> Response[str]:
    """The page of all uploads."""
    elsewhere = bool(site.cases.elsewhere and site.cases.elsewhere.between.neighbours.all())
    return page(
        site,
        visitor,
        "portal/materials.html",
        status=422 if problems else 200,
        service=application.service,
        application=application,
        previous=application.before(""),
        needs=[slot(application, need, elsewhere=elsewhere) for need in application.materials],
        problems=problems or [],
    )


@get("/apply/{slug:str}/materials")
async def materials(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """What to upload, what is there, and what need not be."""
    return materials_page(site, visitor, await drafts.load(site, visitor.citizen(), slug))


@post("/apply/{slug:str}/materials/{material:str}", request_max_body_size=UPLOAD_BYTES)
async def upload(
    request: Request[Any, Any, Any], site: Site, visitor: Visitor, slug: str, material: str, form: Form
) -> Response[Any]:
    """Keep one file."""
    actor = visitor.citizen()
    application = await drafts.load(site, actor, slug)
    if not any(need.slug == material for need in application.to_upload):
        raise refuse("no-material", "您的情况不用交这一样", "You need not send this", place=material, status=404)
    try:
        kept = await received(site, visitor, actor, form)
    except Refused as error:
        if not wants_html(request):
            raise
        problems = [Problem(p.code, p.text, material) for p in refused(error)]
        return materials_page(site, visitor, application, problems)
    one = Upload(kept.id, kept.name, kept.size)
    await drafts.save(site, actor, application.with_upload(material, one))
    await site.assist.precheck.uploaded(kept, slug, material, keeper(actor))
    return go(f"{application.address('materials')}#f-{material}")


@post("/apply/{slug:str}/materials/{material:str}/{upload_id:str}/remove")
async def remove(site: Site, visitor: Visitor, slug: str, material: str, upload_id: str) -> Response[Any]:
    """Take one file out again."""
    actor = visitor.citizen()
    application = await drafts.load(site, actor, slug)
    await drafts.save(site, actor, application.without_upload(material, upload_id))
    return go(f"{application.address('materials')}#f-{material}")


ROUTES = [materials, upload, remove]
