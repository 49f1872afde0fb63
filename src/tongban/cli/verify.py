"""Check a certificate offline: its PDF, its JSON or its signed text. Exit status 0 only when it is genuine and valid.
离线验证证照，PDF、JSON 或签名文本都可以。"""

import argparse
import os
import sys
from pathlib import Path

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.errors import Refused
from tongban.base.i18n import LANGS, Text
from tongban.base.keys import KeyRing
from tongban.certs import PublicKeys, read_jwks, report, verify

_NO_KEYS = Text(
    "没有公钥：请用 --keys 指定公布的公钥文件（本平台在 /.well-known/jwks.json 公布）",
    "No keys: name the published key set with --keys (a site publishes it at /.well-known/jwks.json)",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban verify`."""
    parser.add_argument("file", type=Path, help="certificate: PDF, JSON or signed text · 证照文件")
    parser.add_argument("--keys", type=Path, help="published key set (JWKS) · 公布的公钥文件")
    parser.add_argument("--data", type=Path, help="data directory whose keys to use · 数据目录")
    parser.add_argument("--type", dest="kind", help="the type it must be, e.g. residence-permit · 要求的证照类型")
    parser.add_argument("--lang", choices=LANGS, default="zh")


def run(options: argparse.Namespace) -> int:
    """0 genuine and valid; 1 anything else that was checked; 2 when nothing could be checked."""
    now = system_clock()()
    try:
        data = options.file.read_bytes()
        keys = _keys(options)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except Refused as refused:
        print(refused.problems[0].text[options.lang], file=sys.stderr)
        return 2
    if not keys:
        print(_NO_KEYS[options.lang], file=sys.stderr)
        return 2
    outcome = verify(data, keys, now, type_=options.kind)
    print(report(outcome, options.lang))
    return 0 if outcome.valid else 1


def _keys(options: argparse.Namespace) -> PublicKeys:
    if options.keys:
        return read_jwks(options.keys.read_bytes())
    directory = (options.data or Settings.load(os.environ).data_dir) / "keys"
    # Looking must not make a key ring where there is none.
    return KeyRing.open(directory, system_clock()()).public if any(directory.glob("*.json")) else {}
