"""Ask the guide which service a question is about, one question or a whole file of them.
问导办：一句话，或一个文件的问题，应当办哪件事。"""

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from tongban.assist.guide import batch, evaluation, finding
from tongban.assist.guide.batch import rows
from tongban.assist.guide.finding import Guide
from tongban.assist.guide.model import Found
from tongban.assist.guide.words import Lexicon, open_words
from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.i18n import LANGS, Lang
from tongban.catalog.installation import open_catalogue
from tongban.cli.progress import Bar
from tongban.cli.saying import saying_refusals

_DECISIONS = {"answer": "答 · answer", "clarify": "反问 · asks back", "refuse": "转人工 · hands over"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban guide`."""
    parser.add_argument("question", nargs="?", help="in one's own words · 用自己的话")
    parser.add_argument("--batch", type=Path, metavar="FILE.csv", help="many questions: a column question · 一批问题")
    parser.add_argument("--evaluate", type=Path, metavar="FILE.csv", help="questions with their right items · 评测")
    parser.add_argument(
        "--catalogue",
        type=Path,
        metavar="ITEMS.csv",
        help="ask over these items instead of the installation's · 事项目录",
    )
    parser.add_argument("--with-services", action="store_true", help="--catalogue: the installation's services too")
    parser.add_argument("--limit", type=int, default=10, help="how many items (10) · 列几项")
    parser.add_argument("--json", action="store_true", help="one JSON object a line · 每行一个 JSON")
    parser.add_argument("--lang", choices=LANGS, default="zh", help="language of the words printed")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0 when all was asked; 1 with the reasons if a file cannot be read; 2 without a question."""
    given = [one for one in (options.question, options.batch, options.evaluate) if one]
    if len(given) != 1 or not 1 <= options.limit <= 100:
        print(
            "Give one question, or --batch FILE.csv, or --evaluate FILE.csv; --limit is 1 to 100. "
            "写一个问题，或用 --batch、--evaluate 给一个文件；--limit 是 1 到 100。",
            file=sys.stderr,
        )
        return 2
    for path in (options.batch, options.evaluate, options.catalogue):
        if path is not None and not path.is_file():
            print(f"{path}: no such file · 没有这个文件", file=sys.stderr)
            return 2
    with saying_refusals() as said:
        guide = _guide(options)
        if options.evaluate is not None:
            _evaluate(guide, options)
        elif options.batch is not None:
            _batch(guide, options)
        else:
            _say(options.question, guide.ask(options.question, options.limit), options)
    return said.status


def _guide(options: argparse.Namespace) -> Guide:
    settings = Settings.load(os.environ, data_dir=options.data)
    lexicon: Lexicon = open_words(settings.data_dir)
    if options.catalogue is None:
        return finding.of_catalogue(open_catalogue(settings.data_dir, system_clock(settings.timezone)), lexicon)
    if not options.with_services:
        return batch.guide_over(options.catalogue, lexicon)
    services = open_catalogue(settings.data_dir, system_clock(settings.timezone)).services()
    return finding.over(services, batch.catalogue_items(options.catalogue), lexicon)


def _batch(guide: Guide, options: argparse.Namespace) -> None:
    asked = [row["question"] for row in rows(options.batch)]
    with Bar("asking · 提问") as bar:
        for number, question in enumerate(asked, start=1):
            _say(question, guide.ask(question, options.limit), options)
            bar(number / len(asked))


def _evaluate(guide: Guide, options: argparse.Namespace) -> None:
    found = evaluation.measure(guide, rows(options.evaluate))
    if options.json:
        print(msgspec.json.encode({half: asdict(figures) for half, figures in found.items()}).decode())
        return
    for half, figures in found.items():
        print(half)
        for name, value in asdict(figures).items():
            print(f"  {name:<20} {value:>8}")


def _say(question: str, found: Found, options: argparse.Namespace) -> None:
    if options.json:
        sys.stdout.write(msgspec.json.encode(as_line(question, found)).decode() + "\n")
        return
    lang: Lang = options.lang
    print(f"{question}  →  {_DECISIONS[found.decision]} ({found.confidence:.2f})")
    for one in found.items if found.decision != "refuse" else ():
        print(f"  {one.score:.3f}  {one.item.title[lang]}  [{one.item.department}]")
    if found.situation:
        print(f"  情形 · situation: {found.situation}")
    if found.ask is not None:
        print(f"  {found.ask.text[lang]}")
        for option in found.ask.options:
            print(f"    - {option.label[lang]}")
    if found.decision == "refuse" and found.handover is not None:
        print(f"  {found.handover[lang]}")


def as_line(question: str, found: Found) -> dict[str, Any]:
    """One answer as the line of JSON that `--json` prints; names of fields are stable."""
    return {
        "question": question,
        "decision": found.decision,
        "confidence": found.confidence,
        "items": [
            {
                "rank": rank,
                "key": one.item.key,
                "name": one.item.name,
                "department": one.item.department,
                "version": one.item.version,
                "score": one.score,
                "explained": one.explained,
                "because": one.because,
            }
            for rank, one in enumerate(found.items, start=1)
        ],
        "situation": found.situation or None,
        "ask": found.ask,
        "handover": found.handover if found.decision == "refuse" else None,
    }
