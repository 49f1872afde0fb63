"""Release open data of a month: exact sums of large groups, fine tables with noise, a data sheet, signed.
发布一个月的公开数据：足够大的组给准确数，细表加噪声，附说明，平台签名。"""

import argparse
import os
import shutil
from pathlib import Path

from tongban.base.config import Settings
from tongban.base.errors import refuse
from tongban.cli.installed import with_site
from tongban.cli.saying import saying_refusals
from tongban.oversight import store
from tongban.oversight.computing import Period
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import opened
from tongban.oversight.opendata import noise
from tongban.oversight.opendata.files import MANIFEST
from tongban.oversight.opendata.making import Public, due, release
from tongban.oversight.turning import facts_dir
from tongban.web.site import Site


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban opendata`."""
    parser.add_argument("what", choices=("release",))
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to put a copy · 放到哪里")
    parser.add_argument("--month", metavar="MONTH", help="as 2026-10; by default the last that settled · 哪个月")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0 when the release is in its folder, 1 with every reason if it cannot be."""
    with saying_refusals() as said:
        settings = Settings.load(os.environ, data_dir=options.data)

        async def made(site: Site) -> Path:
            now = site.clock().astimezone(settings.timezone)
            period = Period.named(options.month) if options.month else due(now.date())
            with opened(facts_dir(settings.data_dir)) as facts:
                facts.know(await store.bands(site.db))
                return release(facts, read_indicators(), period, _public(site), site.keys, now, settings.data_dir)

        target = options.out / (folder := with_site(settings, made)).name
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
        print(f"{target}")
        if not noise.available():
            print("没有细表：没有装 OpenDP · no fine tables: OpenDP is not installed (requirements-opendata.lock)")
    return said.status


def _public(site: Site) -> Public:
    """The lists that everybody knows: regions and services there are, whether or not anybody used them."""
    register = site.directory.register
    return Public(
        origin=site.settings.address,
        regions=tuple(sorted(region.code for region in register.regions)),
        services=tuple(sorted({one.service for one in site.catalogue.services()})),
    )
