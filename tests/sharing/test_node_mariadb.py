"""A node beside MariaDB, as many departments have it: a real server, started for these tests."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

import pytest
from node_world import PERSON, ask, at_least, node, question, record

from tongban.base.clock import ZONE
from tongban.base.errors import Refused

SERVER = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
CLIENT = shutil.which("mariadb")
TABLE = """
CREATE DATABASE hr CHARACTER SET utf8mb4;
CREATE TABLE hr.insured (id_number varchar(18), months int, employer varchar(80), left_on date, wage decimal(9,2),
  active boolean, phone varchar(20), told datetime, state varchar(20), secret text);
INSERT INTO hr.insured VALUES
  ('990101198802161072', 76, '岚江远山印务有限公司（演示）', '2026-10-16', 5200, false, '15400000003',
   '2026-11-01 08:00:00', 'in', '不给'),
  ('990101198802161072', 20, '早先的单位', NULL, 4000, true, '15400000003', '2019-01-01 08:00:00', 'in', '不给'),
  ('990101198802161072', 10, '没有日期的', NULL, 4000, true, '15400000003', NULL, 'in', '不给'),
  ('990201199405120521', 8, '甲', NULL, 4800.5, true, '15400000001', '2026-11-01 08:00:00', 'in', '不给');
CREATE USER reader IDENTIFIED BY 'r';
GRANT SELECT ON hr.insured TO reader;
CREATE USER writer IDENTIFIED BY 'w';
GRANT ALL ON hr.* TO writer;
CREATE FUNCTION hr.touch() RETURNS varchar(20) MODIFIES SQL DATA
BEGIN UPDATE hr.insured SET months = 999; RETURN 'x'; END
//
CREATE VIEW hr.trap AS SELECT id_number, months, hr.touch() AS employer, told, state FROM hr.insured;
"""


def _answers(socket: Path) -> bool:
    asked = subprocess.run([CLIENT or "", f"--socket={socket}", "-e", "SELECT 1"], capture_output=True, check=False)
    return asked.returncode == 0


@pytest.fixture(scope="module")
def server() -> Generator[Path]:
    """The socket of a fresh server. Its path is short: a socket's may have 107 bytes."""
    if SERVER is None or CLIENT is None:
        pytest.skip("not run: no MariaDB server here (Debian: mariadb-server)")
    pytest.importorskip("asyncmy", reason="not run: asyncmy is not installed (requirements-mysql.lock)")
    with tempfile.TemporaryDirectory(prefix="tb-") as made:
        folder = Path(made)
        install = Path(shutil.which("mariadb-install-db") or "mariadb-install-db")
        plain = ["--no-defaults", f"--datadir={folder}/data"]
        me = [f"--user={os.environ.get('USER', 'root')}"] if os.geteuid() == 0 else []
        quick = ["--auth-root-authentication-method=normal", "--skip-test-db", *me]
        subprocess.run([install, *plain, *quick], capture_output=True, check=True)
        socket = folder / "s"
        small = ["--innodb-buffer-pool-size=8M", "--performance-schema=off", "--skip-networking", *me]
        process = subprocess.Popen(
            [SERVER, *plain, f"--socket={socket}", f"--pid-file={folder}/p", *small],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + 60
            while not _answers(socket):
                assert process.poll() is None and time.monotonic() < until, "the server did not start"
            first, rest = TABLE.split("CREATE FUNCTION")
            words = f"{first}DELIMITER //\nCREATE FUNCTION{rest.replace('//', '//DELIMITER ;', 1)}".replace(
                "//DELIMITER", "//\nDELIMITER"
            )
            subprocess.run([CLIENT, f"--socket={socket}"], input=words.encode(), check=True)
            yield socket
        finally:
            process.terminate()
            process.wait()


def _source(server: Path, folder: Path, who: str = "reader") -> str:
    (folder / f"{who}.password").write_text(who[0])
    url = f"mariadb://{who}@localhost/hr?unix_socket={server}"
    return f"sources: {{s: {{kind: sql, url: '{url}', password_file: {who}.password, seconds: 3}}}}"


NEWEST = "      rows: newest\n"


async def test_of_several_rows_the_newest_counts_and_it_is_told_as_from_every_other_store(server: Path, tmp_path: Path):
    beside = node(_source(server, tmp_path) + record("s", "hr.insured", NEWEST), tmp_path)
    try:
        fields = ("months_paid", "employer", "left_on", "wage", "active", "phone")
        answer = await ask(beside, question(fields, [at_least("months_paid", 12)]))
        assert answer.values == {
            "months_paid": 76,
            "employer": "岚江远山印务有限公司（演示）",
            "left_on": "2026-10-16",
            "wage": 5200,
            "active": False,
            "phone": "*******0003",
        }
        assert answer.tests == {"t": True}
        assert answer.as_of == datetime(2026, 11, 1, 8, 0, tzinfo=ZONE)
        assert not (await ask(beside, question(subject="990101190001010000"))).found
    finally:
        await beside.close()


async def test_two_rows_where_there_should_be_one_are_a_fault_not_an_answer(server: Path, tmp_path: Path):
    beside = node(_source(server, tmp_path) + record("s", "hr.insured"), tmp_path)
    try:
        with pytest.raises(Refused) as refused:
            await ask(beside, question())
        assert refused.value.code == "source-many-rows"
        assert PERSON not in str(refused.value.problems)
    finally:
        await beside.close()


async def test_a_role_that_may_write_cannot_through_a_node(server: Path, tmp_path: Path):
    beside = node(_source(server, tmp_path, "writer") + record("s", "hr.trap", NEWEST), tmp_path)
    reading = node(_source(server, tmp_path) + record("s", "hr.insured", NEWEST), tmp_path)
    try:
        with pytest.raises(Refused):
            await ask(beside, question(("employer",)))
        assert (await ask(reading, question())).values == {"months_paid": 76}
    finally:
        await beside.close()
        await reading.close()
