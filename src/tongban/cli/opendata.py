"""Release open data of a month: exact sums of large groups, fine tables with noise, a data sheet, signed.
发布一个月的公开数据：足够大的组给准确数，细表加噪声，附说明，平台签名。"""

import argparse
import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tongban.base.config import Settings
from tongban.base.errors import Refused, refuse
from tongban.cases.demo import Days
from tongban.cli.indicators import take_in
from tongban.cli.installed import with_site
from tongban.cli.saying import saying_refusals
from tongban.cli.telling import telling
from tongban.oversight import store
from tongban.oversight.computing import Period
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import opened
from tongban.oversight.opendata import noise
from tongban.oversight.opendata.files import MANIFEST, digest
from tongban.oversight.opendata.making import Public, due, release, released, releases_dir
from tongban.oversight.turning import BUSY, facts_dir
from tongban.voice import demo_month
from tongban.web.site import Site

BUSY_CODE = "past-busy"


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban opendata`."""
    parser.add_argument(
        "what",
        choices=("release", "demonstrate"),
        help="demonstrate: write the demonstration's earlier month, as a first start does · 补写演示的上个月",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to put a copy · 再放一份到哪里")
    parser.add_argument("--month", metavar="MONTH", help="as 2026-10; by default the last that settled · 哪个月")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0 when the release is in its folder, 1 with every reason if it cannot be."""
    settings = Settings.load(os.environ, data_dir=options.data)
    if options.what == "demonstrate":
        return _demonstrated(settings)
    with telling("release", settings) as told:
        folder = with_site(settings, lambda site: month_released(site, options.month))
        if not noise.available():
            print("没有细表：没有装 OpenDP · no fine tables: OpenDP is not installed (requirements-opendata.lock)")
        _copied(folder, options.out)
    return told.status


def _demonstrated(settings: Settings) -> int:
    with saying_refusals() as said:
        if not settings.demo:
            raise refuse("no-demonstration", "这里不是演示平台", "This is no demonstration", status=409)
        try:
            with_site(settings, month_written)
        except Refused as refused:
            if refused.code == BUSY_CODE:
                return BUSY
            raise
    return said.status


async def month_written(site: Site) -> int:
    """Write the demonstration's month that has settled, and take it into the facts; the number of steps, 0 if it is
    there, was released or cannot be. Raises Refused (`past-busy`, 409) while another process does, and as `write` and
    `take_in`."""
    settings, now = site.settings, site.clock()
    days, period = Days(now, site.calendar, settings.timezone), due(now.astimezone(settings.timezone).date())
    with _alone(settings.data_dir):
        if period.name in released(settings.data_dir):
            return 0  # nothing is added to what everybody was told
        if not await demo_month.missing(site.db, site.keys, days, period.since, period.until):
            return 0
        done = await demo_month.write(site.voice, settings, days, period.since, period.until, _Told(period.name))
        await take_in(site, whole=True)
    return done


class _Told:
    """Says on the console how far it is, a few times."""

    def __init__(self, name: str) -> None:
        self._name, self._said = name, -1

    def __call__(self, done: int, of: int) -> None:
        if (quarter := 4 * done // of) > self._said:
            self._said = quarter
            far = f"{self._name}: {25 * quarter} %"
            print(f"  Demonstration cases in the background · 后台补写演示办件 {far}", flush=True)


@contextmanager
def _alone(data_dir: Path) -> Generator[None]:
    """One at a time; the lock goes with whoever holds it."""
    with (data_dir / "demonstration.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refuse(
                BUSY_CODE,
                "另一个进程正在补写演示办件",
                "Another process is writing the demonstration's cases",
                status=409,
            ) from None
        yield


def _copied(folder: Path, out: Path | None) -> None:
    if out is None:
        print(folder)
        return
    target = out / folder.name
    if target.exists() and (target / MANIFEST).read_bytes() != (folder / MANIFEST).read_bytes():
        raise refuse(
            "out-taken",
            f"{target} 里已经有另一份发布",
            f"Another release lies in {target} already",
            place=str(target),
            status=409,
        )
    if not target.exists():
        shutil.copytree(folder, target)
    print(target)


async def month_released(site: Site, month: str | None) -> Path:
    """The folder of the month's release, made of everything that has happened if there is none.

    Raises Refused (`facts-behind`, `release-lost`), and as `release`, `begin_release` and `take_in`.
    """
    now, data_dir = site.clock().astimezone(site.settings.timezone), site.settings.data_dir
    period = Period.named(month) if month else due(now.date())
    if period.name not in released(data_dir) and (turn := await take_in(site)).failed:
        left_out = [one.region for one in turn.failed]
        raise refuse(
            "facts-behind",
            f"还有办件没有统计进来，现在发布就永远少了它们：{'、'.join(left_out)}",
            f"Not everything was taken in, and a release would lack it for good: {', '.join(left_out)}",
            status=409,
        )
    bands = await store.bands(site.db)
    async with site.db.transaction() as connection:
        await store.begin_release(connection, period.name)
        there = released(data_dir)
        for lost in (month for month in await store.released_months(connection) if month not in there):
            raise refuse(  # of this month, or of one before: who does not know what was told cannot know what may be
                "release-lost",
                f"{lost} 已经发布过，文件夹却不在：噪声只抽一次，请从备份或公开的副本放回去",
                f"{lost} was released, and its folder is gone. Noise is drawn once: put it back from a backup or"
                " from a public copy",
                place=str(releases_dir(data_dir) / lost),
                status=409,
            )
        with opened(facts_dir(data_dir)) as facts:
            facts.know(bands)
            folder = release(facts, read_indicators(), period, _public(site), site.keys, now, data_dir)
        await store.keep_release(connection, period.name, digest((folder / MANIFEST).read_bytes()), now)
    return folder


def _public(site: Site) -> Public:
    """The lists that everybody knows: regions and services there are, whether or not anybody used them."""
    register = site.directory.register
    return Public(
        origin=site.settings.address + (" (演示 · demonstration)" if site.settings.demo else ""),
        regions=tuple(sorted(region.code for region in register.regions)),
        services=tuple(sorted({one.service for one in site.catalogue.services()})),
    )
