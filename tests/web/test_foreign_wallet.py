"""A wallet that others wrote gets a certificate of ours and shows it at our counter.

Run where `FOREIGN_WALLET` names a folder with the packages that docs/proof.md lists; they are no dependency.
"""

import asyncio
import json
import os
import shutil
from html import unescape
from pathlib import Path
from re import search
from typing import Any

import httpx
import pytest
from tests.web.browser.live import serving
from tests.web.citizen import Person
from tests.web.test_case_pages import certified, submitted
from tests.web.test_counter_asks import Counter
from tests.web.test_tenants import in_post
from tests.web.test_wallet_later import Ahead
from tests.web.wallet import ISSUER

from tongban.web.app import create
from tongban.web.site import Site

FOLDER = os.environ.get("FOREIGN_WALLET", "")
pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(
        not FOLDER or shutil.which("node") is None, reason="not run: no wallet of another maker is here"
    ),
]


async def wallet(**asked: Any) -> dict[str, Any]:
    """What the other wallet did."""
    script = Path(__file__).with_name("foreign_wallet.mjs")
    process = await asyncio.create_subprocess_exec(
        "node",
        str(script),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, wrong = await process.communicate(json.dumps(asked).encode())
    assert process.returncode == 0, wrong.decode()
    return json.loads(out)


async def test_a_wallet_of_another_maker_gets_a_certificate_and_shows_it_at_our_counter(xiaoman: Person, site: Site):
    number = await certified(xiaoman, site)
    await xiaoman.get(f"/certificates/{number}/wallet")
    await xiaoman.post(f"/certificates/{number}/wallet", {})
    offer = search(r'href="(openid-credential-offer:[^"]*)"', xiaoman.page.text)
    digits = search(r"<b>(\d{6})</b>", xiaoman.page.text)
    assert offer and digits
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with serving(site) as address, httpx.AsyncClient(transport=transport, base_url=ISSUER) as http:
        at = {"issuer": ISSUER, "address": address, "now": int(site.clock().timestamp())}
        held = await wallet(do="fetch", offer=unescape(offer[1]), digits=digits[1], **at)
        counter = Counter(await in_post(site, http, "990101", "police", "examiner"), site)
        await counter.ask()
        request = counter.link.replace(f"{ISSUER}/wallet?", "openid4vp://?")
        done = await wallet(do="present", request=request, **held, **at)
        assert (done["status"], done["mode"]) == (200, "direct_post.jwt"), done
        assert "redirect_uri" in json.loads(done["body"])
        page = await counter.page()
        assert "王小满" in page and number not in page


async def test_a_wallet_of_another_maker_waits_for_a_certificate_that_is_not_yet_issued(xiaoman: Person, site: Site):
    ahead = Ahead(xiaoman, site, await submitted(xiaoman))
    await ahead.offered()
    offer = search(r'href="(openid-credential-offer:[^"]*)"', xiaoman.page.text)
    digits = search(r"<b>(\d{6})</b>", xiaoman.page.text)
    assert offer and digits
    async with serving(site) as address:
        at = {"issuer": ISSUER, "address": address, "now": int(site.clock().timestamp())}
        told = await wallet(do="fetch", offer=unescape(offer[1]), digits=digits[1], **at)
        assert told["interval"] > 0
        assert "transaction_id" in await wallet(do="again", later=told["later"], **at)
        await ahead.granted()
        assert "credentials" in await wallet(do="again", later=told["later"], **at)
