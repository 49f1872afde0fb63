"""Drafts: what was typed, kept unchecked. The same drafts as the pages', one for a person and a service.

What the state's records said when a draft was started cannot be written here, only on the server's own look-up.
"""

import msgspec
from litestar import delete, get, put

from tongban.base.errors import refuse
from tongban.cases.store.personal import Draft
from tongban.web.api import answered as out
from tongban.web.api.asked import DraftContent
from tongban.web.api.body import Json
from tongban.web.api.caller import Asking, Caller
from tongban.web.api.operation import operation
from tongban.web.api.parameters import Path
from tongban.web.portal import drafts as kept
from tongban.web.portal.application import Application, Content

TAG = "drafts"


def _item(caller: Caller, draft: Draft) -> out.DraftItem:
    found = kept.opened(caller.site, draft.service, draft)
    content = found.content if found else Content()
    return out.DraftItem(
        service=draft.service,
        region=content.region,
        answers=content.answers,
        documents=content.documents,
        records=content.records,
        updated_at=draft.updated_at,
    )


@get("/drafts", **operation("listDrafts", "我的草稿", "My drafts", TAG))
async def drafts(caller: Asking) -> out.DraftList:
    """还没提交的申请，最近的在前。

    Applications that were not sent, the latest first.
    """
    found = await caller.site.cases.drafts(caller.person)
    return out.DraftList(items=tuple(_item(caller, draft) for draft in found))


@get("/drafts/{service:str}", **operation("getDraft", "一份草稿", "One draft", TAG, 404))
async def draft(caller: Asking, service: Path) -> out.DraftItem:
    """填到一半的申请。

    What was filled in so far for a service.
    """
    caller.site.catalogue.service(service)
    found = await caller.site.cases.draft(caller.person, service)
    if found is None:
        raise refuse("no-draft", "这个事项没有草稿", "There is no draft for this service", place="service", status=404)
    return _item(caller, found)


@put(
    "/drafts/{service:str}",
    dto=Json[DraftContent],
    return_dto=None,
    **operation("saveDraft", "保存草稿", "Save a draft", TAG, 404, 413, 415),
)
async def save(caller: Asking, service: Path, data: DraftContent) -> out.DraftItem:
    """原样保存，不检查；已经查到的记录保留。

    Kept as it was typed, unchecked; records that were looked up stay.
    """
    site, actor = caller.site, caller.person
    file = site.catalogue.service(service)
    before = kept.opened(site, service, await site.cases.draft(actor, service)) or Application(
        file, Content(), site.today
    )
    content = msgspec.structs.replace(
        before.content, region=data.region, answers=data.answers, documents=data.documents
    )
    saved = await site.cases.save_draft(actor, service, msgspec.to_builtins(content))
    return _item(caller, saved)


@delete("/drafts/{service:str}", **operation("deleteDraft", "删掉草稿", "Delete a draft", TAG, 404))
async def discard(caller: Asking, service: Path) -> None:
    """删掉；没有也算删掉了。

    Gone; also when there was none.
    """
    caller.site.catalogue.service(service)
    await caller.site.cases.discard(caller.person, service)


ROUTES = [drafts, draft, save, discard]
