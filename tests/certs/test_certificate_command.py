"""`tongban verify FILE`: the verdict on the screen, the exit status for scripts."""

from pathlib import Path

import msgspec
import pytest
from demo_certificate import record

from tongban.base.clock import system_clock
from tongban.base.keys import KeyRing
from tongban.certs import export_json, export_jwks, render_pdf, sign
from tongban.cli import main


def status(*words: str) -> int:
    with pytest.raises(SystemExit) as exit_:
        main(["verify", *words])
    return int(exit_.value.code or 0)


def test_the_command_verifies_and_refuses_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = system_clock()()
    ring = KeyRing.open(tmp_path / "keys", now)
    certificate = sign(record(issued_at=now, valid_from=now.date(), valid_until=None), ring)
    good, keys, bad = tmp_path / "good.pdf", tmp_path / "keys.jwks", tmp_path / "bad.json"
    good.write_bytes(render_pdf(certificate, "zh", public_url="https://lanjiang.example", ring=ring, now=now))
    keys.write_bytes(msgspec.json.encode(export_jwks(ring.public.values())))
    bad.write_bytes(export_json(certificate).replace("王小明".encode(), "李大明".encode()))

    assert status(str(good), "--keys", str(keys)) == 0
    assert capsys.readouterr().out.startswith("证照真实有效")
    assert status(str(good), "--data", str(tmp_path), "--lang", "en", "--type", "residence-permit") == 0
    assert capsys.readouterr().out.startswith("Genuine and valid")
    assert status(str(good), "--keys", str(keys), "--type", "food-licence") == 1
    assert status(str(bad), "--keys", str(keys)) == 1
    assert "不能相信" in capsys.readouterr().out


def test_without_a_file_or_keys_nothing_is_claimed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / "x.json"
    there.write_text("{}")
    assert status(str(tmp_path / "missing.pdf"), "--data", str(tmp_path)) == 2
    assert status(str(there), "--data", str(tmp_path)) == 2
    assert status(str(there), "--keys", str(there)) == 2
    assert not (tmp_path / "keys").exists()
    assert capsys.readouterr().out == ""
