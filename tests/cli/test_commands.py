"""What a person at a terminal, or a script, gets from each command: words, an exit status, never a stack trace."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.newcomer import example

from tongban.catalog.schema import FILE_KINDS
from tongban.catalog.shipped import shipped
from tongban.cli import COMMANDS, main

RESIDENCE = shipped("services") / "residence-permit.yaml"
TOO_LONG = ("promised: on-the-spot", "promised: 9 working-days")


class Done(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty directory; whatever it says, no stack trace is in it."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str | Path) -> Done:
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        out, err = (said.decode() for said in capfdbinary.readouterr())
        assert "Traceback" not in out + err
        return Done(int(end.value.code or 0), out, err)

    return command


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "library-card.yaml"
    path.write_text(example(), encoding="utf-8")
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.yaml"
    path.write_text("service: [\n", encoding="utf-8")
    return path


def test_without_words_it_says_how_it_is_used(run: Run) -> None:
    done = run()
    assert done.status == 2 and "usage: tongban" in done.err


def test_an_unknown_command_is_answered_with_those_there_are(run: Run) -> None:
    done = run("issue")
    assert done.status == 2 and all(name in done.err for name in COMMANDS)


def test_help_and_version_need_nothing(run: Run) -> None:
    assert run("--version").out.startswith("tongban ")
    listed = run("--help")
    assert listed.status == 0 and all(name in listed.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_both_languages(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.status == 0 and f"usage: tongban {command}" in done.out
    assert any("\u4e00" <= character <= "\u9fff" for character in done.out)


VERBS = [
    ("opinion", "groups"),
    ("projects", "overlaps"),
    *(("directory", verb) for verb in ("check", "export", "import")),
    *(("route", verb) for verb in ("evaluate", "train", "adopt", "demonstrate", "lessons", "predict")),
]


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_every_verb_says_in_both_languages_what_it_does(run: Run, words: tuple[str, str]) -> None:
    told = run(*words, "--help").out.split("\n\n")[1]
    assert not told.startswith(("positional", "options")), told
    assert re.search("[a-z]{3}", told) and re.search("[\u4e00-\u9fff]{2}", told)


ABSENT = [
    ("opinion", "groups"),
    ("projects", "overlaps"),
    ("verify",),
    ("rules", "check"),
    ("precheck", "--type", "lease"),
    ("indicators", "recompute"),
    ("directory", "import"),
    ("check",),
    ("diff", str(RESIDENCE)),
]


@pytest.mark.parametrize("words", ABSENT, ids=lambda words: " ".join(words[:2]).split("/")[0])
def test_a_file_that_is_not_there_is_named_with_what_to_do_in_both_languages(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words, "nowhere.csv")
    said = done.out + done.err
    assert done.status and "nowhere.csv" in said and "No such file" not in said
    assert re.search("[\u4e00-\u9fff]{4}", said)


# --- check ------------------------------------------------------------------------------------------------------------


def test_the_shipped_law_passes_the_check(run: Run) -> None:
    done = run("check")
    assert done.status == 0 and "0 errors" in done.out


def test_check_of_a_file_that_is_not_there_checks_nothing(run: Run, good: Path) -> None:
    done = run("check", good, "nowhere.yaml")
    assert (done.status, done.out) == (2, "") and done.err.startswith("nowhere.yaml: ")


def test_check_of_a_folder_names_the_errors_of_every_file(run: Run, good: Path, broken: Path) -> None:
    good.write_text(example().replace(*TOO_LONG), encoding="utf-8")
    done = run("check", ".")
    assert done.status == 1
    assert "library-card.yaml:" in done.out and "promise-too-long" in done.out
    assert "broken.yaml:" in done.out and "yaml-syntax" in done.out


def test_check_json_has_a_place_a_code_and_both_languages(run: Run, good: Path) -> None:
    good.write_text(example().replace(*TOO_LONG), encoding="utf-8")
    done = run("check", "--json", good)
    (finding,) = json.loads(done.out)
    assert done.status == 1
    assert finding["severity"] == "error" and finding["code"] == "promise-too-long"
    assert finding["file"] == str(good) and finding["line"] > 1 and finding["column"] > 1
    assert finding["text"]["zh"] and finding["text"]["en"] and finding["law"]


def test_warnings_alone_do_not_fail_the_check(run: Run, good: Path) -> None:
    elsewhere = good.rename(good.with_name("other-name.yaml"))
    done = run("check", elsewhere, "--lang", "en")
    assert done.status == 0 and "warning file-name" in done.out


# --- diff -------------------------------------------------------------------------------------------------------------


def test_diff_says_what_is_worse_for_the_applicant(run: Run, good: Path) -> None:
    other = good.with_name("other.yaml")
    other.write_text(example().replace(*TOO_LONG), encoding="utf-8")
    assert run("diff", good, good, "--lang", "en") == Done(0, "No difference\n", "")
    worse = run("diff", good, other)
    assert worse.status == 0 and worse.out.startswith("! ")
    (change,) = json.loads(run("diff", good, other, "--json").out)
    assert change["effect"] == "worse"


def test_diff_of_what_is_no_service_file_is_refused(run: Run, good: Path, broken: Path) -> None:
    assert run("diff", good, "nowhere.yaml").status == 1
    syntax = run("diff", good, broken)
    assert syntax.status == 1 and "yaml-syntax" in syntax.err
    assert run("diff", good, shipped("procedures") / "instant.yaml").status == 1


# --- export, schema ---------------------------------------------------------------------------------------------------


def test_export_gives_the_implementation_list_and_the_european_form(run: Run, tmp_path: Path) -> None:
    checklist = json.loads(run("export", "residence-permit", "--data", tmp_path).out)
    assert checklist["A 标识"]["事项名称"] == "居住证申领"
    cpsv = json.loads(run("export", "residence-permit", "--format", "cpsv", "--data", tmp_path).out)
    assert any(node["@type"] == "cpsv:PublicService" for node in cpsv["@graph"])


def test_export_of_an_unknown_service_or_format_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("export", "no-such-service", "--data", tmp_path)
    assert (done.status, done.out) == (1, "") and "unknown-service" in done.err
    assert run("export", "residence-permit", "--format", "xml").status == 2


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_schema_is_a_json_schema(run: Run, kind: str) -> None:
    assert json.loads(run("schema", kind).out)["$schema"].endswith("2020-12/schema")


def test_schema_of_an_unknown_kind_is_refused(run: Run) -> None:
    assert run("schema", "law").status == 2


# --- promote, import --------------------------------------------------------------------------------------------------


def test_promote_moves_a_draft_on_and_only_forward(run: Run, good: Path) -> None:
    good.write_text(example().replace("status: published", "status: draft"), encoding="utf-8")
    assert run("promote", good, "published").status == 0
    assert "status: published" in good.read_text(encoding="utf-8")
    before = good.read_bytes()
    again = run("promote", good, "published")
    assert again.status == 1 and again.err and good.read_bytes() == before


def test_promote_refuses_a_file_with_errors_and_leaves_it_alone(run: Run, good: Path, broken: Path) -> None:
    text = example().replace("status: published", "status: draft").replace(*TOO_LONG)
    good.write_text(text, encoding="utf-8")
    done = run("promote", good, "published")
    assert done.status == 1 and "promise-too-long" in done.err
    assert good.read_text(encoding="utf-8") == text
    assert run("promote", broken, "published").status == 1
    assert run("promote", "nowhere.yaml", "published").status == 1
    impossible = run("promote", good, "ended", "--on", "2026-13-01")
    assert impossible.status == 2 and "2026-13-01" in impossible.err


def test_import_makes_drafts_and_says_how_many(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "items.csv"
    table.write_text("部门,主项,事项名称,链接\n民政局,低保,低保认定,\n民政局,低保,低保认定,\n", encoding="utf-8")
    done = run("import", "catalogue", table, "--data", tmp_path / "data")
    assert done.status == 0 and done.out.startswith("1 items as drafts from 2 rows (1 repeated)")


def test_import_of_a_bad_table_says_what_is_wrong_with_it(run: Run, tmp_path: Path) -> None:
    columns, noise = tmp_path / "columns.csv", tmp_path / "noise.csv"
    columns.write_text("x,y\n1,2\n", encoding="utf-8")
    noise.write_bytes(b"\xff\xfe\x00\x81\x80" * 40)
    for table, code in ((columns, "catalogue-columns"), (noise, "catalogue-unreadable")):
        done = run("import", "catalogue", table, "--data", tmp_path / "data")
        assert done.status == 1 and code in done.err
    assert run("import", "catalogue", tmp_path / "nowhere.csv", "--data", tmp_path / "data").status == 1
    assert run("import", "people", columns).status == 2


# --- verify, case, bench, up ------------------------------------------------------------------------------------------


def test_verify_of_what_is_no_certificate_proves_nothing(run: Run, tmp_path: Path) -> None:
    keys, noise = tmp_path / "keys.json", tmp_path / "noise.pdf"
    keys.write_text('{"keys": []}')
    noise.write_bytes(b"%PDF-1.4 nothing")
    assert run("verify", noise, "--keys", keys).status in (1, 2)
    assert run("verify", noise, "--data", tmp_path).status == 2
    assert run("verify", tmp_path / "nowhere.pdf", "--keys", keys).status == 2


def test_case_export_needs_a_number_and_an_installation_and_makes_none(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    number = run("case", "export", "seven", "--data", data)
    assert (number.status, number.out) == (1, "") and "bad-case-number" in number.err
    nowhere = run("case", "export", "990101-261103-4Q7Z2M9K", "--data", data)
    assert (nowhere.status, nowhere.out) == (1, "") and "no-installation" in nowhere.err
    assert not data.exists()


def test_an_unknown_bench_is_answered_with_those_there_are(run: Run) -> None:
    done = run("bench", "everything")
    assert done.status == 2 and "submit" in done.err and "due" in done.err


def test_up_refuses_a_setting_that_cannot_be(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("up", "--port", "http").status == 2
    done = run("up", "--port", "99999")
    assert done.status == 1 and "TONGBAN_PORT" in done.err
    monkeypatch.setenv("TONGBAN_PROT", "8000")
    assert "TONGBAN_PROT" in run("up").err
