"""From a draft to an application and back. One draft for a person and a service."""

from typing import Any

import msgspec

from tongban.base.errors import refuse
from tongban.cases.store.personal import Draft
from tongban.catalog.model import Service
from tongban.org import Actor
from tongban.web.portal.application import Application, Content
from tongban.web.site import Site


def opened(site: Site, slug: str, draft: Draft | None) -> Application | None:
    """The application of a draft, by the file of the region that it is for.

    What an older version of this program wrote is read as far as it can be.
    """
    if draft is None:
        return None
    content = _content(draft.content)
    return Application(service_of(site, slug, content.region), content, site.today)


def service_of(site: Site, slug: str, region: str) -> Service:
    """The service as a region has it; the general one where no region has been chosen."""
    return site.catalogue.service(slug, region=region or None)


async def load(site: Site, actor: Actor, slug: str) -> Application:
    """The application being filled in. Raises Refused `unknown-service`, `no-draft` (404)."""
    site.catalogue.service(slug)
    found = opened(site, slug, await site.cases.draft(actor, slug))
    if found is None:
        raise refuse(
            "no-draft",
            "这份申请已经提交或者删掉了，请在“我的办件”里查看",
            "This application has been submitted or deleted; look under My cases",
            status=404,
        )
    return found


async def save(site: Site, actor: Actor, application: Application) -> Application:
    """Keep it as it is, unchecked."""
    content: dict[str, Any] = msgspec.to_builtins(application.content)
    await site.cases.save_draft(actor, application.service.service, content)
    return application


def _content(stored: dict[str, Any]) -> Content:
    try:
        return msgspec.convert(stored, Content)
    except msgspec.ValidationError:
        return Content()
