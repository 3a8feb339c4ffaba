"""Turns by which somebody wants less to do with us: what is kept of them gone, or no more messages.

Invariant: nothing is taken away by such a turn alone. Where to have it erased is told, and messages are stopped once
whoever asked has said so again.
"""

from __future__ import annotations

import re

from assistant.dialogue.conversation import Choice, ConversationState, Intent, Turn
from assistant.dialogue.turn_text import SHORT, TurnText
from index.analysis import is_stopword, normalise, words

STOP, KEEP = "stop_news", "keep_news"
"""The choices that are offered where somebody wants no more messages."""
STOP_CHOICES = (Choice(key=STOP), Choice(key=KEEP))

_ERASES = re.compile(
    r"\b(?:slett\w*|fjern\w*|stryk\w*|glem|gløym|erase|delete|remove|forget|wipe)\b[^.!?]{0,40}"
    r"\b(?:om meg|om oss|mine? (?:data|opplysning\w*|spørsmål|personopplysning\w*|meldinger|meldingar)"
    r"|data(?:ene|ane|a)? mine"
    r"|(?:opplysning|spørsmål)\w* min\w*|about (?:me|us)|my (?:personal )?(?:data|questions|information|messages"
    r"|account)"
    r""
    r"|(?:brukar|bruker|konto)en min|kontoen min|det (?:jeg|eg|vi|me) (?:har )?(?:skrevet|skrive"
    r"|skreiv|skrev)"
    r"|what (?:i|we)(?: have|'ve)? (?:wrote|written)|everything (?:i|we)(?: have|'ve)? (?:wrote|written))\b"
)
_RIGHT = re.compile(
    r"^(?:(?:jeg|eg|i) )?(?:(?:vil|want|ønsker|ynskjer) )?(?:bli|verte|to be|be) (?:glemt|gløymd|sletta|slettet"
    r"|forgotten|erased)\W*$"
)
_NEWS = (
    r"(?:varsl(?:er|ene|a|ane|ing|inga|ingen|ingar|inger|ingene|ingane)|varsel|varsla|varslene|påminn\w+"
    r"|beskjed(?:er|ene|ar|ane)"
    r"|nyhetsbrev\w*|nyheitsbrev\w*|notifications?|alerts?|reminders?|news(?:letters?)?|lagrede behov|lagra behov"
    r"|saved needs?|abonnement\w*|meldinge(?:r|ne)(?: (?:deres|dine|om (?:det|behov\w*)))?|meldingane|meldingar"
    r"|messages)"
)
_STOPS = re.compile(
    r"^(?:(?:hei|takk|vær så snill|ver så snill|kan (?:du|dere|de)|vil (?:du|dere)|jeg|eg|vi|me|i|we|can you"
    r"|could you|please"
    r"|vil|want to|would like to|ønsker å|ynskjer å|og|and)[, ]+)*"
    rf"(?:(?:stopp?e?|stans|slutt(?: å sende| med)?|avslutt|avbestill?|skru av|slå av|turn off|switch off"
    rf"|stop(?: sending)?"
    rf"|cancel|fjern|slett|ikke (?:mer|flere|send meg|send)|ikkje (?:meir|fleire|send meg|send)|no more|ingen flere"
    rf"|ingen fleire|(?:vil )?(?:ikke|ikkje) ha(?: flere| fleire)?|(?:don't|do not) (?:want"
    rf"|send)(?: me)?(?: any)?(?: more)?)"
    rf"[, ]+(?:(?:alle|all|mine|my|de|dei|the|disse|desse|these|me|meg|flere|fleire|more|any)[, ]+)*+{_NEWS}"
    r"|unsubscribe|meld meg av|avmeld(?: meg)?|opt out|stopp varsling)\b(?P<more>.*)$"
)
_SMALL = frozenset("mine dine deres takk please nå no now meg me om behov behovene behova saved lagrede lagra".split())
_YES = re.compile(r"^(?:ja|jo|jepp|yes|yep|ok|okei|greit|stopp|stop|gjør det|gjer det|do it|ja takk|yes please)\W*$")
_NO = re.compile(r"^(?:nei|no|nope|nei takk|no thanks|la være|lat vere|behold)\W*$")


def parse_leaving(said: TurnText) -> Turn | None:
    """Return a turn that wants what is kept erased, or no more messages."""
    plain = normalise(said.whole or said.text)
    if len(said.cues.tokens) > SHORT:
        return None
    if _ERASES.search(plain) or _RIGHT.match(plain.strip(" .!?")):
        return Turn(intent=Intent.ERASE, text=said.text)
    stops = _STOPS.match(plain.strip(" .!?"))
    # "Stop alerts of floods" may be a need.
    if stops and all(word in _SMALL or is_stopword(word) for word in words(stops["more"])):
        return Turn(intent=Intent.STOP_NEWS, text=said.text)
    return None


def parse_stopping(text: str, chosen: Choice | None, state: ConversationState) -> Turn | None:
    """Return the turn by which somebody says whether messages are to be stopped, where that was asked."""
    if STOP not in {one.key for one in state.choices}:
        return None
    plain, key = normalise(text).strip(), chosen.key if chosen else None
    if key == STOP or _YES.match(plain):
        return Turn(intent=Intent.STOP_NEWS, text=text, is_sure=True)
    return Turn(intent=Intent.DECLINED, text=text) if key == KEEP or _NO.match(plain) else None
