"""Invitations to meetings as iCalendar (RFC 5545, RFC 5546), made by a library.

Invariant: whatever somebody typed is a value of one property, escaped by the library; it can neither end a line nor
begin a property. The number of an invitation stays the same however often the meeting changes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from assistant.mail.addresses import checked_address, one_line
from assistant.platform.workdays import NORWAY
from corpus.text import Frozen

_TEXT = 1_000


class Invitation(Frozen):
    """A meeting as people are invited to it."""

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    summary: str
    description: str
    place: str
    organiser: str
    """An e-mail address."""
    invited: tuple[str, ...]
    """E-mail addresses."""
    cancelled: bool = False


def as_calendar(invitation: Invitation, at: datetime) -> str:
    """Return an invitation, or that it is called off, as iCalendar; times are Norway's.

    Args:
        invitation: The meeting.
        at: The moment it is made.
    """
    from icalendar import Calendar, Event, vCalAddress, vText

    calendar = Calendar()
    calendar.add("prodid", "-//Mellomrom//NO")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if invitation.cancelled else "REQUEST")
    event = Event()
    starts = invitation.starts_at.astimezone(NORWAY)
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", starts)
    event.add("dtend", (invitation.starts_at + timedelta(minutes=invitation.minutes)).astimezone(NORWAY))
    event.add("summary", one_line(invitation.summary))
    event.add("description", one_line(invitation.description, _TEXT))
    if invitation.place:
        event.add("location", one_line(invitation.place, _TEXT))
    event.add("status", "CANCELLED" if invitation.cancelled else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{checked_address(invitation.organiser)}"))
    for one in invitation.invited:
        person = vCalAddress(f"mailto:{checked_address(one)}")
        person.params["rsvp"] = vText("TRUE")
        event.add("attendee", person, encode=False)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())
