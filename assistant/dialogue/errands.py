"""Errands that an inhabitant has with the municipality, which the municipality answers, and nobody here.

Invariant: whoever speaks as "we", or of what a municipality should do, has a need; an errand is of one person and of
something that a municipality decides or does for one.
"""

from __future__ import annotations

import re

from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.turn_text import SHORT, TurnText

_WE = re.compile(
    r"\b(?:vi|me har|me vil|me treng|oss|vår|vårt|våre|we|us|our|ours|innbyggerne|innbyggjarane|residents"
    r"|kommuner|kommunar"
    r"|municipalities|prosjekt\w*|project\w*|partner\w*|partnar\w*|forsk\w*|research\w*)\b"
)
_MINE = r"(?:min|mitt|mine|mi|my)"
_ME = r"(?:jeg|eg|æ|ej|i)"
_OF_ONE = (
    r"(?:bygge?søknad\w*|byggesak\w*|nabovars\w+|byggetillatels\w*|byggjeløyve\w*|building (?:application|permit"
    r"|case)"
    r"|planning (?:application|permission)|søknad(?:en)?|application|klage\w*|complaint|faktura\w*|rekning\w*"
    r"|regning\w*|bill"
    r"|invoice|eiendomsskatt\w*|eigedomsskatt\w*|property tax|barnehageplass\w*|kindergarten (?:place|spot)"
    r"|sfo-?plass\w*"
    r"|skoleplass\w*|skuleplass\w*|sykehjemsplass\w*|sjukeheimsplass\w*|nursing home (?:place|bed)|bostøtte\w*"
    r"|bustøtte\w*"
    r"|housing (?:benefit|allowance)|sosialhjelp\w*|sosialstønad\w*|social assistance|parkeringsbot\w*"
    r"|parking (?:ticket|fine|permit)|parkeringskort\w*|parkeringsløyve\w*|søppel\w*"
    r"|bossdunk\w*"
    r"|garbage|rubbish|trash|(?:garbage|rubbish|trash) (?:bin|can|collection)|vannmåler\w*|vassmålar\w*|water meter"
    r"|førerkort\w*|førarkort\w*|driving licen[cs]e|pass(?:et)?|passport|skjenkebevilling\w*|skattekort\w*|tax card"
    r"|fastlege\w*|legetime\w*|doctor'?s appointment)"
)
_OWN = re.compile(rf"\b{_OF_ONE} {_MINE}\b|\b{_MINE} (?:\w+ )?{_OF_ONE}\b")
_ASKED_FOR = re.compile(
    rf"\b(?:hvordan|korleis|hvor|kor|når|how|where|when)\b[^.!?]{{0,20}}\b(?:{_ME}|do i"
    rf"|can i)\b[^.!?]{{0,30}}\b{_OF_ONE}\b"
    rf"|\b(?:kan|får|can|may) {_ME}\b[^.!?]{{0,20}}\b{_OF_ONE}\b"
    rf"|\b{_ME} (?:vil|ønsker|ynskjer|skal|want to|would like to) (?:klage|søke|søkje|betale|apply|pay"
    rf"|complain)\b[^.!?]{{0,30}}"
    rf"\b{_OF_ONE}\b"
)


def parse_errand(said: TurnText) -> Turn | None:
    """Return a turn by which an inhabitant asks what only their municipality can answer."""
    plain = said.plain
    if len(said.cues.tokens) > SHORT or _WE.search(plain):
        return None
    return Turn(intent=Intent.ERRAND, text=said.text) if _OWN.search(plain) or _ASKED_FOR.search(plain) else None
