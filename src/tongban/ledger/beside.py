"""A witness beside the demonstration, so that one sees what a witness is. Beside its log it is no independent one.

The platform is told of it in `log/config.yaml`; what the operator has written there is never touched.
"""

import socket
from pathlib import Path
from typing import Final

import msgspec

from tongban.base.clock import Clock
from tongban.base.errors import refuse
from tongban.ledger.cosigning import Witness as Named
from tongban.ledger.log import CONFIG, LogConfig
from tongban.ledger.policy import Policy
from tongban.ledger.witness import WatchedLog, Witness, WitnessConfig

FILE: Final = Path("log") / "witness.yaml"
_OURS: Final = b"# By tongban up --witness; a start without it takes this file away.\n"


def name_witness(data_dir: Path, policy: Policy, clock: Clock) -> None:
    """Its file, and its name in the platform's, before the site starts. Raises Refused (`witnesses-named`) where the
    operator has named witnesses."""
    path = data_dir / CONFIG
    if path.is_file() and not path.read_bytes().startswith(_OURS):
        raise refuse(
            "witnesses-named",
            "log/config.yaml 里已经写明了见证人，请不要加 --witness。",
            "log/config.yaml names witnesses already: start without --witness.",
            place=str(path),
            status=409,
        )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    logs = (WatchedLog(keys=tuple(key.vkey for key in policy.keys)),)
    config = WitnessConfig(name="witness.demo/beside", listen=f"127.0.0.1:{port}", folder=Path("witness"), logs=logs)
    folder = path.parent.resolve() / config.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Witness.open(msgspec.structs.replace(config, folder=folder), clock).key
    (data_dir / FILE).write_bytes(msgspec.yaml.encode(config, enc_hook=_text))
    named = LogConfig(least=1, witnesses=(Named(url=f"http://127.0.0.1:{port}", key=str(key)),))
    path.write_bytes(_OURS + msgspec.yaml.encode(named))


def without_witness(data_dir: Path) -> None:
    """A start that has no witness beside it waits for none."""
    path = data_dir / CONFIG
    if path.is_file() and path.read_bytes().startswith(_OURS):
        path.unlink()


def _text(value: object) -> str:
    """The one type of ours that YAML does not know."""
    return str(value)
