"""`tongban precheck`: fields with their places, a sentence for what cannot be read, never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.assist.papers_drawn import LEASE, lease, written

from tongban.catalog.shipped import shipped
from tongban.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["precheck", *map(str, words), "--data", str(tmp_path / "none")])
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def kept(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_the_fields_of_a_paper_come_with_place_and_verdict(run: Run, tmp_path: Path) -> None:
    status, out, _ = run(kept(tmp_path, "lease.pdf", lease()), "--type", "lease", "--json")
    said: dict[str, Any] = json.loads(out)
    found = {one["field"]: one for one in said["fields"]}
    assert (status, said["recognised"], said["pages"]) == (0, True, 1)
    address = found["address"]
    assert (address["value"], address["verdict"], address["page"]) == ("岚江市清源区柳溪街18号2栋301室", "clear", 1)
    left, top, right, bottom = address["box"]
    assert 0 < left < right < 1 and 0 < top < bottom < 1


def test_words_for_people_say_what_to_look_at(run: Run, tmp_path: Path) -> None:
    data = written(*LEASE, "承租方：李四")
    status, out, _ = run(kept(tmp_path, "lease.pdf", data), "--type", "lease")
    assert status == 0 and "请人工核对" in out and "look" in out


def test_the_kinds_of_paper_stand_in_the_help(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == 0 and all(
        path.stem in out.replace("\n", "").replace(" ", "") for path in shipped("papers").glob("*.yaml")
    )


@pytest.mark.parametrize(
    ("name", "data", "kind", "code"),
    [
        ("gone.pdf", None, "lease", "file-unreadable"),
        ("lease.pdf", lease(), "passport", "unknown-paper"),
        ("lease.exe", b"MZ\x90\x00", "lease", "file-kind"),
        ("empty.pdf", b"", "lease", "file-empty"),
        ("lease.jpg", lease(), "lease", "file-not-as-named"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_status_2(
    run: Run, tmp_path: Path, name: str, data: bytes | None, kind: str, code: str
) -> None:
    path = tmp_path / name if data is None else kept(tmp_path, name, data)
    status, out, err = run(path, "--type", kind)
    assert (status, out) == (2, "") and code in err and "Traceback" not in err


def test_another_paper_is_told_with_status_1(run: Run, tmp_path: Path) -> None:
    status, out, _ = run(kept(tmp_path, "lease.pdf", lease()), "--type", "disability-card", "--json")
    assert status == 1 and json.loads(out)["recognised"] is False


def test_a_file_that_only_pretends_to_be_a_pdf_is_told(run: Run, tmp_path: Path) -> None:
    status, out, _ = run(kept(tmp_path, "broken.pdf", b"%PDF-1.7\n\x00\xff broken"), "--type", "lease", "--json")
    assert status == 1 and json.loads(out)["unread"] == "damaged"
