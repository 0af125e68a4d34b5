"""İzibiz status codes turned into our lifecycle.

Source: İzibiz guide, "Giden Fatura Durumları" and "Gelen Fatura Durumları". STATUS_CODE decides where it is there;
the text is read only without it. The guide joins its halves with `_`, the wire with ` - ` (`SEND - SUCCEED`).
LOAD_, PACKAGE_ and SIGN_ SUCCEED are only stages: final are 112, 120, 136, 137, 139 and, incoming, 122, 126, 130,
131, 133.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.connectors.base import Answer
from app.domain.lifecycle import Direction, State


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """`state` None: the code tells nothing new. `answer` is what the code says was answered."""

    state: State | None
    final: bool = False
    answer: Answer | None = None


_NOTHING = StatusMeaning(None)
_ON_THE_WAY = StatusMeaning(State.SENT)
_ANSWER_ON_THE_WAY = StatusMeaning(State.ANSWERING)
_ACCEPT_ON_THE_WAY = StatusMeaning(State.ANSWERING, answer=Answer.ACCEPT)
_REJECT_ON_THE_WAY = StatusMeaning(State.ANSWERING, answer=Answer.REJECT)

_OUTGOING: dict[str, StatusMeaning] = {
    **dict.fromkeys(("100", "101", "102", "103", "104", "105", "106", "107", "109", "110"), _ON_THE_WAY),
    **dict.fromkeys(("134", "135", "140", "141"), _ON_THE_WAY),
    "111": StatusMeaning(State.DELIVERED),
    "112": StatusMeaning(State.ACCEPTED, final=True),
    # The receiver has refused, but its refusal has not arrived at GİB's end yet.
    "117": StatusMeaning(State.DELIVERED),
    "120": StatusMeaning(State.REJECTED, final=True),
    "136": StatusMeaning(State.FAILED, final=True),
    "137": StatusMeaning(State.DELIVERED, final=True),
    "139": StatusMeaning(State.FAILED, final=True),
}

_INCOMING: dict[str, StatusMeaning] = {
    "122": StatusMeaning(State.ANSWERED, final=True, answer=Answer.ACCEPT),
    **dict.fromkeys(("123", "124", "125"), _ACCEPT_ON_THE_WAY),
    **dict.fromkeys(("127", "128", "129"), _REJECT_ON_THE_WAY),
    "134": _ANSWER_ON_THE_WAY,
    # The answer came to nothing, so the invoice waits for one again; the integrator does not repeat it.
    "126": StatusMeaning(State.ANSWER_DUE, final=True),
    "130": StatusMeaning(State.ANSWERED, final=True, answer=Answer.REJECT),
    "131": StatusMeaning(State.ANSWER_DUE, final=True),
    "132": StatusMeaning(State.ANSWER_DUE),
    "133": StatusMeaning(State.RECEIVED, final=True),
}

_TEXT_OUT = {
    "LOAD_SUCCEED": "101",
    "LOAD_PROCESSING": "102",
    "LOAD_ID_ASSIGNED": "140",
    "LOAD_WAIT_ID_ASSIGNED": "141",
    "PACKAGE_PROCESSING": "103",
    "PACKAGE_SUCCEED": "104",
    "PACKAGE_FAILED": "105",
    "SIGN_PROCESSING": "106",
    "SIGN_SUCCEED": "107",
    "SEND_WAIT_GIB_RESPONSE": "109",
    "SEND_WAIT_SYSTEM_RESPONSE": "110",
    "SEND_WAIT_APPLICATION_RESPONSE": "111",
    "ACCEPTED_SUCCEED": "112",
    "REJECTED_WAIT_SYSTEM_RESPONSE": "117",
    "REJECTED_SUCCEED": "120",
    "SEND_TIMEOUT": "134",
    "SEND_PROCESSING": "135",
    "SEND_FAILED": "136",
    "SEND_SUCCEED": "137",
    "AUTO_FAILED": "139",
}

_TEXT_IN = {
    "RECEIVE_SUCCEED": "133",
    "RECEIVE_WAIT_APPLICATION_RESPONSE": "132",
    "ACCEPTED_SUCCEED": "122",
    "ACCEPT_SUCCEED": "122",
    "ACCEPTED_PROCESSING": "123",
    "ACCEPT_PROCESSING": "123",
    "ACCEPT_GIB_RESPONSE": "124",
    "ACCEPT_WAIT_GIB_RESPONSE": "124",
    "ACCEPT_WAIT_SYSTEM_RESPONSE": "125",
    "ACCEPT_FAILED": "126",
    "REJECT_WAIT_SYSTEM_RESPONSE": "127",
    "REJECT_WAIT_GIB_RESPONSE": "128",
    "REJECT_PROCESSING": "129",
    "REJECT_SUCCEED": "130",
    "REJECTED_SUCCEED": "130",
    "REJECT_FAILED": "131",
    "FAILED": "131",
    "ACCEPT_TIMEOUT": "134",
    "REJECT_TIMEOUT": "134",
}

_JOINT = re.compile(r"\s*-\s*|\s+")


def normalize(text: str) -> str:
    """`SEND - SUCCEED` and `SEND_SUCCEED` alike, in the guide's spelling."""
    return _JOINT.sub("_", text.strip().upper())


def guess_direction(code: str, text: str) -> Direction:
    """The direction of a status that does not say it: the codes of the two sides hardly overlap."""
    code = code.strip()
    if code in _INCOMING and code not in _OUTGOING:
        return Direction.IN
    spelled = normalize(text)
    is_incoming = not code and spelled in _TEXT_IN and spelled not in _TEXT_OUT
    return Direction.IN if is_incoming else Direction.OUT


def meaning_of(code: str, text: str, direction: Direction) -> StatusMeaning:
    """What a status says about a document of this direction; unknown codes and texts say nothing."""
    table, by_text = (_OUTGOING, _TEXT_OUT) if direction is Direction.OUT else (_INCOMING, _TEXT_IN)
    code = code.strip() or by_text.get(normalize(text), "")
    return table.get(code, _NOTHING)
