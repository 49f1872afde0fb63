"""Start the platform: its database, its site, and (unless --empty) the demonstration province.
启动平台：数据库、网站和演示省份（--empty 不带演示）。

This process only keeps the others: the database, the process that prepares (`cli.preparing`), the site's workers, which
load their libraries meanwhile, and what runs beside them. It loads little, for it is there as long as the platform is.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NoReturn

import msgspec

from tongban.base.beside import Beside
from tongban.base.config import PREFIX, Settings
from tongban.base.database import EmbeddedPostgres
from tongban.base.parent import end_with_parent
from tongban.base.starting import preparing
from tongban.cli.saying import saying_refusals


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban up`."""
    parser.add_argument("--port", type=int, help="where to listen (default 8000) · 端口")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")
    parser.add_argument(
        "--province", choices=["lan", "yun"], help="one of two installations side by side · 并排的两个平台之一"
    )
    parser.add_argument("--empty", action="store_true", help="no demonstration province · 不带演示数据")
    parser.add_argument(
        "--witness", action="store_true", help="a witness of the public log beside it · 同时启动一个公开日志见证人"
    )
    parser.add_argument("--no-nodes", action="store_true", help="no nodes of departments · 不启动部门节点")


def run(options: argparse.Namespace) -> int:
    """Serves until it is told to stop; 1 when it cannot start, and what a shell expects when it is told to stop before
    that."""
    signal.signal(signal.SIGTERM, _stop)  # until the server listens to it: what was begun is ended
    try:
        return _run(options)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _stop(*_: object) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)


def _run(options: argparse.Namespace) -> int:
    with saying_refusals() as said:
        settings = _settings(options)
        if not _free(settings):
            port = settings.port
            print(
                f"Port {port} is in use; choose another with --port. 端口 {port} 已被占用，请用 --port 换一个。",
                file=sys.stderr,
            )
            return 1
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        print("Starting the database … 正在启动数据库…", flush=True)
        _tell(settings)
        with ExitStack() as kept:
            preparer = kept.enter_context(_child(*_preparer(witness=options.witness)))
            learner = kept.enter_context(_learning(settings))
            url = os.environ[f"{PREFIX}DATABASE_URL"] = kept.enter_context(_database(settings))
            gate = kept.enter_context(ExitStack())
            gate.enter_context(preparing(settings.data_dir))
            start = kept.enter_context(_Start(preparer, learner, gate, settings, witness=options.witness))
            start.database_is_up(url)
            _serve(settings, start)
            said.status = start.status
    return said.status


def _settings(options: argparse.Namespace) -> Settings:
    """Of an installation; with `--province`, of that one: its own folder in the data directory, its own port."""
    given = Settings.load(
        os.environ,
        port=options.port,
        data_dir=options.data,
        demo=False if options.empty else None,
        nodes=False if options.no_nodes else None,
    )
    if options.province is None:
        return given
    from tongban.org.demo.provinces import PROFILES, Province  # other starts never need them

    province = Province(options.province)
    port = given.port if options.port or f"{PREFIX}PORT" in os.environ else PROFILES[province].port
    return msgspec.structs.replace(
        given,
        province=province.value,
        port=port,
        data_dir=given.data_dir / province.value,
        demo=True,
        nodes=given.nodes and province is Province.LAN,
    )


def _free(settings: Settings) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


def _tell(settings: Settings) -> None:
    """Whom we start read their settings from the environment, as any process of an installation does."""
    os.environ |= {
        f"{PREFIX}DATA_DIR": str(settings.data_dir.resolve()),
        f"{PREFIX}HOST": settings.host,
        f"{PREFIX}PORT": str(settings.port),
        f"{PREFIX}DEMO": str(settings.demo).lower(),
        f"{PREFIX}PROVINCE": settings.province,
    }


@contextmanager
def _database(settings: Settings) -> Generator[str]:
    """The address of the named server, or of the embedded one for as long as the block runs."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.data_dir) as server:
        if server.notice is not None:
            print(f"{server.notice.zh}\n{server.notice.en}", flush=True)
        yield server.url


@contextmanager
def _child(*words: str, quiet: bool = False) -> Generator[subprocess.Popen[bytes]]:
    """A module of ours in a process that ends with the block, and with us, `kill -9` included."""
    child = subprocess.Popen(  # noqa: S603 -- our own interpreter and words
        (sys.executable, "-m", *words),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL if quiet else None,
        start_new_session=True,  # Ctrl-C is for us, who then end it
        preexec_fn=partial(end_with_parent, os.getpid(), signal.SIGKILL),
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def _preparer(*, witness: bool) -> tuple[str, ...]:
    return ("tongban.cli.preparing", *(("witness",) if witness else ()))


@contextmanager
def _learning(settings: Settings) -> Generator[subprocess.Popen[bytes] | None]:
    """Let the demonstration's routing learn beside the rest of the start, in a process of its own: what it takes of
    libraries ends with it. A failure costs the suggestions and nothing else."""
    if not settings.demo or settings.province == "yun" or (settings.data_dir / "uses" / "routing.yaml").exists():
        yield None
        return
    with _child("tongban", "route", "demonstrate", "--data", str(settings.data_dir), quiet=True) as learner:
        yield learner


class _Start:
    """From the database to the site: in a thread of its own, for the server that listens has the main one.

    The workers wait at the gate. What could not be prepared ends the platform; the preparer has said why.
    """

    def __init__(
        self,
        preparer: subprocess.Popen[bytes],
        learner: subprocess.Popen[bytes] | None,
        gate: ExitStack,
        settings: Settings,
        *,
        witness: bool,
    ) -> None:
        self.status = 0
        self._preparer, self._learner, self._gate = preparer, learner, gate
        self._witness = _witness(settings) if witness else None
        self._nodes = _nodes(settings) if settings.demo and settings.nodes else None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="start", daemon=True)

    def database_is_up(self, url: str) -> None:
        """Lets the preparer begin."""
        if self._preparer.stdin is not None:
            with suppress(BrokenPipeError):  # it has ended; its status says so
                self._preparer.stdin.write(f"{url}\n".encode())
                self._preparer.stdin.close()

    def begin(self) -> None:
        """Once the site's address is ours."""
        self._thread.start()

    def __enter__(self) -> "_Start":
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._preparer.kill()  # before the database goes, which would wait for what it writes
        for process in (self._nodes, self._witness):
            if process is not None:
                process.stop()

    def _run(self) -> None:
        if self._preparer.wait():
            if not self._ending.is_set():
                self.status = 1
                os.kill(os.getpid(), signal.SIGTERM)
            return
        if self._learner is not None and self._learner.wait() and not self._ending.is_set():
            print("Requests are routed without suggestions. 诉求分办暂时没有建议。", file=sys.stderr)
        if self._witness is not None:
            self._witness.start()
        self._gate.close()
        if self._nodes is not None:
            self._nodes.start()


def _witness(settings: Settings) -> Beside:
    """Its file is written by the preparer."""
    from tongban.ledger.beside import FILE  # few starts have one

    return Beside("witness", "witness", "--config", str((settings.data_dir / FILE).resolve()), quiet=True)


def _nodes(settings: Settings) -> Beside:
    """The departments of the demonstration, kept by one process (`sharing.node.supervising`); the first page does not
    wait for them."""
    data, site = str(settings.data_dir.resolve()), f"http://{settings.host}:{settings.port}"
    return Beside("nodes", "node", "demonstrate", "--data", data, "--site", site, "--parent", str(os.getpid()))


def _serve(settings: Settings, start: _Start) -> None:
    """Run the workers, which load what they need while the rest is prepared."""
    from granian import Granian  # slow to load; the preparer is at work meanwhile
    from granian.constants import Interfaces

    server = Granian(
        "tongban.web.serve:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        factory=True,
        log_enabled=False,
        backlog=1024,
    )
    server.on_startup(start.begin)
    # A worker is forked with the server's handler: while it loads, SIGTERM would not end it, and the server waits.
    os.register_at_fork(after_in_child=partial(signal.signal, signal.SIGTERM, signal.SIG_DFL))
    server.serve()
