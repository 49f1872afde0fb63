"""An auditor that follows the log notices every rewriting, and a witness signs nothing that is no continuation."""

import hashlib
import threading
from datetime import timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from tests.ledger.small_log import LOG, NOW, ORIGIN, OTHER, PLACE, WITNESS, SmallLog, busy, events, policy, receipt

from tongban.base.clock import SettableClock
from tongban.cli import audit as command
from tongban.cli.witness import handler
from tongban.ledger.audit import Kept, audit, compare
from tongban.ledger.checkpoints import Checkpoint
from tongban.ledger.faults import Fault, Untrue
from tongban.ledger.notes import Kind, Note, VerifierKey, encode, read_signature
from tongban.ledger.proofs import Proof
from tongban.ledger.tiles import reader
from tongban.ledger.tree import consistency_proof
from tongban.ledger.witness import WatchedLog, Witness, WitnessConfig


def entry(n: int) -> bytes:
    return hashlib.sha256(b"%d" % n).digest()


def log_of(count: int, changed: int = -1) -> SmallLog:
    return SmallLog().add(*(entry(n) if n != changed else b"x" * 32 for n in range(count)))


async def after(count: int) -> Kept:
    return (await audit(log_of(count).fetch, Kept(policy=policy()), NOW)).kept


async def fault(log: SmallLog, kept: Kept) -> Fault:
    with pytest.raises(Untrue) as caught:
        await audit(log.fetch, kept, NOW)
    return caught.value.fault


async def test_an_honest_log_is_followed_from_any_size_to_any_larger_one() -> None:
    for one, two in ((0, 1), (1, 255), (255, 256), (256, 257), (300, 3_000), (511, 512), (512, 512)):
        kept = await after(one) if one else Kept(policy=policy())
        found = await audit(log_of(two).fetch, Kept.read(bytes(kept)), NOW)
        assert (found.kept.size, found.fresh) == (two, two - one)


async def test_whatever_the_log_rewrites_is_noticed() -> None:
    kept = await after(700)
    assert await fault(log_of(699), kept) is Fault.ROLLED_BACK
    assert await fault(log_of(700, changed=5), kept) is Fault.SPLIT_VIEW
    assert await fault(log_of(900, changed=5), kept) is Fault.NOT_CONSISTENT  # long ago, in a full tile
    assert await fault(log_of(900, changed=699), kept) is Fault.NOT_CONSISTENT  # just now, in the open one
    foreign = SmallLog(origin="log.example/other").add(entry(1))
    assert await fault(foreign, kept) is Fault.UNKNOWN_LOG
    assert await fault(SmallLog(key=OTHER).add(entry(1)), kept) is Fault.UNSIGNED


async def test_files_that_do_not_fit_what_was_signed_are_noticed() -> None:
    kept, log = await after(300), log_of(900)
    for path, data, found in (
        ("tile/entries/003.p/132", None, Fault.MISSING_FILE),
        ("tile/entries/002", log.files()["tile/entries/001"], Fault.ENTRY_DIFFERS),
        ("tile/entries/002", b"\x00", Fault.ENTRY_DIFFERS),
        ("checkpoint", None, Fault.MISSING_FILE),
    ):
        files = log.files() | {path: data}

        async def fetch(name: str, files: dict[str, bytes | None] = files) -> bytes | None:
            return files.get(name)

        with pytest.raises(Untrue) as caught:
            await audit(fetch, kept, NOW)
        assert caught.value.fault is found, path


async def test_a_receipt_of_somebody_shows_a_split_view() -> None:
    log = busy()
    kept = (await audit(log.fetch, Kept(policy=policy()), NOW)).kept
    small = SmallLog(tiles={}, size=0).add(*(entry(n) for n in range(200)))
    assert (await compare(log.fetch, kept, bytes(small.note()), NOW)).size == 200  # what came later is no contradiction
    other = log_of(200, changed=7)
    with pytest.raises(Untrue, match=Fault.SPLIT_VIEW):
        await compare(log.fetch, kept, bytes(other.note()), NOW)


async def test_a_tile_cut_short_hides_no_split_view() -> None:
    log = busy()
    kept = (await audit(log.fetch, Kept(policy=policy()), NOW)).kept
    files = {path: data[:-32] if path.startswith("tile/0/") else data for path, data in log.files().items()}

    async def fetch(path: str) -> bytes | None:
        return files.get(path)

    with pytest.raises(Untrue, match=Fault.TILE_DIFFERS):
        await compare(fetch, kept, bytes(log_of(200, changed=7).note()), NOW)


def test_what_an_auditor_kept_is_not_read_without_its_edge() -> None:
    with pytest.raises(ValueError, match="not what an auditor keeps"):
        Kept.read(bytes(Kept(policy=policy(), size=3)))


def test_the_command_keeps_its_state_and_shouts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, state = tmp_path / "log", tmp_path / "state.json"

    def put(log: SmallLog) -> None:
        for path, data in log.files().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)

    def run(*more: str) -> int:
        import argparse

        parser = argparse.ArgumentParser()
        command.configure(parser)
        return command.run(parser.parse_args([str(folder), "--state", str(state), "--lang", "en", *more]))

    log = busy()
    put(log)
    (tmp_path / "mine").write_bytes(receipt(log, events(), PLACE))
    assert run("--with", str(tmp_path / "mine")) == 0
    assert "Nothing was rewritten: 405 entries, 405 of them new." in capsys.readouterr().out
    put(log.add(entry(1)))
    assert run() == 0
    assert "406 entries, 1 of them new" in capsys.readouterr().out
    put(log_of(500))
    assert run() == 1
    assert "ALARM! The log cannot be trusted" in capsys.readouterr().err
    assert list(tmp_path.glob("state.evidence-*"))
    assert Kept.read(state.read_bytes()).size == 406  # what was true is not overwritten
    (tmp_path / "log" / "checkpoint").unlink()
    folder = tmp_path / "none"
    assert run() == 2


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    config = WitnessConfig(name="w.example/1", folder=tmp_path, logs=(WatchedLog(keys=(str(LOG.public),)),))
    return Witness.open(config, SettableClock(NOW))


def request(log: SmallLog, old: int, note: Note | None = None, proof: list[bytes] | None = None) -> bytes:
    if proof is None:
        proof = consistency_proof(old, log.size, reader(log.tiles)) if old <= log.size else []
    lines = [f"old {old}", *map(encode, proof), "", ""]
    return "\n".join(lines).encode() + bytes(note or log.note())


def test_a_witness_signs_what_continues_and_its_signature_holds(witness: Witness) -> None:
    assert witness.key.kind is Kind.WITNESS
    first = witness.add_checkpoint(request(log_of(3), 0))
    assert first.status == 200
    assert witness.key.fits(read_signature(first.body.strip()).data, log_of(3).note().text)
    assert witness.add_checkpoint(request(log_of(9), 3)).status == 200
    assert witness.add_checkpoint(request(log_of(9), 9)).status == 200  # again the same is no contradiction
    shown = witness.checkpoint(hashlib.sha256(ORIGIN.encode()).hexdigest())
    assert Checkpoint.read(Note.read(shown.body.encode()).text).size == 9
    again = Witness.open(
        WitnessConfig(name="w.example/1", folder=witness.folder, logs=(WatchedLog(keys=(str(LOG.public),)),)),
        SettableClock(NOW),
    )
    assert (again.key, again.add_checkpoint(request(log_of(12), 3)).status) == (witness.key, 409)


def test_a_witness_refuses_everything_else(witness: Witness) -> None:
    log = log_of(9)
    assert witness.add_checkpoint(request(log_of(4), 0)).status == 200
    fork, note = log_of(9, changed=2), log.note()
    forged = Note(note.text.replace("\n9\n", "\n8\n"), note.signatures)
    for body, status in (
        (b"", 400),
        (b"old 04\n\n" + bytes(note), 400),
        (request(log, 4).replace(b"old 4", b"new 4"), 400),
        (request(log, 4, proof=[b"short"]), 400),
        (request(log_of(3), 4), 400),
        (request(SmallLog(origin="log.example/x").add(entry(1)), 0), 404),
        (request(log, 4, SmallLog(key=OTHER, tiles=log.tiles, size=9).note()), 403),
        (request(log, 4, forged), 403),
        (request(log, 0), 409),
        (request(log, 3), 409),
        (request(log, 4, proof=[]), 422),
        (request(fork, 4), 422),
        (request(log_of(4, changed=1), 4), 422),
    ):
        answer = witness.add_checkpoint(body)
        assert answer.status == status, (body[:40], answer)
    assert witness.add_checkpoint(request(log, 3)).body == "4\n"
    assert len(list(witness.folder.glob("*.contradicts.*"))) == 3  # the log has signed both: that is kept


def test_the_witness_answers_over_http_as_the_standard_says(witness: Witness) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(witness))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        with httpx.Client(base_url=address, trust_env=False) as http:
            assert http.post("/add-checkpoint", content=request(log_of(3), 0)).status_code == 200
            wrong = http.post("/add-checkpoint", content=request(log_of(9), 0))
            assert (wrong.status_code, wrong.text, wrong.headers["content-type"]) == (409, "3\n", "text/x.tlog.size")
            name = hashlib.sha256(ORIGIN.encode()).hexdigest()
            assert http.get(f"/{name}/checkpoint").text.startswith(ORIGIN)
            assert http.get("/elsewhere").status_code == 404
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_names_and_keys_of_notes_are_those_of_the_standard() -> None:
    """The example of C2SP signed-note."""
    key = VerifierKey.read("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    note = Note.read(
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1"
        "ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n".encode()
    )
    assert key in note.signed_by([key])
    assert str(key) == "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


def test_a_proof_is_written_as_it_was_read() -> None:
    log = busy()
    file = receipt(log, events(), PLACE, log.note(WITNESS, at=NOW - timedelta(hours=1)))
    assert bytes(Proof.read(file)) == file
