"""`tongban verify FILE`: the verdict on the screen, the exit status for scripts."""

from pathlib import Path

import msgspec
import pytest
from demo_certificate import record
from joserfc import jws
from joserfc.jwk import ECKey

from tongban.base.clock import system_clock
from tongban.base.keys import KeyRing
from tongban.certs import export_json, export_jwks, render_pdf, sign
from tongban.certs.credential import credential_claims, issue_credential
from tongban.certs.sdjwt import Request, bind, parse
from tongban.certs.statuslist import StatusList, StatusPlace, issue_status_list
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


def test_what_a_holder_shows_is_checked_with_or_without_the_question_it_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = system_clock()()
    ring = KeyRing.open(tmp_path / "keys", now)
    holder = ECKey.generate_key("P-256")
    claims = credential_claims(
        record(issued_at=now, valid_from=now.date(), valid_until=None),
        issuer="https://lanjiang.example",
        holder=holder.as_dict(private=False),
        status=StatusPlace(idx=7, uri="https://lanjiang.example/status/0"),
    )
    shown = bind(
        parse(issue_credential(claims, ring, now)),
        Request("https://counter.example", "n-1"),
        now,
        lambda payload: jws.serialize_compact({"alg": "ES256", "typ": "kb+jwt"}, payload, holder),
    )
    file, data = tmp_path / "shown.txt", ("--data", str(tmp_path))
    file.write_text(shown.compact())
    asked = ("--audience", "https://counter.example", "--nonce")

    assert status(str(file), *data, *asked, "n-1") == 0
    said = capsys.readouterr().out
    assert "持证人本人出示：成立" in said and "持证人：王小明" in said and "现住址：河埠巷18号" in said
    assert status(str(file), *data, "--lang", "en") == 0
    assert "Presented by the holder: not asked" in capsys.readouterr().out
    assert status(str(file), *data, *asked, "n-2") == 1
    assert status(str(file), *data, "--nonce", "n-1") == 2

    good, bad = tmp_path / "good.status", tmp_path / "bad.status"
    for path, statuses in ((good, {}), (bad, {7: 1})):
        path.write_text(issue_status_list(StatusList.of(statuses), "https://lanjiang.example/status/0", ring, now))
    capsys.readouterr()
    assert status(str(file), *data, "--status", str(good)) == 0
    assert "未被废止（截至" in capsys.readouterr().out
    assert status(str(file), *data, "--status", str(bad)) == 1
    assert status(str(file), *data, "--status", str(file)) == 2
