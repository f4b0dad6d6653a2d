"""What a visitor wrote of the times that are proposed to them, beside their line: while a person has the word, staff decide.

The assistant books nothing then, because "the second" may answer a question of the person who speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain import review
from bot.language import proposal_reply
from bot.services.stored import Appointment, Handoff, Message


@dataclass(frozen=True, slots=True)
class Read:
    """A line that answers the proposed times: yes to this visit, or, with None, no to all of them."""

    visit: Appointment | None


def read(
    handoff: Handoff, appointments: Sequence[Appointment], lines: Iterable[Message], zone: ZoneInfo
) -> Mapping[int, Read]:
    """Place in the log → what is read there; nothing once the times are answered."""
    proposed = sorted((one for one in appointments if one.status == "proposed"), key=lambda one: one.starts_at)
    if handoff.status != review.WAITING_FOR_PATIENT or not proposed:
        return {}
    times = [
        (one.starts_at.astimezone(zone), (one.starts_at + timedelta(minutes=one.minutes)).astimezone(zone))
        for one in proposed
    ]
    found: dict[int, Read] = {}
    for line in lines:
        if line.sender != "visitor" or line.at < proposed[0].created_at:
            continue
        reply = proposal_reply.read(line.text, times, line.at.astimezone(zone).date())
        if reply.says == proposal_reply.CHOSEN and reply.chosen is not None:
            found[line.seq] = Read(proposed[reply.chosen])
        elif reply.says == proposal_reply.DECLINED:
            found[line.seq] = Read(None)
    return found
