"""Watch public logs and sign only what continues what was seen before: run it on another body's machine.
做公开日志的见证人：只给没有改写过历史的日志签名。请在另一个单位的机器上运行。

  tongban witness --config FILE        sign until stopped; --key prints the verifier key and ends
"""

import argparse
import re
import signal
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Final

from tongban.base.clock import system_clock
from tongban.cli.saying import saying_refusals
from tongban.ledger.witness import MOST_BYTES, Answer, Witness, read_config

_SECONDS: Final = 10
_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban witness`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--config", type=Path, required=True, help="the witness's file · 见证人的设置文件")
    parser.add_argument("--key", action="store_true", help="print the verifier key · 只打印公钥")


def run(options: argparse.Namespace) -> int:
    """0 when it was told to stop, 2 when it cannot begin."""
    with saying_refusals() as said:
        config = read_config(options.config)
        config.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        witness = Witness.open(config, system_clock())
        print(f"{witness.key}", flush=True)
        if options.key:
            return 0
        host, _, port = config.listen.rpartition(":")
        try:
            server = ThreadingHTTPServer((host.strip("[]"), int(port)), handler(witness))
        except OSError as error:
            print(f"{config.listen}: {error.strerror}. 无法在这个地址上接听。", file=sys.stderr)
            return 2
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stopping(server))
        print(f"Watching {len(witness.logs)} logs on {config.listen}. 正在见证{len(witness.logs)}个日志。", flush=True)
        server.serve_forever()
        server.server_close()
    return 2 if said.status else 0


def _stopping(server: ThreadingHTTPServer) -> Callable[[int, FrameType | None], None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        Thread(target=server.shutdown).start()  # it waits for the loop, which this signal has interrupted

    return stop


def handler(witness: Witness) -> type[BaseHTTPRequestHandler]:
    """What answers for a witness over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        """Two addresses, as C2SP tlog-witness names them."""

        protocol_version = "HTTP/1.1"
        timeout = _SECONDS
        server_version = "tongban-witness"
        sys_version = ""

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if self.path != "/add-checkpoint" or not length.isdecimal() or int(length) > MOST_BYTES:
                self.close_connection = True
                return self._say(Answer(404 if self.path != "/add-checkpoint" else 400, "no such request\n"))
            return self._say(witness.add_checkpoint(self.rfile.read(int(length))))

        def do_GET(self) -> None:
            found = _CHECKPOINT.fullmatch(self.path)
            self._say(witness.checkpoint(found[1]) if found else Answer(404, "nothing here\n"))

        def _say(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("content-type", answer.kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's names
            """Nothing is written of who asked."""

    return Handler
