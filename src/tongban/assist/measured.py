"""What a use was measured at, kept beside the use files, and whether that is enough for it to run.

`uses/measured/<use>.json` is written by `tongban uses measure USE` and by nothing else; an installation's own
measurement (`data_dir/uses/measured`) wins over the shipped one, for what was measured elsewhere was not measured here.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import msgspec

from tongban.base.errors import refuse
from tongban.catalog.shipped import shipped
from tongban.catalog.use import Threshold, Use


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One measurement of one version of a use.

    set       what it was measured on, by name; `digest` is its SHA-256 where it is a file, `size` its number of rows
    metrics   by the names that the use file's thresholds have
    model     name and version of what ran
    note      what a reader must know, such as that the set is not shipped
    """

    use: str
    version: str
    model: str
    on: date
    set: str
    size: int
    digest: str = ""
    metrics: dict[str, float]
    note: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluator found. `metrics` are named as the use file's thresholds are; `size` is the rows measured."""

    metrics: dict[str, float]
    size: int
    note: str = ""


def model_of(use: Use) -> str:
    """What runs, as a measurement names it: another model or prompt has not been measured."""
    model = use.model
    return " ".join(filter(None, (model.kind, model.name, model.version, model.weights, model.prompt)))


def folders(data_dir: Path) -> tuple[Path, Path]:
    """Where measurements are: the shipped ones, then the installation's own."""
    return shipped("uses") / "measured", data_dir / "uses" / "measured"


def read(places: Iterable[Path]) -> dict[str, Measured]:
    """The measurements by use; a later folder's wins. Raises Refused `bad-measurement` for a file that is none."""
    found: dict[str, Measured] = {}
    for place in places:
        for path in sorted(place.glob("*.json")):
            try:
                one = msgspec.json.decode(path.read_bytes(), type=Measured)
            except msgspec.DecodeError as error:
                raise refuse(
                    "bad-measurement",
                    f"{path.name} 不是一份评测记录（{error}）。请用 tongban uses measure 重新生成",
                    f"{path.name} is no measurement ({error}). Make it anew with tongban uses measure",
                    place=str(path),
                    status=500,
                ) from None
            found[one.use] = one
    return found


def write(place: Path, measured: Measured) -> Path:
    """Keep a measurement; the file it is in."""
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{measured.use}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=2) + b"\n")
    return path


def met(threshold: Threshold, metrics: Mapping[str, float]) -> bool:
    """Whether a value keeps to a threshold; one that was not measured does not."""
    value = metrics.get(threshold.metric)
    if value is None or value != value:  # a value that is not a number keeps to nothing
        return False
    low, high = threshold.at_least, threshold.at_most
    return (low is None or value >= low) and (high is None or value <= high)


def missed(use: Use, measured: Measured) -> tuple[Threshold, ...]:
    """The thresholds that the measurement does not keep to."""
    return tuple(one for one in use.evaluation.thresholds if not met(one, measured.metrics))


def counts_for(use: Use, measured: Measured) -> bool:
    """Whether it is a measurement of this version and this model."""
    return measured.version == use.version and measured.model == model_of(use)


def expires(use: Use, measured: Measured) -> date:
    """The last day on which the measurement still holds."""
    return measured.on + timedelta(days=use.evaluation.every_days)
