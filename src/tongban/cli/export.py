"""Export one item: the elements of the implementation list (实施清单), CPSV-AP as JSON-LD, or its rules as DMN.
导出一个事项：实施清单要素（JSON）、欧盟 CPSV-AP（JSON-LD），或它的规则（DMN）。"""

import argparse
import os
import sys
from pathlib import Path

import msgspec

from tongban.base.config import Settings
from tongban.catalog.export import cpsv_ap, decision_model, implementation_list
from tongban.catalog.installation import open_catalogue
from tongban.cli.saying import saying_refusals


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban export`."""
    parser.add_argument("service", help="its slug, e.g. residence-permit · 事项标识")
    parser.add_argument("--format", choices=("checklist", "cpsv", "dmn"), default="checklist")
    parser.add_argument("--data", type=Path, help="data directory with services of your own · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0, or 1 when there is no such service."""
    with saying_refusals() as said:
        settings = Settings.load(os.environ, data_dir=options.data)
        catalogue = open_catalogue(settings.data_dir)
        service = catalogue.service(options.service)
        if options.format == "dmn":
            sys.stdout.buffer.write(decision_model(service))
            return 0
        made = (
            cpsv_ap(service, base=settings.address + "/")
            if options.format == "cpsv"
            else implementation_list(service, catalogue.procedure(service.procedure))
        )
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")
    return said.status
