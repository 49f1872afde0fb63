"""The keys that documents are signed with and that personal data are sealed with: list, rotate, require, erase.
签名用的密钥和保护个人信息的密钥：列出、更换、要求国密双签名、改用新主密钥、按人删除。"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.crypto import Encryption, Suite
from tongban.base.database import Database
from tongban.base.documents import DOCUMENTS, documents_of
from tongban.base.errors import refuse
from tongban.base.keys import Document, KeyRing, Use, first_of
from tongban.base.sealing import FileKeys, rewrap_blind, store
from tongban.certs import renewal
from tongban.certs.renewal import Outcome
from tongban.cli.installed import exists, with_database
from tongban.cli.progress import Bar
from tongban.cli.saying import saying_refusals
from tongban.org import store as people

CLASSES = tuple(use.value for use in Use)
_DUAL = tuple(document for document, signed in DOCUMENTS.items() if Suite.GM in signed.can)
_OVERLAP = timedelta(days=7)
"""How long an ended key may still sign: until everything that has it in memory was started again."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban keys`."""
    parser.add_argument("what", choices=tuple(_ORDERS))
    parser.add_argument(
        "names",
        nargs="*",
        default=[],
        metavar="NAME",
        help=f"rotate, require, resign: classes of document ({', '.join(CLASSES)}; rotate with none: the master key); "
        "erase: whose · 更换、要求、重签：哪类文件；删除：谁的",
    )
    parser.add_argument(
        "--suite", choices=tuple(Suite), help="rotate, require: which suite (default intl) · 国际算法或国密"
    )
    parser.add_argument(
        "--lost", action="store_true", help="rotate: others may have the old keys, believe none of them · 旧密钥已泄露"
    )
    parser.add_argument("--why", default="", metavar="TEXT", help="erase: the ground, kept for good · 删除的理由")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0 when it is done, 1 when it cannot be, 2 for an order that is not complete."""
    order = _ORDERS[options.what]
    if wrong := order.wrong(options):
        print(wrong, file=sys.stderr)
        return 2
    with saying_refusals() as said:
        order.do(Settings.load(os.environ, data_dir=options.data), options)
    return said.status


def _list(settings: Settings, _: argparse.Namespace) -> None:
    _installed(settings)
    now = system_clock(settings.timezone)()
    ring = KeyRing.open(settings.keys_dir, now)
    for use in Use:
        print(use)
        for document in documents_of(use):
            what = DOCUMENTS[document].what
            print(f"  {document}: {' + '.join(ring.keys.suites(document))}  {what.en} · {what.zh}")
        signing = {key.id for suite in Suite if (key := ring.newest(use, now, suite))}
        for key in sorted(ring.public.values(), key=lambda key: (key.not_before, key.id)):
            if key.use is use:
                mark = "  signs · 在用" if key.id in signing else "" if key.valid_at(now) else "  ended · 已停用"
                print(f"  {key.id}  {key.algorithm}  {key.not_before:%Y-%m-%d} – {key.not_after:%Y-%m-%d}{mark}")


def _new_keys(settings: Settings, options: argparse.Namespace) -> None:
    """Another key for each class; the older ones of the suite end, at once and backwards if they were lost."""
    _installed(settings)
    now = system_clock(settings.timezone)()
    suite = Suite(options.suite or Suite.INTL)
    for use in map(Use, options.names):
        new = KeyRing.renew(settings.keys_dir, use, now, first_of(use, suite))
        until = None if options.lost else now + _OVERLAP
        ended = KeyRing.retire(settings.keys_dir, use, suite, until, keep=new.id)
        print(f"{use}: {new.id} ({new.algorithm})")
        for key_id in ended:
            last = "withdrawn · 作废" if until is None else f"until · 用到 {until:%Y-%m-%d}"
            print(f"  {key_id}  {last}")
    if set(options.names) & set(_VOUCHED):
        print("Then run tongban keys resign. 重启之后请执行 tongban keys resign。")
    print(
        "Restart the platform within 7 days and publish the list of keys anew. 请在7天内重启平台，并重新公布公钥名单。"
    )


def _require(settings: Settings, options: argparse.Namespace) -> None:
    """Both suites, or `intl` alone; the keys that are missing are made."""
    _installed(settings)
    now = system_clock(settings.timezone)()
    suites = tuple(dict.fromkeys((Suite.INTL, Suite(options.suite))))
    ring = KeyRing.open(settings.keys_dir, now)
    for document in map(Document, options.names):
        use = DOCUMENTS[document].use
        for suite in suites:
            if ring.newest(use, now, suite) is None:  # first, for it is refused where there is no SM2
                KeyRing.renew(settings.keys_dir, use, now, first_of(use, suite))
        KeyRing.require(settings.keys_dir, document, suites)
        print(f"{document}: {' + '.join(suites)}")
    print("Restart the platform; its list of keys is new then. 请重启平台，公钥名单随之更新。")


def _rotate(settings: Settings, options: argparse.Namespace) -> None:
    if options.names:
        _new_keys(settings, options)
    else:
        _rotate_master(settings)


def _rotate_master(settings: Settings) -> None:
    if settings.key_command:
        raise refuse(
            "keys-elsewhere",
            "主密钥由密钥服务保管，请在那里更换，然后执行 tongban keys rewrap。",
            "The key service holds the master key: change it there, then run tongban keys rewrap.",
        )
    _installed(settings)
    now = system_clock(settings.timezone)()
    keys = FileKeys.rotate(settings.sealing_dir, now, Encryption(settings.sealing_suite))
    print(f"New master key · 新主密钥: {asyncio.run(keys.current())}")
    print("Restart the platform, then run tongban keys rewrap. 请重启平台，再执行 tongban keys rewrap。")


async def _status(db: Database) -> None:
    current = await db.sealer.service.current()
    held = await store.masters(db)
    for master in sorted({current, *held}):
        mark = "  wraps new keys · 当前" if master == current else ""
        print(f"{master}  {held.get(master, 0):,} persons · 人{mark}")


async def _rewrap(db: Database, settings: Settings) -> None:
    await rewrap_blind(db.sealer.service, settings.sealing_dir)
    done = await db.sealer.rewrap(db)
    print(f"{done:,} keys are under the current master key now. {done:,}把密钥已改由当前主密钥保护。")


_VOUCHED = (Use.LOG, Use.CERTIFICATE)
"""Classes with documents that are kept and can be signed anew."""


async def _resign(db: Database, settings: Settings, names: Sequence[str]) -> None:
    wanted = [Use(name) for name in names] or _VOUCHED
    if Use.CERTIFICATE in wanted:
        await _resign_certificates(db, settings)
    if Use.LOG in wanted:
        await _resign_tombstones(db, settings)


async def _resign_certificates(db: Database, settings: Settings) -> None:
    now = system_clock(settings.timezone)()
    ring = KeyRing.open(settings.keys_dir, now)
    with Bar("certificates 证照") as bar:
        found = await renewal.renew(db, ring, now, lambda done, of: bar(done / of if of else 1.0))
    done, fine, erased = (found[one] for one in (Outcome.DONE, Outcome.FINE, Outcome.ERASED))
    print(
        f"{done:,} certificates signed anew, {fine:,} needed nothing, {erased:,} are erased. "
        f"{done:,}张证照已重签，{fine:,}张不需要，{erased:,}张的个人信息已删除。"
    )
    if refused := found[Outcome.REFUSED]:
        raise refuse(
            "certificates-not-ours",
            f"有{refused}张证照不能用没有作废的密钥证明是本平台签的，没有重签：请查清来历，重新发证。",
            f"{refused} certificates are by no key of ours that is believed, and were left: find out why, and issue"
            " them again.",
            place="certificate",
            status=409,
        )


async def _resign_tombstones(db: Database, settings: Settings) -> None:
    renewed = await db.sealer.tombstones.renew(db, system_clock(settings.timezone)())
    print(f"{renewed.done:,} tombstones signed by today's keys. {renewed.done:,}份删除记录已用现在的密钥重签。")
    if renewed.refused:
        raise refuse(
            "not-ours",
            f"有{renewed.refused}份删除记录不是本平台的密钥签的，没有重签，请查清来历。",
            f"{renewed.refused} tombstones were never signed by a key of ours and were left; find out why.",
            place="person_key_erased",
            status=409,
        )


async def _erase(db: Database, settings: Settings, person: str, why: str) -> None:
    async with db.transaction() as connection:
        done = await people.erase(connection, person, system_clock(settings.timezone)(), why)
    if not done:
        raise refuse("no-key", f"没有 {person} 的密钥", f"There is no key of {person}", place=person, status=404)
    print(f"What is known of {person} can no longer be opened. {person} 的个人信息已不能再打开。")


def _installed(settings: Settings) -> None:
    if not exists(settings):
        raise refuse(
            "no-installation",
            f"{settings.data_dir} 里没有平台。请用 --data 指定数据目录",
            f"There is no installation in {settings.data_dir}. Name it with --data",
            place=str(settings.data_dir),
            status=404,
        )


def _classes_wrong(options: argparse.Namespace) -> str:
    if all(name in CLASSES for name in options.names):
        return ""
    return f"The classes of document are · 文件的类别有: {', '.join(CLASSES)}"


def _rotate_wrong(options: argparse.Namespace) -> str:
    if not options.names and (options.suite or options.lost):
        return "--suite and --lost go with a class of document. --suite 和 --lost 要写明哪类文件。"
    return _classes_wrong(options)


def _resign_wrong(options: argparse.Namespace) -> str:
    if all(name in _VOUCHED for name in options.names):
        return ""
    return f"Classes that can be signed anew · 能重签的文件类别: {', '.join(_VOUCHED)}"


def _require_wrong(options: argparse.Namespace) -> str:
    if not options.names or not options.suite:
        return "require takes a class of document and --suite intl|gm. 请写明哪类文件和 --suite intl|gm。"
    if all(name in _DUAL for name in options.names):
        return ""
    return f"Classes that can bear two signatures · 能有两个签名的文件类别: {', '.join(_DUAL)}"


def _erase_wrong(options: argparse.Namespace) -> str:
    if len(options.names) == 1 and options.why.strip():
        return ""
    return "erase takes PERSON and --why TEXT. 删除要写明谁和 --why。"


def _nothing_wrong(options: argparse.Namespace) -> str:
    return "This takes no name. 这一项不用写名称。" if options.names else ""


def _say_status(settings: Settings, _: argparse.Namespace) -> None:
    with_database(settings, _status)


def _all_rewrapped(settings: Settings, _: argparse.Namespace) -> None:
    with_database(settings, lambda db: _rewrap(db, settings))


def _resigned(settings: Settings, options: argparse.Namespace) -> None:
    with_database(settings, lambda db: _resign(db, settings, options.names))


def _erased(settings: Settings, options: argparse.Namespace) -> None:
    with_database(settings, lambda db: _erase(db, settings, options.names[0], options.why.strip()))


class _Order(NamedTuple):
    """What is wrong with an order, in a sentence, or nothing; and what does it."""

    wrong: Callable[[argparse.Namespace], str]
    do: Callable[[Settings, argparse.Namespace], None]


_ORDERS: dict[str, _Order] = {
    "list": _Order(_nothing_wrong, _list),
    "rotate": _Order(_rotate_wrong, _rotate),
    "require": _Order(_require_wrong, _require),
    "status": _Order(_nothing_wrong, _say_status),
    "resign": _Order(_resign_wrong, _resigned),
    "rewrap": _Order(_nothing_wrong, _all_rewrapped),
    "erase": _Order(_erase_wrong, _erased),
}
