"""The counter: who stands there is identified by a device or with a reason, and a scan is an upload like any other."""

import pytest
from desk_people import PDF, Official
from test_desk_intake import ANSWERS, KNOWN, LATER_ANSWERS, saved

from tongban.web.site import Site

pytestmark = pytest.mark.database
SLUG = "food-licence"


async def sits(site: Site) -> Official:
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get(f"/desk/intake/{SLUG}")
    return clerk


@pytest.mark.parametrize("how", ["card", "network"])
async def test_a_card_or_a_network_identity_is_read_and_nothing_is_typed(how: str, site: Site) -> None:
    clerk = await sits(site)
    await clerk.post(f"/desk/intake/{SLUG}", {"how": how, "presented": KNOWN.id, "region": "990101"})
    assert clerk.page.url.path.endswith("/form") and KNOWN.name in clerk.text, clerk.text
    assert await site.db.fetchval("SELECT how FROM identity_check WHERE person = $1", KNOWN.id) == how


async def test_who_has_no_card_is_received_with_a_reason_that_is_kept_sealed(site: Site) -> None:
    clerk = await sits(site)
    who = {"name": KNOWN.name, "number": KNOWN.id_number, "region": "990101", "how": "hand"}
    await clerk.post(f"/desk/intake/{SLUG}", who | {"reason": "急"})
    assert clerk.page.status_code == 422 and "怎么确认是本人" in clerk.text
    await clerk.post(f"/desk/intake/{SLUG}", who | {"reason": "户籍民警陪同，出示户口簿"})
    assert clerk.page.url.path.endswith("/form")
    row = await site.db.fetchrow("SELECT how, reason FROM identity_check WHERE person = $1", KNOWN.id)
    assert row is not None and row["how"] == "manual" and "户籍" not in row["reason"]


async def test_an_unreadable_card_says_what_to_do(site: Site) -> None:
    clerk = await sits(site)
    await clerk.post(f"/desk/intake/{SLUG}", {"how": "card", "presented": "nobody", "region": "990101"})
    assert clerk.page.status_code == 422 and "重新放一次" in clerk.text


async def test_a_scan_is_taken_after_the_same_checks_and_nothing_of_it_stays_at_the_scanner(site: Site) -> None:
    clerk = await sits(site)
    await clerk.post(f"/desk/intake/{SLUG}", {"how": "card", "presented": KNOWN.id, "region": "990101"})
    folder = site.hall.scanner.root / site.directory.holders("990101.service-centre.clerk")[0]
    folder.mkdir(parents=True)
    (folder / "0001.pdf").write_bytes(PDF)
    (folder / "0002.pdf").write_bytes(b"MZ not a pdf")
    fields = saved(clerk) | ANSWERS | LATER_ANSWERS
    await clerk.post(f"/desk/intake/{SLUG}/form", fields | {"scan.layout": "0002.pdf"})
    assert clerk.page.status_code == 422 and "这种文件不收" in clerk.text
    await clerk.post(f"/desk/intake/{SLUG}/form", fields | {"scan.layout": "../0001.pdf"})
    assert (folder / "0001.pdf").exists(), "a name that is no scan of this window names nothing"
    await clerk.post(f"/desk/intake/{SLUG}/form", fields | {"scan.layout": "0001.pdf"})
    assert "0001.pdf" in clerk.text and not (folder / "0001.pdf").exists()
