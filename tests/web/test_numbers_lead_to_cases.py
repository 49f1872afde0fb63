"""Every number of the console leads to a list of just what it counts, in a town where all of them count something."""

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from lxml import html
from tests.web.conftest import furnish
from tests.web.desk_people import Official

from tongban.base.clock import SettableClock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.cases import demo as stories
from tongban.oversight.watching.figures import CURE
from tongban.oversight.watching.model import Watched
from tongban.oversight.watching.store import ended
from tongban.sharing import demo as records
from tongban.web.console.behind import Show
from tongban.web.site import Site

pytestmark = pytest.mark.database
COUNT = re.compile(r"(?:\D*?)([0-9][0-9,]*)(?:件\D*)?")
WHOLE = re.compile(r"[0-9][0-9,]*")
LISTS = ("/console/cases", "/console/delegations", "/calls")
"""How the paths of lists end."""
NOTHING = {Show.WITHOUT_BASIS, Show.NEVER_A_BASIS}
"""Lists of what the database lets nobody write any more."""
NO_LIST = {
    "/console/what-if": "of made-up changes, over a population: no cases",
    "/console/training": "of posts, which stand in the row",
    "/console/conformance": "points, and what was found stands below each",
    "/console/projects": "what overlaps stands on the page",
    "/console/operators": "contracts, which stand on the page",
    "/console/abuse": "thresholds of the indices",
}
"""Pages on which a number may stand without a list of cases, and why."""


async def town(db: Database, data_dir: Path, clock: SettableClock) -> Site:
    """The demonstration, and what its stories have none of: waits, look-ups, silent sources, answers to suggestions."""
    await records.seed(db, clock())
    await stories.seed(db, Settings(data_dir=data_dir), clock())
    site = await furnish(db, data_dir, clock, factor=1000)
    await site.voice.demonstrate(data_dir)
    await site.voice.turn()
    place = site.hall.places.get("qingyuan")
    for _ in range(3):
        await site.hall.queue.take(place.id)
        await site.hall.queue.call(place, "1", "o-990101.service-centre.clerk")
    (case,) = await db.fetch("SELECT case_id, body FROM case_row WHERE open AND body = '990101.market' LIMIT 1")
    for n, error in enumerate(("source-away", "too-slow", "bad-answer")):
        await db.execute(
            "INSERT INTO shared_retry (person, matter, resource, record, id, wishes, purpose, reader, opened_at,"
            " next_at, attempts, last_error, submitted) VALUES ('p', $1, 'market.registry', $4, gen_random_uuid(),"
            " '[]', '{}', $2, $3, $3, 1, $5, true)",
            case["case_id"], {"body": "990101.market"}, clock(), f"business-{n}", error,
        )  # fmt: skip
    await db.execute(
        "INSERT INTO shared_access SELECT (jsonb_populate_record(NULL::shared_access, to_jsonb(a)"
        " || jsonb_build_object('id', gen_random_uuid(), 'at', $1::timestamptz, 'shown_from', $1::timestamptz,"
        " 'kind', 'look-up', 'once', 'again', 'grant_id', 'grant'))).*"
        " FROM (SELECT * FROM shared_access WHERE body = $2 LIMIT 1) a",
        clock(), "990101.market",
    )  # fmt: skip
    over = [
        Watched(region="990101", case_id=f"990101-261101-{n:08}", body="990101.market", service=service,
                ended_at=clock(), promised=promised, legal=legal, steps=())
        for n, (service, promised, legal) in enumerate((
            (CURE, True, True), (CURE, False, True), (CURE, None, None), ("food-licence", False, False),
        ))
    ]  # fmt: skip
    async with db.transaction() as connection:
        await ended.keep(connection, over)
        await ended.count_days(connection, ["990101.market"], [site.today], site.settings.timezone.key)
    await site.watch.turn()
    await site.assist.watch.turn()
    return site


@pytest.fixture
async def watcher(province_db: Database, tmp_path: Path, clock: SettableClock) -> Official:
    site = await town(province_db, tmp_path, clock)
    return await Official(site).sit("digital-centre.supervisor", "990000")


def is_list(address: str) -> bool:
    return urlsplit(address).path.endswith(LISTS) and ("move" in address or "/console/delegations" not in address)


def main_of(text: str) -> html.HtmlElement:
    return cast("html.HtmlElement", html.document_fromstring(text).xpath("//main")[0])


def numbers(main: html.HtmlElement) -> Iterator[tuple[int, str]]:
    """Each number that is a link, with where it leads."""
    for link in main.xpath(".//a[@href]"):
        if found := COUNT.fullmatch("".join(link.text_content().split())):
            yield int(found[1].replace(",", "")), str(link.get("href"))
    for line in main.xpath(".//section[contains(@class, 'todo')]//li"):
        said = "".join(line.xpath(".//div[@class='r']/span")[0].text_content().split())
        if found := COUNT.fullmatch(said):
            yield int(found[1]), str(line.xpath(".//a[@class='m']/@href")[0])


def bare(main: html.HtmlElement) -> Iterator[str]:
    """Numbers that stand in a cell and lead nowhere."""
    for cell in main.xpath(".//td | .//dd"):
        said = "".join(cell.text_content().split())
        if WHOLE.fullmatch(said) and int(said.replace(",", "")) and not cell.xpath(".//a | preceding-sibling::dt/a"):
            yield f"{cell.get('data-label') or ''} {said}".strip()


async def length(watcher: Official, address: str) -> int:
    """How many lines a list has, over all its pages."""
    lines, following = 0, address
    while following:
        await watcher.get(following.partition("#")[0])
        assert watcher.page.status_code == 200, (following, watcher.text[:300])
        main = main_of(watcher.page.text)
        tables = main.xpath(".//table[.//th[contains(text(), '日子') or contains(text(), '提交')]]")
        lines += len(tables[0].xpath("./tbody/tr")) if tables else 0
        more = main.xpath(".//a[contains(text(), '再看一些')]/@href")
        following = str(more[0]) if more else ""
    return lines


async def test_every_number_leads_to_a_list_of_just_as_many(watcher: Official) -> None:
    todo, seen, wrong = deque(["/console", "/desk/hotline", "/desk/ratings"]), set[str](), set[str]()
    counted: dict[str, int] = {}
    while todo:
        address = todo.popleft().partition("#")[0]
        path = urlsplit(address).path
        if path in seen or not path.startswith(("/console", "/desk/hotline")) or is_list(address):
            continue
        seen.add(path)
        await watcher.get(address)
        if watcher.page.status_code != 200 or "text/html" not in watcher.page.headers["content-type"]:
            continue
        main = main_of(watcher.page.text)
        todo.extend(
            urljoin(address, str(one)) for one in html.document_fromstring(watcher.page.text).xpath("//a/@href")
        )
        for n, leads in numbers(main):
            if is_list(leads):
                counted[leads] = n
        if not any(path.startswith(one) for one in NO_LIST):
            wrong |= {f"{path}: {one}" for one in bare(main)}
    assert not wrong
    for address, n in counted.items():
        asked = parse_qs(urlsplit(address).query)
        if asked.get("show") == [Show.CALLED]:
            n = 3  # people, however long they waited
        if (found := await length(watcher, address)) != n:
            wrong.add(f"{address}: {n}, and {found} in the list")
    assert not wrong
    shown = {one for address in counted for one in parse_qs(urlsplit(address).query).get("show", [])}
    assert set(Show) - shown == NOTHING  # so that none is left out of the comparison
