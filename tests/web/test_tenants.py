"""Nobody reaches what is somebody else's: every route of the site, with two citizens and officials of other bodies.

Each route has a place in `ROUTES`. A route without one fails the first test, so it cannot be forgotten.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from tests.web.whose import API, INSIDE, Whose

from tongban.cases.acting import Scope
from tongban.org import Actor, demo, sessions
from tongban.voice.participation import demo as consulting
from tongban.voice.participation.proposals.service import Draft
from tongban.web import csrf
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database


PUBLIC, MINE, OWNER, HANDLED, STAFF, BODY = Whose
ROUTES: dict[str, Whose] = {
    # portal
    "GET /": MINE,
    "GET /search": PUBLIC,
    "POST /search/above": PUBLIC,
    "GET /a/{answer_id}": PUBLIC,
    "POST /a/{answer_id}/choose": PUBLIC,
    "POST /a/{answer_id}/none": PUBLIC,
    "GET /services/{slug}/preview": PUBLIC,
    "POST /services/{slug}/preview": PUBLIC,
    "GET /services": PUBLIC,
    # programs of others
    "GET /oauth/authorize": MINE,
    "POST /oauth/authorize": MINE,
    "GET /.well-known/oauth-authorization-server": PUBLIC,
    "GET /.well-known/tongban-keys.json": PUBLIC,
    "GET /.well-known/jwks.json": PUBLIC,
    "POST /api/oauth/token": PUBLIC,
    "POST /api/oauth/revoke": PUBLIC,
    "GET /enter": PUBLIC,
    "POST /enter": PUBLIC,
    "GET /leave": MINE,
    "GET /my-apps": MINE,
    "POST /my-apps/end": MINE,
    "GET /example-app": PUBLIC,
    "POST /api/v1/web-view": MINE,
    "GET /api/v1/web-view/keys": PUBLIC,
    "GET /status/{group}": PUBLIC,
    "GET /certificates/{identifier}/show": OWNER,
    # wallets
    "GET /certificates/{identifier}/wallet": OWNER,
    "POST /certificates/{identifier}/wallet": OWNER,
    "POST /certificates/{identifier}/wallets/{copy_id}/end": OWNER,
    "GET /cases/{case}/wallet": OWNER,
    "POST /cases/{case}/wallet": OWNER,
    "POST /cases/{case}/wallets/{waiting_id}/end": OWNER,
    "POST /api/wallet/deferred": PUBLIC,
    "GET /.well-known/openid-credential-issuer": PUBLIC,
    "GET /.well-known/jwt-vc-issuer": PUBLIC,
    "POST /api/wallet/nonce": PUBLIC,
    "POST /api/wallet/credential": PUBLIC,
    "GET /certificates/{identifier}/reissue": OWNER,
    "POST /certificates/{identifier}/reissue": OWNER,
    "GET /api/wallet/requests/{asked}": PUBLIC,
    "POST /api/wallet/requests/{asked}": PUBLIC,
    "POST /api/wallet/requests/{asked}/answer": PUBLIC,
    "GET /presented": PUBLIC,
    "GET /.well-known/wallet-root.cer": PUBLIC,
    "GET /wallet": MINE,
    "POST /wallet": MINE,
    "GET /desk/certificates": STAFF,
    "POST /desk/certificates": STAFF,
    "GET /desk/certificates/{asked}": STAFF,
    "POST /desk/certificates/{asked}/end": STAFF,
    "GET /certificates/{identifier}/certificate.sd-jwt": OWNER,
    "POST /certificates/{identifier}/show": OWNER,
    "POST /certificates/{identifier}/showings/{showing_id}/end": OWNER,
    "GET /rate/{case}/{code}": PUBLIC,
    "POST /rate/{case}/{code}": PUBLIC,
    "GET /rate-visit/{token}": PUBLIC,
    "POST /rate-visit/{token}": PUBLIC,
    "GET /open/ratings": PUBLIC,
    "GET /shown": PUBLIC,
    "POST /shown": PUBLIC,
    "GET /open/hotline": PUBLIC,
    "GET /open/improvements": PUBLIC,
    "GET /open/improvements.json": PUBLIC,
    "GET /hotline": PUBLIC,
    "POST /hotline": PUBLIC,
    "GET /hotline/look-up": PUBLIC,
    "POST /hotline/look-up": PUBLIC,
    "GET /hotline/{case}/{code}": PUBLIC,
    "POST /hotline/{case}/{code}": PUBLIC,
    "GET /bundles": PUBLIC,
    "GET /bundles/{slug}": PUBLIC,
    "GET /open/bundles.json": PUBLIC,
    "GET /join": MINE,
    "POST /join": MINE,
    "POST /cases/{case}/invitations": OWNER,
    "GET /services/{slug}": PUBLIC,
    "GET /services/{slug}/rules-certificate.json": PUBLIC,
    "GET /services/{slug}/compare": PUBLIC,
    "GET /services/{slug}/start": MINE,
    "POST /services/{slug}/start": MINE,
    "GET /apply/{slug}": MINE,
    "GET /apply/{slug}/q/{name}": MINE,
    "POST /apply/{slug}/q/{name}": MINE,
    "POST /apply/{slug}/q/{name}/save": MINE,
    "GET /apply/{slug}/materials": MINE,
    "POST /apply/{slug}/materials/{material}": MINE,
    "POST /apply/{slug}/materials/{material}/certificate": MINE,
    "POST /apply/{slug}/materials/{material}/{upload_id}/remove": MINE,
    "GET /apply/{slug}/records": MINE,
    "GET /apply/{slug}/records/found": MINE,
    "POST /apply/{slug}/records": MINE,
    "POST /apply/{slug}/records/again": MINE,
    "GET /apply/{slug}/check": MINE,
    "POST /apply/{slug}/submit": MINE,
    "GET /apply/{slug}/discard": MINE,
    "POST /apply/{slug}/discard": MINE,
    "GET /cases": MINE,
    "GET /cases/{case}": OWNER,
    "GET /cases/{case}/receipt": OWNER,
    "GET /cases/{case}/proof": OWNER,
    "POST /cases/{case}/fetch": OWNER,
    "POST /cases/{case}/post": OWNER,
    "GET /cases/{case}/correct": OWNER,
    "GET /cases/{case}/withdraw": OWNER,
    "GET /cases/{case}/people-only": OWNER,
    "POST /cases/{case}/people-only": OWNER,
    "GET /my-promises": MINE,
    "GET /open/flexible": PUBLIC,
    "GET /open/inspections": PUBLIC,
    "GET /open/operators": PUBLIC,
    "GET /open/projects": PUBLIC,
    "GET /open/projects.json": PUBLIC,
    "GET /open/operators/{contract}/exit.json": PUBLIC,
    "GET /open/operators/{contract}/proof": PUBLIC,
    "GET /desk/training": STAFF,
    "GET /console/training": STAFF,
    "GET /open/indicators": PUBLIC,
    "GET /open/performance": PUBLIC,
    "GET /open/releases/{month}/{name}": PUBLIC,
    "GET /open/performance.csv": PUBLIC,
    "GET /open/performance.json": PUBLIC,
    "GET /consultations/{consultation}": PUBLIC,
    "POST /consultations/{consultation}/vote": MINE,
    "POST /consultations/{consultation}/statements": MINE,
    "POST /consultations/{consultation}/statements/{number}/objection": MINE,
    "GET /proposals/new": PUBLIC,
    "POST /proposals/new": MINE,
    "POST /proposals/{proposal}/sign": MINE,
    "POST /proposals/{proposal}/objection": MINE,
    "GET /open/proposals": PUBLIC,
    "GET /open/proposals/{proposal}": PUBLIC,
    "GET /open/proposals/{proposal}/answer.json": PUBLIC,
    "GET /open/consultations": PUBLIC,
    "GET /open/consultations/{consultation}": PUBLIC,
    "GET /open/consultations/{consultation}/results.json": PUBLIC,
    "GET /human-look": MINE,
    "POST /human-look": MINE,
    "GET /people-only": MINE,
    "POST /people-only": MINE,
    "POST /cases/{case}/withdraw": OWNER,
    "GET /cases/{case}/acts/{act}": OWNER,
    "POST /cases/{case}/acts/{act}": OWNER,
    "POST /cases/{case}/acts/{act}/files/{material}": OWNER,
    "GET /cases/{case}/documents/{document}": OWNER,
    "GET /cases/{case}/export": OWNER,
    "GET /cases/{case}/decision-receipt": OWNER,
    "GET /cases/{case}/certificate-from-elsewhere": OWNER,
    "GET /cases/{case}/suggestions/{call}/proof": OWNER,
    "GET /certificates": MINE,
    "GET /certificates/{identifier}": OWNER,
    "GET /certificates/{identifier}/certificate.pdf": OWNER,
    "GET /certificates/{identifier}/certificate.json": OWNER,
    "GET /certificates/{identifier}/qr.svg": OWNER,
    "GET /offers": MINE,
    "GET /offers/{policy}": MINE,
    "POST /offers/{policy}/confirm": MINE,
    "POST /offers/{policy}/decline": MINE,
    "POST /offers/{policy}/again": MINE,
    "GET /inbox": MINE,
    "GET /me": MINE,
    "GET /my-data": MINE,
    "GET /acting": MINE,
    "GET /acting/new": MINE,
    "POST /acting/new": MINE,
    "POST /acting/stop": MINE,
    "POST /acting/{mandate}/agree": OWNER,
    "POST /acting/{mandate}/end": OWNER,
    "POST /acting/{mandate}/code": OWNER,
    "POST /acting/{mandate}/by-code": OWNER,
    "POST /acting/{mandate}/begin": OWNER,
    "GET /my-data/{access}/proof": OWNER,
    "GET /my-data/{access}/question": OWNER,
    "POST /my-data/{access}/question": OWNER,
    "GET /settings": MINE,
    "GET /login": PUBLIC,
    "POST /login": PUBLIC,
    "GET /login/oidc": PUBLIC,
    "GET /login/callback": PUBLIC,
    "POST /logout": MINE,
    "GET /help": PUBLIC,
    "GET /accessibility": PUBLIC,
    # open
    "GET /open": PUBLIC,
    "GET /open/data": PUBLIC,
    "GET /open/data.json": PUBLIC,
    "GET /open/data.jsonld": PUBLIC,
    "GET /open/data.csv": PUBLIC,
    "GET /open/data/elements": PUBLIC,
    "GET /open/data/elements.json": PUBLIC,
    "GET /open/data/{resource}": PUBLIC,
    "GET /open/delegations": PUBLIC,
    "GET /open/log": PUBLIC,
    "GET /open/receipt": PUBLIC,
    "GET /open/receipt/offline.html": PUBLIC,
    "GET /open/log/checkpoint": PUBLIC,
    "GET /open/log/policy.json": PUBLIC,
    "GET /open/log/tile/{path}": PUBLIC,
    "GET /open/delegations.json": PUBLIC,
    "GET /open/once-only": PUBLIC,
    "GET /open/once-only.json": PUBLIC,
    "GET /open/once-only/{slug}": PUBLIC,
    "GET /open/algorithms/objections": PUBLIC,
    "GET /open/algorithms/objections.json": PUBLIC,
    "GET /verify": PUBLIC,
    "POST /verify": PUBLIC,
    "GET /open/algorithms": PUBLIC,
    "GET /open/algorithms.json": PUBLIC,
    "GET /open/algorithms/{use}": PUBLIC,
    "GET /open/algorithms/{use}/{shape}": PUBLIC,
    "GET /health/live": PUBLIC,
    "GET /health/ready": PUBLIC,
    "GET /x1/registry": PUBLIC,
    **INSIDE,
    **API,
}
SHOWS = ("GET /cases", "GET /certificates", "GET /inbox", "GET /my-data", "GET /apply/{slug}/check",
         "GET /api/v1/cases", "GET /api/v1/certificates", "GET /api/v1/inbox", "GET /api/v1/accesses",
         "GET /api/v1/drafts", "GET /api/v1/drafts/{service}")  # fmt: skip
"""Pages of MINE that must show the owner's own, so that not showing it to others means something."""
DESTROYS = ("POST /logout", "DELETE /api/v1/sessions/current")
"""Would end the session that the next request needs."""
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
HIDDEN = (401, 403, 404)


@dataclass(frozen=True)
class Reader:
    """Somebody with a session, who reads pages with its cookie and the API with its token."""

    name: str
    http: httpx.AsyncClient
    secret: bytes
    token: str = ""

    async def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        api = path.startswith("/api/")
        headers: dict[str, str] = {"accept": "application/json" if api else "text/html", **options.pop("headers", {})}
        if self.token:
            headers["authorization" if api else "cookie"] = f"Bearer {self.token}" if api else f"session={self.token}"
        if method != "GET" and api:
            headers |= {"idempotency-key": f"{self.name}-{path}"[:40].replace("/", "."), "if-match": '"2"'}
            options.setdefault("json", {})
        elif method != "GET":
            fields = {"csrf": csrf.token(self.secret, self.token), "key": f"{self.name}-tenants", "version": "2"}
            options["data"] = {**fields, **options.get("data", {})}
        self.http.cookies.clear()
        return await self.http.request(method, path, headers=headers, **options)


@dataclass(frozen=True)
class World:
    """小满 has an open case, a finished one, a certificate, a draft, a file, letters and looks at her data."""

    owner: Reader
    other: Reader
    handler: Reader
    outsiders: tuple[Reader, ...]
    nobody: Reader
    names: Mapping[str, str]
    marks: tuple[str, ...]
    """What must not be in anything that others see."""

    def path(self, route: str) -> str:
        """The address of a route, with the owner's objects in it."""
        template = route.partition(" ")[2]
        return re.sub(r"\{(\w+)\}", lambda found: self.names[found[1]], template)

    def leaks(self, answer: httpx.Response) -> list[str]:
        """Marks that the reader did not bring along in the address."""
        return [mark for mark in self.marks if mark in answer.text and mark not in str(answer.request.url)]


def routes(site: Site) -> Iterator[str]:
    """`GET /cases/{case}`, for every route of the application."""
    app = cast("Litestar", cast("Any", create(site))._app._app._app)
    for route in app.routes:
        for method in cast("Any", route).route_handler_map:
            if method != "OPTIONS":
                yield f"{method} {cast('Any', route).path_format}"


def of(*kinds: Whose, method: str = "") -> list[str]:
    return [route for route, whose in ROUTES.items() if whose in kinds and route.startswith(method)]


async def log_in(site: Site, http: httpx.AsyncClient, person: str, post: str = "") -> Reader:
    opened = await sessions.log_in_demo(site.db, site.directory, person, site.clock(), post=post)
    return Reader(person, http, site.secret, opened.token)


async def in_post(site: Site, http: httpx.AsyncClient, region: str, kind: str, post: str) -> Reader:
    named = demo.post_id(region, kind, post)
    return await log_in(site, http, site.directory.holders(named)[0], named)


async def act(who: Reader, case: str, name: str, **says: Any) -> None:
    version = (await who("GET", f"/api/v1/cases/{case}")).headers["etag"]
    headers = {"if-match": version, "idempotency-key": f"{case}-{name}", "authorization": f"Bearer {who.token}"}
    done = await who.http.post(f"/api/v1/cases/{case}/acts/{name}", json={"says": says}, headers=headers)
    assert done.status_code == 200, done.text


@pytest.fixture
async def world(site: Site) -> Any:
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        owner = await log_in(site, http, "p-wangxiaoman")
        other = await log_in(site, http, "p-chenzhiyuan")
        clerk = await in_post(site, http, "990101", "service-centre", "clerk")
        examiner = await in_post(site, http, "990101", "police", "examiner")
        approver = await in_post(site, http, "990101", "police", "approver")
        number = next(one.id_number for one in demo.citizens() if one.id == "p-wangxiaoman")
        file = (await http.post("/api/v1/documents", files={"file": ("小满的合同.pdf", PDF)},
                                headers={"authorization": f"Bearer {owner.token}"})).json()["id"]  # fmt: skip
        facts = {"full_name": "王小满", "id_number": number, "sex": "female", "birth_date": "1994-5-12",
                 "home_region": "990201", "lives_region": "990101", "lives_at": "小满的住处", "lives_since": "2026-3-1",
                 "basis": "employment", "phone": "13800138000"}  # fmt: skip
        cases: list[str] = []
        for key in ("open-case", "done-case"):
            body = {"service": "residence-permit", "region": "990101", "facts": facts,
                    "documents": {"employment": [file]}, "look_up": True, "agreed": True}  # fmt: skip
            headers = {"authorization": f"Bearer {owner.token}", "idempotency-key": f"tenants-{key}"}
            sent = await http.post("/api/v1/cases", json=body, headers=headers)
            assert sent.status_code == 201, sent.text
            cases.append(sent.json()["case"])
        await act(clerk, cases[0], "request-correction", items=["lives_at"], message="写全")
        if (await owner("GET", f"/api/v1/cases/{cases[1]}")).json()["state"] == "received":
            await act(clerk, cases[1], "accept")
        await act(examiner, cases[1], "examine", opinion="属实")
        await act(approver, cases[1], "grant")
        (certificate,) = (await owner("GET", f"/api/v1/cases/{cases[1]}")).json()["certificates"]
        await owner("POST", "/services/residence-permit/start", data={"lookups": "yes", "region": "990101"})
        await owner("POST", "/apply/residence-permit/q/lives_at", data={"lives_at": "小满的新住处"})
        until = site.today + timedelta(days=30)
        to = next(one for one in demo.citizens() if one.id == "p-linyue")
        mine = next(one for one in demo.citizens() if one.id == "p-wangxiaoman")
        scope = Scope(frozenset({"food-licence"}), frozenset(), until)
        mandate = await site.cases.acting.offer(Actor.citizen(mine), to.name, to.id_number, scope)
        access = (await owner("GET", "/api/v1/accesses")).json()["items"][0]["id"]
        await consulting.seed(site.db, site.clock(), site.settings.timezone)
        asked = Draft("proposal", "990101.education", "放学后开放操场", "放学以后开放操场到七点", "附近没有地方打球")
        proposal = await site.voice.proposals.proposals.propose(Actor.citizen(mine), asked)
        names = {"case": cases[0], "document": file, "identifier": certificate, "slug": "residence-permit",
                 "service": "residence-permit", "name": "lives_at", "material": "employment", "upload_id": file,
                 "finding_id": "none", "act": "supplement", "policy": "childcare-subsidy", "use": "guide",
                 "region": "990101", "call": "990101-0", "number": "990101-0", "item": "nd-1",
                 "path": "0/000.p/1", "month": "2026-10",
                 "hall": "qingyuan", "kind": "residence-permit", "token": "none", "answer_id": "aaaaaaaaaaaa",
                 "shape": "atrs.json", "access": access,
                 "resource": "hr.insurance", "record": "member", "grant": "demo.none",
                 "mandate": mandate.id, "group": "0", "showing_id": "none", "copy_id": "none", "waiting_id": "none",
                 "code": "AAAAAAAAAA", "rating": "0", "consultation": "demo-rent", "proposal": proposal.id,
                 "contract": "00c0ffee00c0ffee",
                 "asked": "none"}  # fmt: skip
        yield World(
            owner,
            other,
            examiner,
            (
                await in_post(site, http, "990102", "police", "examiner"),
                await in_post(site, http, "990101", "hr", "examiner"),
            ),
            Reader("nobody", http, site.secret),
            names,
            (*cases, certificate, file, number, "小满的"),
        )


def test_every_route_says_whose_it_is(site: Site) -> None:
    found = set(routes(site))
    assert sorted(found - ROUTES.keys()) == [], "say in ROUTES whom these are for"
    assert sorted(ROUTES.keys() - found) == [], "these are gone"


async def test_what_is_somebody_elses_is_not_there(world: World) -> None:
    wrong: list[Any] = []
    for route in of(OWNER, HANDLED, BODY, method="GET"):
        strangers = (world.nobody, world.other, *world.outsiders)
        if ROUTES[route] is BODY:
            strangers = (*strangers, world.owner)
        if ROUTES[route] is OWNER:
            strangers = (*strangers, world.handler)
        for who in strangers:
            answer = await who("GET", world.path(route))
            to_login = answer.status_code == 303 and "/login" in answer.headers["location"]
            if not (answer.status_code in HIDDEN or to_login) or world.leaks(answer):
                wrong.append((route, who.name, answer.status_code, world.leaks(answer)))
    assert not wrong


async def test_what_is_ones_own_is_there(world: World) -> None:
    """Without this the test above would pass on a site that shows nothing to anybody."""
    wrong: list[Any] = []
    for route in of(OWNER, HANDLED, method="GET"):
        if route.endswith("/certificate-from-elsewhere") or "{call}" in route:
            continue  # nobody's case went to another installation, no algorithm was asked: tested elsewhere
        answer = await world.owner("GET", world.path(route))
        if answer.status_code in HIDDEN:
            wrong.append((route, "owner", answer.status_code))
    for route in of(HANDLED, BODY, method="GET"):
        if "{name}" in route or "{call}" in route:
            continue  # a part of a file, a suggestion: named by the page that shows it
        answer = await world.handler("GET", world.path(route))
        if answer.status_code in HIDDEN:
            wrong.append((route, "handler", answer.status_code))
    assert not wrong


async def test_lists_hold_nothing_of_others(world: World) -> None:
    wrong: list[Any] = []
    for route in of(PUBLIC, MINE, STAFF, method="GET"):
        handles = () if ROUTES[route] is STAFF else (world.handler,)
        for who in (world.nobody, world.other, *world.outsiders, *handles):
            answer = await who("GET", world.path(route))
            if answer.status_code >= 500 or world.leaks(answer):
                wrong.append((route, who.name, answer.status_code, world.leaks(answer)))
    assert not wrong


async def test_lists_hold_ones_own(world: World) -> None:
    shown = {route: await world.owner("GET", world.path(route)) for route in SHOWS}
    # looks at one's data name the records, not the person
    bare = ("GET /my-data", "GET /api/v1/accesses")
    assert not [r for r, a in shown.items() if r not in bare and not world.leaks(a)]
    assert not [r for r in bare if shown[r].status_code != 200]
    assert world.names["case"] in (await world.owner("GET", "/api/v1/cases")).text
    queue = await world.handler("GET", "/api/v1/queue?view=corrections")
    assert world.names["case"] in queue.text


async def test_nobody_else_can_do_anything_to_it(world: World, site: Site) -> None:
    async def rows() -> list[Any]:
        names = ("case_event", "certificate", "document")
        return [await site.db.fetchval(f"SELECT count(*) FROM {name}") for name in names]

    before, draft = await rows(), await world.owner("GET", "/api/v1/drafts")
    wrong: list[Any] = []
    for route in [*of(OWNER, HANDLED, BODY), *of(MINE)]:
        method = route.partition(" ")[0]
        if method == "GET" or route in DESTROYS or route in ("POST /api/v1/documents", "POST /api/v1/cases"):
            continue
        for who in (world.nobody, world.other, *world.outsiders):
            answer = await who(method, world.path(route))
            named = ROUTES[route] is not MINE
            to_login = answer.status_code == 303 and "/login" in answer.headers["location"]
            if answer.status_code >= 500 or (named and not (answer.status_code in HIDDEN or to_login)):
                wrong.append((route, who.name, answer.status_code, answer.text[:80]))
    assert not wrong
    assert await rows() == before
    assert (await world.owner("GET", "/api/v1/drafts")).json() == draft.json()


async def test_a_cursor_of_one_person_shows_another_nothing_of_theirs(world: World) -> None:
    page = (await world.owner("GET", "/api/v1/cases?limit=1")).json()
    assert page["next"]
    answer = await world.other("GET", f"/api/v1/cases?after={page['next']}")
    assert answer.json()["items"] == []
