"""谁用过我的数据: each opening in plain words, narrowed by body and time, with a question to the body on every line.

政务数据共享条例 29, 个人信息保护法 44—50. The API shows the same lines (`web/api/accesses.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.cases import CaseView
from tongban.ledger.receipts import SUFFIX
from tongban.ledger.records import record_proof
from tongban.org import Actor
from tongban.sharing import sources
from tongban.sharing.access import KINDS, Kind, Run, Shown
from tongban.sharing.access import runs as all_runs
from tongban.sharing.access import store as access_store
from tongban.sharing.access.emergency import reviews
from tongban.web.bodies import body_name
from tongban.web.forms import Form, refused
from tongban.web.html import go, page, saved_file
from tongban.web.portal.human_look import county
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import both

QUESTION = "data-access-question"
ROWS = 20
RUNS = 5
FEW = 10
"""A run that found fewer than this is told without the number."""

_DID: dict[Kind, Text] = {
    Kind.LOOK_UP: Text("查了{source}", "looked up {source}"),
    Kind.CASE: Text("打开了您的办件“{source}”", "opened your case “{source}”"),
    Kind.DOCUMENT: Text("打开了您在“{source}”里交的材料", "opened papers that you filed with “{source}”"),
    Kind.COUNTER: Text("在窗口核对了您的身份", "checked your identity at the counter"),
    Kind.EXPORT: Text("导出了您的办件“{source}”", "exported your case “{source}”"),
    Kind.CERTIFICATE: Text("查验了您的{source}", "checked your {source}"),
    Kind.POPULATION: Text("比对了{source}，看您能不能享受政策", "compared {source} to see what you are entitled to"),
    Kind.EMERGENCY: Text("紧急查看了您的办件“{source}”", "opened your case “{source}” in an emergency"),
}
_SAYS_THE_MATTER = frozenset({Kind.CASE, Kind.DOCUMENT, Kind.EXPORT, Kind.EMERGENCY})
_WHO: dict[str, Text] = {
    "self": Text("您自己办事时，系统替您", "While you applied, the site on your behalf"),
    "agent": Text("替您办事的代办人", "Somebody who acts for you"),
    "verifier": Text("查验的人", "Whoever checked it"),
    "operator": Text("平台运维", "The platform's operator"),
    "kiosk": Text("在大厅自助机上输入了查询码的人", "Somebody at a hall's machine who typed the look-up code"),
    "platform": Text("系统", "The platform"),
}
_OUTCOMES: dict[str, Text] = {
    "justified": Text("复核结论：有理由", "Reviewed: justified"),
    "unjustified": Text("复核结论：没有理由，已移送处理", "Reviewed: not justified, passed on"),
}
_COMPARED = Text(
    "把登记的{people}人和“{name}”的条件比对了一遍，向其中{found}人发了提醒",
    "compared {people} people on record with the conditions of “{name}” and offered it to {found} of them",
)
_MATCHED = Text(
    "在数据所在的地方，把登记的{people}人和“{name}”的条件比对了一遍，符合或者只差一项的有{found}人",
    "compared {people} people on record with the conditions of “{name}” where the records are; {found} meet them or"
    " lack one thing",
)
_BROKEN_OFF = Text(
    "开始把登记的{people}人和“{name}”的条件比对，没有做完",
    "began to compare {people} people on record with the conditions of “{name}” and did not finish",
)
_TRIED = Text(
    "用登记的{people}人试算“{name}”改了以后会怎样，只看合计",
    "tried out a change of “{name}” on {people} people on record, seeing totals only",
)
_IN_REVIEW = Text("监督单位正在复核", "The supervising body is reviewing it")


@dataclass(frozen=True, slots=True)
class Line:
    """One opening in words: who, what was done, what was seen, what for; `sentence` is all of it but the fields."""

    access: Shown
    who: Text
    did: Text
    seen: tuple[Text, ...]
    purpose: Text | None
    """What for, where what was done does not say it already."""
    sentence: Text
    kind: Text
    review: Text | None = None


def line(site: Site, access: Shown, review: Text | None = None) -> Line:
    """An opening as the person reads it."""
    who = _WHO.get(access.by) or _official(site, access)
    did = _DID[access.kind].format(source=access.source)
    says_it = access.own and access.kind in _SAYS_THE_MATTER
    purpose = None if says_it else Text("用于办理{name}", "for: {name}").format(name=access.service_name)
    what_for = Text(f"，{purpose.zh}", f", {purpose.en}") if purpose else Text("", "")
    nothing = Text("", "") if access.answered else Text("（没有查到）", " (nothing was found)")
    return Line(
        access=access,
        who=who,
        did=did,
        seen=access.labels or _labels(site, access),
        purpose=purpose,
        sentence=Text(f"{who.zh}{did.zh}{what_for.zh}{nothing.zh}", f"{who.en} {did.en}{what_for.en}{nothing.en}"),
        kind=KINDS[access.kind],
        review=review,
    )


def _official(site: Site, access: Shown) -> Text:
    """A body and a post: what somebody does at work is their body's doing."""
    return _post(site, access.body, access.post)


def _post(site: Site, named: str, held: str) -> Text:
    body = body_name(site, named) if named else Text("一个机关", "An authority")
    try:
        post = site.directory.post(held).title
    except Refused:
        return body
    return Text(f"{body.zh}（{post.zh}）", f"{body.en} ({post.en})")


def _labels(site: Site, access: Shown) -> tuple[Text, ...]:
    """The fields by the names that the service's form gives them; a field no form names stays as the record has it."""
    names: dict[str, Text] = {}
    for service in site.catalogue.versions(access.service) if access.service else ():
        for name, source in sources(service).items():
            owner = service.facts.get(name) or service.materials[name]
            names[source.at] = both(owner.name)
    place = f"{access.resource}/"
    by_field = {at.partition("#")[2]: name for at, name in names.items() if at.startswith(place)}
    return tuple(by_field.get(field) or Text(field, field) for field in access.fields)


async def lines(site: Site, found: tuple[Shown, ...]) -> tuple[Line, ...]:
    """Many openings; emergencies with how their review stands."""
    told = await reviews(site.db, [one.emergency for one in found if one.emergency])
    outcome: dict[str, Text] = {}
    for emergency, case in told.items():
        state = (await site.cases.engine.load(case)).state.state
        outcome[emergency] = _OUTCOMES.get(state, _IN_REVIEW)
    return tuple(line(site, one, outcome.get(one.emergency, _IN_REVIEW) if one.emergency else None) for one in found)


def together(found: Sequence[Line]) -> tuple[tuple[Line, ...], ...]:
    """Look-ups of one minute by one reader for one matter side by side: a form that asks five records is one thing."""
    return tuple(tuple(lines) for _, lines in groupby(found, _occasion))


def _occasion(one: Line) -> tuple[object, ...]:
    access = one.access
    if access.kind is not Kind.LOOK_UP or access.delayed or one.review:
        return (access.id,)
    return access.at.replace(second=0, microsecond=0), one.who, one.purpose, access.case


@dataclass(frozen=True, slots=True)
class Compared:
    """A run over a population in words."""

    run: Run
    who: Text
    did: Text
    seen: tuple[Text, ...]


async def compared(site: Site, after: str | None) -> tuple[tuple[Compared, ...], str | None]:
    """Every run over a population, latest first: the same for everybody. Raises Refused (`bad-cursor`, 400)."""
    found = await all_runs(site.db, after, RUNS)
    return tuple(_compared(site, one) for one in found.items), found.next


def _some(found: int) -> Text:
    """How many, unless they are so few that somebody might be guessed."""
    if 0 < found < FEW:
        return Text(f"不到{FEW}", f"fewer than {FEW}")
    return Text(f"{found:,}", f"{found:,}")


def _compared(site: Site, run: Run) -> Compared:
    match run.kind:
        case "trial":
            said = _TRIED
        case "offers":
            said = _BROKEN_OFF if run.found is None else _MATCHED if run.reader.kind == "operator" else _COMPARED
    did = said.format(name=run.name, people=f"{run.people:,}", found=_some(run.found or 0))
    who = (
        _post(site, run.reader.body, run.reader.post)
        if run.reader.kind == "official"
        else _WHO.get(run.reader.kind, _WHO["platform"])
    )
    return Compared(run, who, did, tuple(run.resources.values()))


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the list is narrowed to. `since` and `until` are days, both included."""

    body: str = ""
    since: date | None = None
    until: date | None = None

    def moments(self, site: Site) -> dict[str, datetime | None]:
        """The days as moments in the installation's zone."""
        zone = site.settings.timezone
        until = self.until + timedelta(days=1) if self.until and self.until < date.max else None
        return {
            "since": datetime.combine(self.since, time(), zone) if self.since else None,
            "until": datetime.combine(until, time(), zone) if until else None,
        }

    def query(self, **more: str) -> str:
        """As an address's query."""
        parts = {"office": self.body, "since": str(self.since or ""), "until": str(self.until or ""), **more}
        return urlencode({name: value for name, value in parts.items() if value})


def narrowed(office: str, since: str, until: str) -> Narrowed:
    """From an address. Raises Refused (`bad-day`, 400) for what is no day."""
    return Narrowed(office.strip()[:60], _day(since, "since"), _day(until, "until"))


def _day(text: str, place: str) -> date | None:
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or not 1900 < found.year < 9999:
        raise refuse("bad-day", "日期写成 2026-11-03 这样", "Write a date like 2026-11-03", place=place, status=400)
    return found


@get("/my-data")
async def my_data(
    site: Site,
    visitor: Visitor,
    after: str | None = None,
    office: str = "",
    since: str = "",
    until: str = "",
    runs: str | None = None,
) -> Response[str]:
    """Everybody who opened the reader's data, and the runs over a population that they may have been among."""
    actor = visitor.citizen()
    problems: list[Problem] = []
    try:
        chosen = narrowed(office, since, until)
    except Refused as error:
        chosen, problems = Narrowed(office.strip()[:60]), refused(error)
    found = await site.sharing.accesses(actor.id, after, ROWS, body=chosen.body, **chosen.moments(site))
    bodies = await site.sharing.readers(actor.id)
    ran, older = await compared(site, runs)
    return page(
        site,
        visitor,
        "portal/my-data.html",
        status=400 if problems else 200,
        occasions=together(await lines(site, found.items)),
        next=f"/my-data?{chosen.query(after=found.next)}" if found.next else "",
        chosen=chosen,
        since=since[:20],
        until=until[:20],
        bodies=[("", ((one, body_name(site, one)[visitor.lang]) for one in bodies))],
        runs=ran,
        older=f"/my-data?{chosen.query(runs=older)}#runs" if older else "",
        held_back=await site.sharing.held_back(actor.id),
        problems=problems,
    )


# --- a question about one line ---------------------------------------------------------------------------------------


async def question(site: Site, actor: Actor, access: str, wants: str, wish: str, key: str) -> CaseView:
    """Open a case at the body that looked. Whoever looked cannot take it up.

    Raises Refused `unknown-access` (404) for a line that is not the reader's, and as `Cases.submit`.
    """
    found, reader = await _mine(site, actor, access)
    seen = line(site, found)
    facts: dict[str, Any] = {"wants": wants, "access": found.id, "looked": seen.sentence.zh[:500], "wish": wish}
    body = found.body if site.directory.here(found.body) else ""
    return await site.cases.submit(
        actor,
        QUESTION,
        {name: value for name, value in facts.items() if value},
        region=site.directory.body(body).region if body else county(site, actor.region),
        key=key,
        owed_by=body,
        barred=(reader,) if reader else (),
    )


async def _mine(site: Site, actor: Actor, access: str) -> tuple[Shown, str]:
    found = await site.sharing.access(actor.id, access)
    if found is None:
        raise refuse("unknown-access", "没有这条记录。", "There is no such line.", status=404)
    return found


@get("/my-data/{access:str}/question")
async def ask(site: Site, visitor: Visitor, access: str) -> Response[str]:
    """The form."""
    found, _ = await _mine(site, visitor.citizen(), access)
    return _form(site, visitor, found, Form(), ())


@post("/my-data/{access:str}/question")
async def send(site: Site, visitor: Visitor, access: str, form: Form) -> Response[Any]:
    """Open the case. A repeat with the same key leads to the same one."""
    actor = visitor.citizen()
    found, _ = await _mine(site, actor, access)
    try:
        opened = await question(site, actor, access, form.text("wants"), form.text("wish"), form.text("key"))
    except Refused as error:
        return _form(site, visitor, found, form, refused(error))
    return go(f"/cases/{opened.case}?said=asked")


def _form(
    site: Site, visitor: Visitor, found: Shown, form: Form, problems: list[Problem] | tuple[Problem, ...]
) -> Response[str]:
    wants = site.catalogue.service(QUESTION).facts["wants"]
    return page(
        site,
        visitor,
        "portal/data_question.html",
        status=422 if problems else 200,
        line=line(site, found),
        options=[(one.value, both(one.name)[visitor.lang], "") for one in wants.choices],
        wants=form.text("wants") or _usual(found),
        wish=form.text("wish"),
        due=promised(site),
        key=form.text("key") or str(uuid7()),
        problems=problems,
    )


def _usual(found: Shown) -> Literal["explain", ""]:
    return "explain" if found.by == "self" else ""


def promised(site: Site) -> date:
    """The day by which somebody who asks today is answered, by the service's own promise."""
    term = site.catalogue.service(QUESTION).terms.get("decide")
    days = int((term.promised if term and term.promised else "5 working-days").split()[0])
    calendar = site.calendar
    return date.fromordinal(calendar.select(calendar.count(site.today.toordinal()) + days))


@get("/my-data/{access:str}/proof")
async def proof(site: Site, visitor: Visitor, access: str) -> Response[Any]:
    """That a line stands in the public log just so, as a file. Which official it was, and whose matter, is not in it.

    Raises Refused: `unknown-access` (404), `record-not-ready` (503), `record-not-provable` (409).
    """
    actor = visitor.citizen()
    found, _ = await _mine(site, actor, access)
    said = await access_store.committed(site.db, actor.id, UUID(found.id))
    if said is None:
        raise refuse("unknown-access", "没有这条记录。", "There is no such line.", status=404)
    file = await record_proof(site.db, "access", found.id, *said)
    return saved_file(file, f"access-{found.at:%Y%m%d}-{found.id[:8]}{SUFFIX}", "text/plain")


ROUTES = [my_data, ask, proof, send]
