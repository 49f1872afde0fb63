"""Events that the engine knows of itself, beside the acts of procedure files."""

from __future__ import annotations

from enum import StrEnum

from tongban.base.i18n import Text


class Own(StrEnum):
    """Events of the engine itself, beside the acts of procedure files."""

    ESCALATED = "escalated"
    UNDONE = "undone"
    DELIVERED = "notice-delivered"
    UNDELIVERED = "notice-undelivered"
    PEOPLE_ONLY = "people-only"
    QUESTIONED = "questioned"
    ANSWERED = "question-answered"
    RECORDED = "record-answered"
    PART_OPENED = "part-opened"
    PART_ENDED = "part-ended"
    HANDED_ON = "handed-on"
    TAKEN_OVER = "taken-over"
    HAND_ON_REFUSED = "hand-on-refused"
    HAND_ON_SETTLED = "hand-on-settled"
    PROGRESSED = "progressed"
    RECALLED = "recalled"
    HANDED_BACK = "handed-back"
    VISIT_SET = "visit-arranged"
    VISIT_OFF = "visit-called-off"
    VISITED = "visit-registered"
    CERTIFICATE_CHANGED = "certificate-changed"
    CERTIFICATE_LOOKED = "look-at-certificate"


OWN_NAMES: dict[Own, Text] = {
    Own.ESCALATED: Text("逾期督办", "Escalated"),
    Own.UNDONE: Text("撤回上一步", "Undone"),
    Own.DELIVERED: Text("通知已送达", "Notice delivered"),
    Own.UNDELIVERED: Text("通知未能送达", "Notice could not be delivered"),
    Own.PEOPLE_ONLY: Text("要求只由人来办", "Asked that only people handle it"),
    Own.QUESTIONED: Text("另开了一件与本件有关的办件", "Another case about this one was opened"),
    Own.ANSWERED: Text("与本件有关的那件有了答复", "The case about this one was answered"),
    Own.RECORDED: Text("当时没查到的记录，后来查到了", "A record that could not be had then has answered"),
    Own.PART_OPENED: Text("其中一项开始办了", "One part was opened"),
    Own.PART_ENDED: Text("其中一项有了结果", "One part has ended"),
    Own.HANDED_ON: Text("转给该管的机关", "Handed on to the body that is competent"),
    Own.TAKEN_OVER: Text("接收并接着办", "Taken over"),
    Own.HAND_ON_REFUSED: Text("对转来有异议", "Objected to what was handed on"),
    Own.HAND_ON_SETTLED: Text("上级定了由谁办", "The body above both said who handles it"),
    Own.PROGRESSED: Text("那边有了新进展", "It moved on in the other place"),
    Own.RECALLED: Text("要求撤回移送", "Asked to have it back"),
    Own.HANDED_BACK: Text("退回本地办理", "It came back"),
    Own.VISIT_SET: Text("几件事约了一次现场", "One visit was arranged for several matters"),
    Own.VISIT_OFF: Text("现场改期", "The visit was put off"),
    Own.VISITED: Text("现场已登记", "The visit was registered"),
    Own.CERTIFICATE_CHANGED: Text("依据的证照有变化", "A certificate it relies on has changed"),
    Own.CERTIFICATE_LOOKED: Text("看过证照的变化", "Looked at the change of the certificate"),
}


_AWAY = frozenset({Own.PROGRESSED, Own.RECALLED, Own.HANDED_BACK})
VISIT_EVENTS = frozenset({Own.VISIT_SET, Own.VISIT_OFF, Own.VISITED})
"""The events of a visit that several cases share: whoever may read the case may read them."""
CUSTODY_EVENTS = frozenset({Own.HANDED_ON, Own.TAKEN_OVER, Own.HAND_ON_REFUSED, Own.HAND_ON_SETTLED}) | _AWAY
"""The events of a hand-over: everybody who may read the case may read what they say."""
