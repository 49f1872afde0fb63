"""Prove that services say the same case by case, as generated code and as SQL, and write the certificates.
证明事项规则逐件办理、生成代码和 SQL 批量计算结果一致，并写出证明。"""

import argparse
import sys
from datetime import date
from pathlib import Path

from tongban import __version__
from tongban.catalog.certificate import FOLDER, Certificate, digest, read_certificate
from tongban.catalog.certify import Differs, certify
from tongban.catalog.load import load_file
from tongban.catalog.model import Service
from tongban.catalog.shipped import shipped
from tongban.cli.saying import saying_refusals

PEOPLE = 100_000
SEED = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban rules certify`."""
    parser.add_argument(
        "services", nargs="*", type=Path, metavar="SERVICE.yaml", help="default: those shipped · 默认全部自带事项"
    )
    parser.add_argument(
        "--as-of", type=date.fromisoformat, required=True, metavar="DATE", help="the day of the comparison · 计算基准日"
    )
    parser.add_argument("--people", type=int, default=PEOPLE, metavar="N", help="at random · 随机人数 (%(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="of chance · 随机种子 (%(default)s)")
    parser.add_argument("--stale", action="store_true", help="only what has no valid certificate · 只做缺少或过期的")
    parser.add_argument("--lang", choices=("zh", "en"), help="messages in one language only · 只用一种语言")


def run(options: argparse.Namespace) -> int:
    """0 with one certificate written for each service; 1 when a service is wrong or two back ends differ."""
    paths: list[Path] = options.services or sorted(shipped("services").glob("*.yaml"))
    status = 0
    with saying_refusals(options.lang) as said:
        for path in paths:
            status = max(status, _certify(path, options))
    return max(status, said.status)


def _certify(path: Path, options: argparse.Namespace) -> int:
    """Raises Refused, OSError."""
    service = load_file(path).require()
    if not isinstance(service, Service):
        print(f"{path}: not a service file · 不是事项文件", file=sys.stderr)
        return 1
    folder = path.parent / FOLDER
    known = read_certificate(folder, service)
    if options.stale and known is not None and known.digest == digest(service):
        return 0
    try:
        certificate = certify(service, options.as_of, count=options.people, seed=options.seed, tool=__version__)
    except Differs as difference:
        print(f"{path}: the back ends differ · 计算结果不一致: {difference}", file=sys.stderr)
        return 1
    folder.mkdir(exist_ok=True)
    (folder / certificate.file).write_text(certificate.text(), encoding="utf-8")
    print(_line(certificate))
    return 0


def _line(certificate: Certificate) -> str:
    if certificate.refusals:
        return f"{certificate.file}: case by case only · 只能逐件计算 ({', '.join(certificate.refusals)})"
    people, (rows, reached) = certificate.edges + certificate.random, certificate.rows
    zh, en = f"{people:,} 人，{rows} 行规则用到 {reached} 行", f"{people:,} people, {reached} of {rows} rows"
    return f"{certificate.file}: {en} · {zh}"
