"""An operator's own streets: every mistake at its line, and a file with one stops no request."""

from pathlib import Path

import pytest

from tongban.cli import check
from tongban.voice.hotline.areas import FILE, read_areas, shipped
from tongban.voice.hotline.places import Places

SOUND = '- {code: "990101001", name: {zh: 百花街道, en: Baihua}}\n'


def test_what_is_shipped_is_sound() -> None:
    areas, wrong = read_areas(shipped())
    assert areas
    assert not wrong


@pytest.mark.parametrize(("text", "code", "line"), [
    ("a: [1\n", "areas-not-yaml", 2),
    ("a: 1", "areas-no-list", 1),
    (SOUND + "- {code: 990101002, name: {zh: 甲, en: A}}", "areas-entry", 2),
    (SOUND + '- {code: "9901", name: {zh: 甲, en: A}}', "areas-entry", 2),
    (SOUND + '- {code: "990101002", name: {zh: 甲}}', "areas-entry", 2),
    (SOUND + '- {code: "990101002", name: {zh: 2026-13-01, en: A}}', "areas-entry", 2),
    (SOUND + '- {code: "990101002", name: {zh: 甲, en: A}, words: [""]}', "areas-entry", 2),
    (SOUND + "- !!python/name:os.system x", "areas-entry", 2),
    (SOUND + "- !!timestamp x", "areas-entry", 2),
    (SOUND + SOUND, "areas-twice", 2),
    (SOUND + '- {code: "990101009001", name: {zh: 甲, en: A}}', "areas-no-street", 2),
])  # fmt: skip
def test_a_mistake_is_told_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str, line: int
) -> None:
    file = tmp_path / FILE
    file.write_text(text, encoding="utf-8")
    areas, wrong = read_areas(file)
    assert not areas
    assert [(one.code, one.line) for one in wrong] == [(code, line)]
    assert Places(tmp_path).heard("990101", "百花街道路灯不亮") == "990101"  # the county alone
    parser = check.argparse.ArgumentParser()
    check.configure(parser)
    assert check.run(parser.parse_args([str(file)])) == 1
    assert code in capsys.readouterr().out
