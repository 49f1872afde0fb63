"""The log's files are served to everybody as C2SP says, and nothing of anybody is in them."""

import httpx
import pytest

from tongban.ledger.checkpoints import Checkpoint
from tongban.ledger.notes import Note
from tongban.ledger.policy import Policy
from tongban.ledger.tiles import read_entries, reader, widths
from tongban.ledger.tree import leaf_hash, root_over
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database


@pytest.fixture
async def http(site: Site):
    transport = httpx.ASGITransport(app=create(site))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def test_the_files_of_the_log_lead_to_the_root_that_it_signed(site: Site, http: httpx.AsyncClient) -> None:
    assert (await http.get("/open/log/checkpoint")).status_code == 404
    await site.db.execute(
        "INSERT INTO ledger_waiting (regions, subjects, seqs, commitments)"
        " SELECT ARRAY[''], ARRAY['test:' || n], '{0}', ARRAY[sha256(convert_to(n::text, 'UTF8'))]"
        " FROM generate_series(1, 300) n"
    )
    await site.public_log.turn()
    answer = await http.get("/open/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    note = Note.read(answer.content)
    policy = Policy.read((await http.get("/open/log/policy.json")).content)
    assert note.signed_by(policy.logs)
    found = Checkpoint.read(note.text)
    tiles = {
        tile: (await http.get(f"/open/log/{tile.path(width)}")).content for tile, width in widths(found.size).items()
    }
    assert root_over(found.size, reader(tiles)) == found.root
    first = await http.get("/open/log/tile/entries/000")
    assert "immutable" in first.headers["cache-control"]
    hashes = (await http.get("/open/log/tile/0/000")).content
    assert b"".join(map(leaf_hash, read_entries(first.content))) == hashes


async def test_what_the_log_does_not_have_yet_is_not_found(site: Site, http: httpx.AsyncClient) -> None:
    await site.db.execute(
        "INSERT INTO ledger_waiting (regions, subjects, seqs, commitments)"
        " SELECT ARRAY[''], ARRAY['test:' || n], '{0}', ARRAY[sha256(convert_to(n::text, 'UTF8'))]"
        " FROM generate_series(1, 300) n"
    )
    await site.public_log.turn()
    shown = await site.public_log.shown()
    assert shown is not None
    last, width = divmod(shown.size, 256)
    for path, status in (
        (f"0/{last:03}.p/{width}", 200),
        (f"0/{last:03}.p/{width + 1}", 404),
        (f"0/{last:03}", 404),
        ("0/000.p/256", 404),
        (f"1/000.p/{last}", 200),
        (f"1/000.p/{last + 1}", 404),
        ("entries/0", 404),
        ("64/000", 404),
    ):
        assert (await http.get(f"/open/log/tile/{path}")).status_code == status, path


async def test_the_page_says_what_the_log_does_not_prove(http: httpx.AsyncClient) -> None:
    page = (await http.get("/open/log", headers={"accept-language": "en"})).text
    assert "does not prove that what was recorded is true" in page
    assert "no independent witness yet" in page
