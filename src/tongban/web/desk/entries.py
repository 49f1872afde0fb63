"""本单位的数据目录: a body's own entries of the list, and how it changes them (政务数据共享条例 13, 16, 17).

A sheet is looked at first: what it says wrongly, at its cell, or what it would change. Only then does each changed
entry become a case, which the head approves and the digital centre publishes. Whoever may see the case sees what it
proposes.
"""

import base64
import binascii
import secrets
from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.base.page import cursor, read_cursor
from tongban.cases import QueueFilter
from tongban.cases.listing import ELEMENT, PROPOSAL, SERVICE
from tongban.catalog.findings import errors
from tongban.org import Actor
from tongban.sharing.directory import proposals, store, words
from tongban.sharing.directory.changes import Changed, compare
from tongban.sharing.directory.registered import DataDirectory
from tongban.sharing.directory.sheet import read_sheet, write_sheet
from tongban.web.desk.asking import propose_entry
from tongban.web.desk.sharing_form import asker
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page, saved_file
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50
MOST_BYTES = 140_000
"""A sheet goes back and forth with the form, which is no larger."""
_SHOWN = 50
_WHY = ("new", "data", "duties")


def _own(directory: DataDirectory, actor: Actor) -> list[Any]:
    return [one for one in directory.resources.values() if one.owner.id == actor.body]


@get("/desk/sharing/entries")
async def entries(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """What this body has on the list, what it has proposed, and what waits to be examined here."""
    return await _entries(site, visitor, after, ())


async def _entries(site: Site, visitor: Visitor, after: str | None, problems: Any) -> Response[str]:
    actor = official(visitor)
    place = read_cursor(after, tuple[datetime, UUID]) if after else None
    rows = await store.proposals(site.db, actor.body, place, ROWS + 1)
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    waiting = [
        (row.case_id, row.due_at, service == ELEMENT)
        for service in (SERVICE, ELEMENT)
        for row in (await site.cases.queue(actor, QueueFilter(view="todo", service=service), None, ROWS)).items
    ]
    return page(
        site,
        visitor,
        "desk/entries.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "sharing"),
        own=_own(site.sharing.directory.now, actor),
        proposed=[(row["case_id"], row["resource"], row["at"]) for row in rows[:ROWS]],
        more=f"/desk/sharing/entries?after={cursor(last['at'], last['id'])}" if last else "",
        waiting=waiting,
        problems=problems,
        today=site.today,
        words=words,
    )


@get("/desk/sharing/entries.csv")
async def own_sheet(site: Site, visitor: Visitor) -> Response[Any]:
    """This body's entries as a sheet to edit; with the columns alone where there is none yet."""
    actor = official(visitor)
    text = write_sheet(_own(site.sharing.directory.now, actor))
    return saved_file(text.encode(), "本单位数据目录.csv", "text/csv; charset=utf-8")


@post("/desk/sharing/entries")
async def preview(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """What a sheet would change, or what is wrong with it. Nothing is written."""
    actor = asker(visitor)
    file = form.file("file")
    data = await file.read() if file else b""
    try:
        changed_on, why = _when(site, form)
        if len(data) > MOST_BYTES:
            raise refuse(
                "sheet-too-large",
                "表格超过140KB，请只留要改的目录。",
                "The sheet is larger than 140 KB; keep only the entries that change.",
                place="file",
                status=413,
            )
        return await _preview(site, visitor, actor, data, changed_on, why, ())
    except Refused as error:
        return await _entries(site, visitor, None, refused(error))


async def _preview(
    site: Site, visitor: Visitor, actor: Actor, data: bytes, changed_on: date, why: str, problems: Any
) -> Response[str]:
    changes, findings = _read(site, data)
    return page(
        site,
        visitor,
        "desk/entries_preview.html",
        status=422 if problems or findings else 200,
        desk=desk(site, actor, "sharing"),
        changes=changes,
        findings=findings[:_SHOWN],
        others=max(0, len(findings) - _SHOWN),
        sheet=base64.b64encode(data).decode(),
        changed_on=changed_on,
        why=why,
        key=secrets.token_urlsafe(12),
        problems=problems,
        words=words,
    )


@post("/desk/sharing/entries/propose")
async def propose(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Each changed entry becomes a case of its own. Everything is checked before the first is opened."""
    actor = asker(visitor)
    data = _again(form.text("sheet"))
    changed_on, why = _when(site, form)
    changes, findings = _read(site, data)
    directory = site.sharing.directory.now
    problems: list[Problem] = []
    for one in changes:
        try:
            proposals.check_proposal(one.after, actor.body, directory, site.today)
        except Refused as error:
            problems += error.problems
    if problems or findings or not changes:
        if not problems and not findings:
            problems.append(Problem("nothing-changed", Text("没有改动", "Nothing would change")))
        return await _preview(
            site, visitor, actor, data, changed_on, why, refused(Refused(*problems)) if problems else ()
        )
    key, day = form.text("key")[:40], changed_on.isoformat()
    try:
        cases = [
            await propose_entry(site, actor, one.after, day, why, f"{key}-{number}")
            for number, one in enumerate(changes)
        ]
    except Refused as error:  # another change is under way; what was opened before it stays, and is shown as proposed
        return await _preview(site, visitor, actor, data, changed_on, why, refused(error))
    return go(f"/desk/cases/{cases[0].case}" if len(cases) == 1 else "/desk/sharing/entries")


@get("/desk/sharing/entries/{case:str}")
async def proposed(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """What a case proposes, beside what stands in the list now. Raises Refused as `Cases.view` (404)."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    if view.opening.service != SERVICE:
        raise refuse("unknown-case", "没有这个办件。", "There is no such case.", status=404)
    after = await proposals.proposed(site.db, view.opening.applicant.id, str(view.state.facts.get(PROPOSAL, "")))
    (changed,) = compare([after], site.sharing.directory.now)
    return page(
        site,
        visitor,
        "desk/entry_proposed.html",
        desk=desk(site, actor, "sharing"),
        case=case,
        one=changed,
        body=site.directory.body(view.opening.applicant.id).name,
        words=words,
    )


def _read(site: Site, data: bytes) -> tuple[list[Changed], Any]:
    """What a sheet would change; or what is wrong with it, and then nothing."""
    directory = site.sharing.directory.now
    found = read_sheet(data, directory, "CSV")
    if wrong := errors(found.findings):
        return [], wrong
    return [one for one in compare(found.entries, directory) if not one.same], ()


def _when(site: Site, form: Form) -> tuple[date, str]:
    """The day of the change and why. Raises Refused: `bad-day`, `bad-reason`, `sheet-missing`."""
    try:
        changed_on = date.fromisoformat(form.text("changed_on"))
    except ValueError:
        changed_on = None
    if changed_on is None or changed_on > site.today:
        raise refuse(
            "bad-day",
            "请写哪天变的，不能晚于今天。",
            "Say on which day it changed, today at the latest.",
            place="changed_on",
        )
    if form.text("why") not in _WHY:
        raise refuse("bad-reason", "请选为什么更新。", "Choose why it is updated.", place="why")
    file = form.file("file")
    if file is None and not form.text("sheet"):
        raise refuse("sheet-missing", "请选一个表格文件。", "Choose a sheet.", place="file")
    return changed_on, form.text("why")


def _again(sheet: str) -> bytes:
    try:
        return base64.b64decode(sheet, validate=True)
    except (binascii.Error, ValueError):
        raise refuse("sheet-broken", "表格没有完整送到，请重新上传。", "The sheet did not arrive whole.") from None


ROUTES = [entries, own_sheet, preview, propose, proposed]
