"""一地建设、多地复用: a county asks the province's use through a channel, under its own switch, gate and figures.

The county masks what it sends and keeps what people did with the answers; the province answers masked questions,
counts the calls of each county, and learns of no person and no case.
"""

from tongban.assist.reuse.asking import FromAbove, Reusing, taken
from tongban.assist.reuse.channel import Channel, InProcess, NoChannel
from tongban.assist.reuse.model import Answer, Pointed, Provenance, Question
from tongban.assist.reuse.serving import Answerer, Serving

__all__ = [
    "Answer",
    "Answerer",
    "Channel",
    "FromAbove",
    "InProcess",
    "NoChannel",
    "Pointed",
    "Provenance",
    "Question",
    "Reusing",
    "Serving",
    "taken",
]
