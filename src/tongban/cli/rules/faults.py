"""Faults of a decision model as a command says them."""

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.rules.dmn.errors import ModelFault


def refused(faults: tuple[ModelFault, ...]) -> Refused:
    """The faults of a model as a refusal, each at its place."""
    return Refused(*(Problem(str(fault.code), Text(fault.zh, fault.en), fault.place) for fault in faults))
