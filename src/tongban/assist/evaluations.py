"""Which function measures which use: the table that `tongban uses measure` and the tests read.

A use without an evaluator cannot be measured, and what is not measured does not run.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tongban.assist.measured import Measured, Outcome, model_of
from tongban.base.errors import refuse
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped
from tongban.catalog.use import Use


@dataclass(frozen=True, slots=True)
class Setting:
    """What an evaluator is given. `rows` is the set to measure on in place of the use file's own."""

    catalogue: Catalogue
    use: Use
    rows: Path | None = None

    @property
    def path(self) -> Path:
        """The set: the one given, or the use file's, beside the `uses` folder. Raises Refused `no-evaluation-set`."""
        path = self.rows or shipped("uses").parent / self.use.evaluation.set
        if not path.is_file():
            raise refuse(
                "no-evaluation-set",
                f"没有评测：找不到评测集 {path}。请用 --set 指明",
                f"Not run: the set {path} is not here. Name it with --set",
                place="set",
            )
        return path


Evaluator = Callable[[Setting], Outcome]


def _guide(setting: Setting) -> Outcome:
    """The guide over this installation's catalogue: on the questions that one of its items answers, or none does."""
    from tongban.assist.guide.evaluation import of_installation

    return of_installation(setting.catalogue, setting.path)


def _notices(setting: Setting) -> Outcome:
    """Drafts of notices over every example of every service, and the authored claims."""
    from tongban.assist.drafting.evaluate import notices

    return notices(setting)


def _summaries(setting: Setting) -> Outcome:
    """The same for summaries of cases."""
    from tongban.assist.drafting.evaluate import summaries

    return summaries(setting)


def _precheck(setting: Setting) -> Outcome:
    """Fields read from drawn papers, and whether anything was called the same wrongly."""
    from tongban.assist.precheck import measured, ocr, rendered
    from tongban.assist.precheck.reading import read

    if not ocr.available() or not rendered.fonts():
        raise refuse(
            "no-evaluation-set",
            f"没有评测：需要识别图片的扩展（{ocr.INSTALL}）和中文字体（fonts-noto-cjk）",
            f"Not run: it needs the extra that reads pictures ({ocr.INSTALL}) and a Chinese font (fonts-noto-cjk)",
            place="set",
        )
    papers = setting.catalogue.papers()
    found = measured.rows(setting.path)
    scores = measured.measure(measured.drawn(found, papers), papers, read)
    return Outcome(
        metrics=measured.metrics(scores),
        size=len(found),
        note="Rendered papers, without handwriting or wear: easier than real ones. 画出来的样张，比真材料容易。",
    )


def _routing(setting: Setting) -> Outcome:
    """Requests with the category they belong to, answered by models that have not seen them."""
    from tongban.assist.routing.adopting import measured_on

    return measured_on(setting.path)


def _demand(_: Setting) -> Outcome:
    """Rolling backtests over the demonstration's invented series."""
    from tongban.assist.forecast.evaluate import demand

    metrics, size = demand()
    return Outcome(metrics=metrics, size=size, note="Invented series. 虚构的序列。")


def _overdue(_: Setting) -> Outcome:
    """The latest quarter of invented ended cases, foretold from the three before."""
    from tongban.assist.forecast.evaluate import overdue

    metrics, size = overdue()
    return Outcome(metrics=metrics, size=size, note="Invented cases. 虚构的办结记录。")


EVALUATORS: Mapping[str, Evaluator] = {
    "demand-forecast": _demand,
    "case-summary": _summaries,
    "guide": _guide,
    "overdue-risk": _overdue,
    "notice-draft": _notices,
    "precheck": _precheck,
    "routing": _routing,
}
"""Import what is heavy inside the function: this table is read when the platform starts."""


def measure(catalogue: Catalogue, use: Use, rows: Path | None, on: date) -> Measured:
    """Measure one use now. Raises Refused `no-evaluator`, `no-evaluation-set`, `evaluation-too-small`."""
    evaluator = EVALUATORS.get(use.use)
    if evaluator is None:
        raise refuse(
            "no-evaluator",
            f"“{use.name.zh}”还没有评测程序，不评测就不能启用",
            f"'{use.use}' has no evaluator; what is not measured does not run",
            place=use.use,
        )
    setting = Setting(catalogue, use, rows)
    path = setting.path
    outcome = evaluator(setting)
    if rows is None and outcome.size < use.evaluation.size:
        raise refuse(
            "evaluation-too-small",
            f"评测集只有{outcome.size}条，登记的是{use.evaluation.size}条",
            f"The set has {outcome.size} rows, the register says {use.evaluation.size}",
            place="size",
        )
    return Measured(
        use=use.use,
        version=use.version,
        model=model_of(use),
        on=on,
        set=use.evaluation.set if rows is None else path.name,
        size=outcome.size,
        digest="sha256:" + hashlib.sha256(path.read_bytes()).hexdigest(),
        metrics=outcome.metrics,
        note=outcome.note,
    )
