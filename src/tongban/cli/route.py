"""Train, measure and use the routing of requests (智能分办) on your own labelled requests. No model is shipped.
用自己的历史诉求训练、评测和使用智能分办；平台不带现成模型。"""

import argparse
import csv
import io
import os
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tongban.base import private
from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.cli.progress import Bar
from tongban.cli.saying import saying_refusals, sentence

if TYPE_CHECKING:
    from tongban.assist.routing.adopting import Adopted
    from tongban.web.site import Site


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban route`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    evaluate = verbs.add_parser("evaluate", **sentence("cross-validate on labelled requests · 交叉评测"))
    _labelled(evaluate)
    evaluate.add_argument("--folds", type=int, default=5, help="how many parts (default 5) · 折数")
    evaluate.add_argument("--dedup", action="store_true", help="keep one of near duplicates · 近似重复的只留一条")
    evaluate.add_argument("--json", action="store_true", help="print JSON · 输出 JSON")
    train = verbs.add_parser("train", **sentence("make a model file · 训练模型文件"))
    _labelled(train)
    train.add_argument("--out", type=Path, required=True, metavar="MODEL", help="the model file · 模型文件")
    adopt = verbs.add_parser("adopt", **sentence("measure, train and put into use · 评测、训练并启用"))
    _labelled(adopt)
    adopt.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")
    adopt.add_argument(
        "--automatic",
        action="store_true",
        help="sure ones are ticked for the clerk if 98%% of these were right · 有把握的替窗口人员先勾好",
    )
    show = verbs.add_parser("demonstrate", **sentence("adopt a model of invented requests · 启用演示模型"))
    show.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")
    lessons = verbs.add_parser(
        "lessons", **sentence("checked re-routings as a training file · 导出核对过的改派，供训练")
    )
    lessons.add_argument(
        "--out", type=Path, required=True, metavar="FILE.csv", help="columns text,label · 列 text,label"
    )
    lessons.add_argument("--region", metavar="CODE", help="six digits; default every region · 地区")
    lessons.add_argument(
        "--since", type=date.fromisoformat, metavar="DATE", help="checked since, YYYY-MM-DD · 从哪天起"
    )
    lessons.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")
    predict = verbs.add_parser("predict", **sentence("answer every row of a file · 逐条给出建议"))
    predict.add_argument("model", type=Path, metavar="MODEL")
    predict.add_argument("--batch", type=Path, required=True, metavar="FILE.csv", help="requests · 诉求文件")
    predict.add_argument("--text", required=True, metavar="COL", help="column of the text · 正文列")
    predict.add_argument("--json", action="store_true", help="one JSON object a line · 每行一个 JSON")


def _labelled(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--text", required=True, metavar="COL", help="column of the text · 正文列")
    parser.add_argument("--label", required=True, metavar="COL", help="column of the right answer · 类别列")


def run(options: argparse.Namespace) -> int:
    """0 when done; 2 with every reason where the input is not fit."""
    # One thread: the work is not of the kind that more help, and an office's machine has other things to do.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with saying_refusals() as said:
        VERBS[options.verb](options)
    return 2 if said.status else 0


def _evaluate(options: argparse.Namespace) -> None:
    from tongban.assist.routing.evaluation import evaluate
    from tongban.assist.routing.reading import read

    rows = read(options.file, options.text, options.label)
    _skipped(rows.skipped)
    with Bar("evaluating · 评测") as bar:
        report = evaluate(rows.texts, rows.labels, folds=options.folds, dedup=options.dedup, progress=bar)
    if options.json:
        print(msgspec.json.encode(report).decode())
        return
    size = f"{report.rows:,} rows, {report.classes} classes, {report.folds} folds"
    print(f"{size} · {report.rows:,} 条，{report.classes} 类，{report.folds} 折")
    for name, value in (
        ("accuracy · 准确率", report.accuracy),
        ("macro-F1 · 宏平均 F1", report.macro_f1),
        ("right one among three · 前三命中", report.top3),
        ("calibration error · 校准误差 (ECE)", report.ece),
        ("answered · 给出建议的", report.answered),
        ("of these right · 其中对的", report.answered_accuracy),
        ("sure · 有把握的", report.sure),
        ("of these right · 其中对的", report.sure_accuracy),
    ):
        print(f"  {name:<40} {'—' if value is None else f'{value:.4f}'}")
    print(f"  training · 训练 {report.train_seconds} s (CPU {report.train_cpu_seconds} s), {report.peak_rss_mb} MB")
    if report.near_duplicates:
        twice = report.near_duplicates
        print(f"  {twice} rows have a near duplicate in another fold; --dedup measures without them")
        print(f"  {twice} 条在别的折里有近似重复，加 --dedup 可以去掉再测")
    print()
    for one in report.by_class:
        print(f"  {one.f1:.3f}  P {one.precision:.3f}  R {one.recall:.3f}  {one.rows:>6}  {one.label}")


def _train(options: argparse.Namespace) -> None:
    from tongban.assist.routing.modelfile import save
    from tongban.assist.routing.reading import read
    from tongban.assist.routing.training import train

    rows = read(options.file, options.text, options.label)
    _skipped(rows.skipped)
    with Bar("training · 训练") as bar:
        model = train(rows.texts, rows.labels, progress=bar)
    weights = save(options.out, model, rows.digest)
    print(
        f"{options.out}: {model.rows:,} rows, {len(model.classes)} classes · {model.rows:,} 条，{len(model.classes)} 类"
    )
    print(f"{weights}  (model.weights of the use file · 写进算法登记文件的 model.weights)")


def _predict(options: argparse.Namespace) -> None:
    from tongban.assist.routing.modelfile import load
    from tongban.assist.routing.reading import read

    model, _ = load(options.model)
    rows = read(options.batch, options.text)
    for number, answer in enumerate(model.answers(rows.texts), start=1):
        if options.json:
            told = {"row": number, "label": answer.label} | msgspec.to_builtins(answer)
            print(msgspec.json.encode(told).decode())
        else:
            top = "  ".join(f"{one.label} {one.confidence:.2f}" for one in answer.top)
            print(f"{number}\t{'unsure · 拿不准' if answer.abstained else answer.label}\t{top}")


def _lessons(options: argparse.Namespace) -> None:
    from tongban.assist.routing.adopting import LABEL, TEXT
    from tongban.cli.installed import with_site
    from tongban.voice.hotline.sending import AT_MOST

    settings = Settings.load(os.environ, data_dir=options.data)
    since = datetime.combine(options.since or date(1970, 1, 1), time(), settings.timezone)

    async def read(site: "Site") -> list[tuple[str, str]]:
        if options.region is not None:
            site.directory.region(options.region)  # one that is not there is refused
        earlier = await site.assist.earlier.lessons(options.region, since)
        return [*await site.voice.hotline.sending.lessons(options.region, since), *earlier][:AT_MOST]

    found = with_site(settings, read)
    made = io.StringIO(newline="")
    csv.writer(made).writerows([(TEXT, LABEL), *found])
    _write_private(options.out, made.getvalue().encode("utf-8-sig"))
    told = f"{len(found):,} requests that people sent and bodies took up · 由人派出、单位接办的诉求{len(found):,}条"
    print(f"{options.out}: {told}")
    if len(found) == AT_MOST:
        print(f"These are the newest {AT_MOST:,}; older ones are left out. 只取最新的{AT_MOST:,}条，更早的没有导出。")
    if found:
        print("They are people's own words: keep the file as you keep requests and delete it after training.")
        print("这些是群众的原话：像诉求一样保管，训练完就删。")


def _write_private(path: Path, data: bytes) -> None:
    """The whole file or none of it, for its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    private.write(path, data)


def _skipped(rows: int) -> None:
    if rows:
        print(f"{rows} rows without text or label are left out · {rows} 条没有正文或类别，没有用", file=sys.stderr)


def _adopt(options: argparse.Namespace) -> None:
    from tongban.assist.routing.adopting import adopt

    settings = Settings.load(os.environ, data_dir=options.data)
    now = system_clock(settings.timezone)()
    with Bar("measuring and training · 评测、训练") as bar:
        adopted = adopt(
            options.file, options.text, options.label, settings.data_dir, now, bar, automatic=options.automatic
        )
    _in_use(adopted)


def _demonstrate(options: argparse.Namespace) -> None:
    from tongban.assist.routing.adopting import demonstrate

    settings = Settings.load(os.environ, data_dir=options.data)
    _in_use(demonstrate(settings.data_dir, system_clock(settings.timezone)()))


def _in_use(adopted: "Adopted") -> None:
    print(f"{adopted.weights}  version · 版本 {adopted.measured.version}")
    for name, value in adopted.measured.metrics.items():
        print(f"  {name:<16} {value:.4f}")
    print("In use after the next start. 下次启动后生效。")


VERBS: dict[str, Callable[[argparse.Namespace], None]] = {
    "evaluate": _evaluate,
    "train": _train,
    "adopt": _adopt,
    "demonstrate": _demonstrate,
    "lessons": _lessons,
    "predict": _predict,
}
