"""Check bundle files (一件事): errors at their places, then what the one form asks against the services one by one.
检查一件事文件：先指出问题，再数合成一张表以后少填多少。"""

import argparse
import sys
from collections import Counter
from pathlib import Path

import msgspec

from tongban.base.i18n import LANGS, Lang, words
from tongban.catalog.bundle import Bundle
from tongban.catalog.bundle_count import typical
from tongban.catalog.catalogue import version_key
from tongban.catalog.check import check
from tongban.catalog.composing import Composed, compose
from tongban.catalog.findings import format_finding
from tongban.catalog.load import load_file
from tongban.catalog.model import Service
from tongban.catalog.shipped import shipped


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban bundle`."""
    parser.add_argument("what", choices=("check",))
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="bundle files · 一件事文件")
    parser.add_argument("--json", action="store_true", help="findings and counts as JSON")
    parser.add_argument("--lang", choices=LANGS, help="one language only")


def run(options: argparse.Namespace) -> int:
    """1 on any error, 0 with warnings only, 2 when a file is not there or is no bundle."""
    files: list[Path] = options.files
    bundles: dict[Path, Bundle] = {}
    for path in files:
        if not path.is_file():
            print(f"{path}: no such file · 没有这个文件", file=sys.stderr)
            return 2
        value = load_file(path).value
        if value is not None and not isinstance(value, Bundle):
            print(f"{path}: not a bundle file · 不是一件事文件", file=sys.stderr)
            return 2
        if value is not None:
            bundles[path] = value
    findings = check(files)
    count = Counter(finding.severity for finding in findings)
    composed = {path: found for path, one in bundles.items() if (found := compose(one, _newest(path).get)[0])}
    if options.json:
        told = {
            "findings": findings,
            "bundles": {one.bundle.bundle: typical(one).as_json() for one in composed.values()},
        }
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
        return 1 if count["error"] else 0
    for finding in findings:
        print(format_finding(finding, options.lang))
    for one in composed.values():
        _print(one, options.lang or "zh")
    print(f"{count['error']} errors, {count['warning']} warnings · {count['error']} 个错误，{count['warning']} 个提醒")
    return 1 if count["error"] else 0


def _newest(path: Path) -> dict[str, Service]:
    """The services beside the file, over those that are shipped: the newest of each that is not a draft."""
    found: dict[str, Service] = {}
    for folder in (shipped("services"), path.resolve().parent.parent / "services"):
        for file in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            one = load_file(file).value
            if isinstance(one, Service) and one.status != "draft":
                known = found.get(one.service)
                if known is None or version_key(one.version) >= version_key(known.version):
                    found[one.service] = one
    return found


def _print(composed: Composed, lang: Lang) -> None:
    bundle, found = composed.bundle, typical(composed)
    print(f"{bundle.bundle}@{bundle.version} {words(bundle.name, lang)}")
    for part, member in bundle.parts.items():
        service = composed.members[part]
        waits = ", ".join(sorted(bundle.waits(part))) or "-"
        who = f" ({words(bundle.roles[member.by].name, lang)})" if member.by else ""
        print(f"    {part}: {words(service.name, lang)} · {words(service.authority.name, lang)}{who} ← {waits}")
    alone, together = found.alone, found.together
    print(
        f"    {alone.forms} → {together.forms} forms · 张表,"
        f" {alone.questions} → {together.questions} questions · 个问题,"
        f" {alone.papers} → {together.papers} papers · 份材料, {alone.visits} → {together.visits} visits · 次上门,"
        f" {found.repeated} repeated · 个重复"
    )
