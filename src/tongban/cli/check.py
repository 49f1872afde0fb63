"""Read service, procedure and use files as a compiler does: every mistake at its line, all at once.
像编译器一样检查事项、流程和算法文件：一次列出全部问题，指到行。"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import msgspec

from tongban.assist.guide.words import check_words
from tongban.base.i18n import LANGS, Lang, words
from tongban.catalog.catalogue import version_key
from tongban.catalog.check import check
from tongban.catalog.check.run import law_files
from tongban.catalog.findings import Finding, format_finding
from tongban.catalog.load import load_file
from tongban.catalog.model import Audience, Service
from tongban.catalog.once_only import asked, together
from tongban.catalog.shipped import Folder, shipped
from tongban.oversight.files import check_indicators
from tongban.sharing.directory.asking import check_asking
from tongban.sharing.directory.check import check_read
from tongban.sharing.directory.load import folders, read
from tongban.voice.hotline import areas

WORDS = "words"
"""The folder of the guide's lexicon, which is no law and so has a reader of its own."""
INDICATORS = "indicators"
"""The folder of what is measured, which is no law either."""
LISTS = "directory"
"""A folder of the list of data: its dictionary and its entries."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban check`."""
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files or folders; default: the shipped law"
    )
    parser.add_argument("--json", action="store_true", help="findings as JSON")
    parser.add_argument("--lang", choices=LANGS, help="one language only")
    parser.add_argument(
        "--asked",
        action="store_true",
        help="instead of findings: questions and papers of each service, with nothing shared and with its sources",
    )


def _data(law: Sequence[Path], lists: Sequence[Path], *, whole: bool) -> Iterator[Finding]:
    """What is wrong with the list of data, and with what these services ask of it.

    A service is held against the shipped list and the one in the folder `directory` beside its own.
    """
    files, _ = law_files(law)
    beside = dict.fromkeys(path.resolve().parent.parent / LISTS for path in files)
    places = [*folders(), *(place for place in beside if place.is_dir()), *lists]
    found = read(dict.fromkeys(path.resolve() for path in places))
    if whole or lists:
        yield from check_read(found)
    loaded = (load_file(path) for path in files)
    services = [one for one in loaded if isinstance(one.value, Service)]
    yield from check_asking(services, found.directory())


def run(options: argparse.Namespace) -> int:
    """1 on any error, 0 with warnings only, 2 when a path is not there."""
    paths: list[Path] = options.paths or [
        *(shipped(folder) for folder in get_args(Folder)),
        shipped("words"),
        shipped("indicators"),
        areas.shipped(),
    ]
    if lost := [path for path in paths if not path.exists()]:
        for path in lost:
            print(f"{path}: no such file or folder · 没有这个文件或文件夹", file=sys.stderr)
        return 2
    if options.asked:
        return _asked(paths, options.lang or "zh", as_json=options.json)
    lexicon = [path for path in paths if WORDS in (path.name, path.parent.name)]
    measures = [path for path in paths if INDICATORS in (path.name, path.parent.name)]
    lists = [path for path in paths if path.name == LISTS and path.is_dir()]
    places = [path for path in paths if path.name == areas.FILE]
    law = [path for path in paths if path not in (*lexicon, *lists, *measures, *places)]
    findings = [
        *check(law),
        *check_words(lexicon),
        *check_indicators(measures),
        *_data(law, lists, whole=not options.paths),
        *(finding for path in places for finding in areas.read_areas(path)[1]),
    ]
    count = Counter(finding.severity for finding in findings)
    if options.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(findings), indent=2) + b"\n")
    else:
        for finding in findings:
            print(format_finding(finding, options.lang))
        print(
            f"{count['error']} errors, {count['warning']} warnings · {count['error']} 个错误，{count['warning']} 个提醒"
        )
    return 1 if count["error"] else 0


def _asked(paths: list[Path], lang: Lang, *, as_json: bool) -> int:
    """Prints what each service asks in its newest version: applicant by applicant, then the total."""
    files = sorted(one for path in paths for one in ([path] if path.is_file() else path.glob("*.yaml")))
    read = [one for one in (load_file(file).value for file in files) if isinstance(one, Service)]
    newest = {one.service: one for one in sorted(read, key=lambda one: version_key(one.version))}
    count = {slug: asked(one) for slug, one in newest.items() if one.audience != (Audience.GOVERNMENT,)}
    total = together(count.values())
    if as_json:
        told = {"services": {slug: one.as_json() for slug, one in count.items()}, "total": total.as_json()}
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
        return 0
    for slug, one in sorted(count.items()):
        print(f"{slug}@{newest[slug].version} {one.alone} → {one.shared} (-{one.fall:.0%})")
        for applicant in one.applicants:
            left = ", ".join(words(thing.name, lang) for thing in applicant.left)
            print(f"    {words(applicant.situation, lang)} {applicant.alone} → {len(applicant.left)}: {left or '-'}")
    print(f"{total.alone} → {total.shared} (-{total.fall:.1%})")
    return 0
