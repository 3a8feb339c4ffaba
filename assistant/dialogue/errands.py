"""Errands that an inhabitant has with the municipality, which the municipality answers, and nobody here.

Invariant: whoever speaks as "we", or of what a municipality should do, has a need; an errand is of one person and of
something that a municipality decides or does for one, or of what holds today: opening hours, departures, the weather.
"""

from __future__ import annotations

import re

from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.framing import wants
from assistant.dialogue.slots import suggestions_in
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
_CHANGES = re.compile(
    r"\b(?:forbedre|forbetre|forklare|forenkle|digitalisere|automatisere|få ned|få fleire|få flere|kutte|redusere|bedre"
    r"|betre|penger til|pengar til|tilskudd til|tilskot til|støtte til|stønad til|midler til|midlar til|cut|reduce"
    r"|improve|explain|simplify|better|money for|grants? for|funding for)\b"
)
"""Words of somebody who wants something done better, or paid for, rather than done for themselves."""
_COMPLAINS = re.compile(
    rf"^(?:jeg vil |eg vil |i want to )?(?:hvordan |korleis |how (?:to|do i|can i) |kan jeg |kan eg |can i )?"
    rf"(?:klager? (?:jeg |eg )?på|påklager? (?:jeg |eg )?|complain about|appeal|contest)(?: an?| the| my| ein?| eit"
    rf"| et| ei| en)?"
    rf" {_OF_ONE}$"
)
_PLACE_TO_GO = (
    r"(?:\w*bibliotek\w*|\w*svømmehall\w*|\w*symjehall\w*|\w*basseng\w*|badet|badeland\w*|rådhus\w*|kommunehus\w*"
    r"|servicetorg\w*"
    r"|gjenvinningsstasjon\w*|miljøstasjon\w*|gjenbruksstasjon\w*|legekontor\w*|legevakt\w*|helsestasjon\w*"
    r"|apotek\w*|nav"
    r"|nav-kontor\w*|\w*kino\w*|\w*museum\w*|museet|\w*museer|skole\w*|skule\w*|\w*barnehage\w*|\w*butikk\w*|polet"
    r"|vinmonopolet"
    r"|idrettshall\w*|ishall\w*|alpinbakke\w*|alpinanlegg\w*|skianlegg\w*|kafe\w*|kafé\w*|turisthytt\w*"
    r"|frivilligsentral\w*"
    r"|librar\w+|(?:swimming )?pool|town hall|city hall|recycling (?:station|cent\w+)|museums?|schools?|pharmacy"
    r"|cinema|shops?)"
)
_HOURS = r"(?:åpningstid\w*|opningstid\w*|åpningstider|opening (?:hours|times)|hours)"
_OPENS = (
    r"(?:åpner|åpnar|opnar|opner|åpent|ope|åpen|stenger|stengjer|stenge[rs]?|stengt|lukker|open|opens|close|closes"
    r"|closed)"
)
_ARTICLE = r"(?:(?:the|det|den|på|i|for|til|ved|hos|at|in|of|to|kommunale|lokale|local|public) ){0,3}"
_LEAVES = (
    r"(?:\w*buss(?:en|ane|ene)?|bus|ferj[ae]|ferga|fergen|ferry|\w*tog(?:et)?|train|hurtigbåt\w*|båten|boat|trikken"
    r"|tram|flyet"
    r"|flight|plane)"
)
_SOON = r"(?:i ?dag|i ?kveld|i ?morgen|i ?morgon|i ?helg(?:a|en)|today|tonight|tomorrow|this weekend|at the weekend)"
_OF_THE_MOMENT = re.compile(
    rf"^(?:hei |hello |hi )?(?:hva er |kva er |ka e |what are |what's |når er |vis |har du "
    rf"|har dere )?(?:the )?(?:{_HOURS}\b {_ARTICLE}"
    rf"{_PLACE_TO_GO}|{_PLACE_TO_GO} {_HOURS})\b"
    rf"|^(?:når|kva tid|hva tid|hvor lenge|kor lenge|er|when|what time|how long|is)\b(?: (?:does|do|is|are|er"
    rf"|har))? (?:{_OPENS} )?"
    rf"{_ARTICLE}{_PLACE_TO_GO}(?: \w+){{0,2}}(?: {_OPENS})?(?: (?:{_SOON}|nå|no|now))?\W*$"
    rf"|^(?:når|kva tid|hva tid|when|what time)\b(?: (?:does|is|will))?(?: (?:går|gjeng|kjører|køyrer|kommer|kjem"
    rf"|reiser|drar))?"
    rf" (?:the )?(?:neste |next |siste |last |første |fyrste |first )?{_LEAVES}\b"
    rf"|^(?:rutetider|rutetabell\w*|busstider|avgangstider|bus times|(?:bus |train |ferry )?timetable)"
    rf"(?: (?:til|fra|to|from) .{{2,30}})?\W*$"
    rf"|\b(?:weather|forecast|været|vêret|veret|vær|værmelding\w*|vêrmelding\w*|værvarsel\w*"
    rf"|vêrvarsel\w*)\b[^.!?]{{0,30}}\b{_SOON}\b"
    rf"|\b(?:hvordan blir|korleis blir|how is|how's|what's|hva blir) (?:the )?(?:weather|været|vêret|veret)\b"
)
"""What holds today, and what the municipality's or a carrier's own pages tell."""
_IS_OPENED = re.compile(
    rf"\b{_OPENS}\b|\b{_HOURS}\b|\b{_LEAVES}\b|\b(?:weather|forecast|v[æêe]r(?:et)?|timetable|\w*tider|rutetabell\w*)\b"
)
_SEEKS = re.compile(r"\b(?:hvem|kven|kem|who|noen|nokon|someone|anyone|hjelp\w*|help)\b")
_BETTER = re.compile(
    r"\b(?:utvid\w*|forleng\w*|lengre|lenger|lengre|meråp\w*|bedre|betre|fleire|flere|nye?|sjeldn\w*|extend\w*"
    r"|longer|better|more)\b"
)
"""Words of what somebody wants changed."""


def _is_of_the_moment(plain: str) -> bool:
    if wants(plain) or _SEEKS.search(plain) or _BETTER.search(plain):
        return False
    return bool(_OF_THE_MOMENT.search(plain)) and bool(_IS_OPENED.search(plain))


def parse_errand(said: TurnText) -> Turn | None:
    """Return a turn by which an inhabitant asks what only their municipality can answer."""
    plain = said.plain
    if len(said.cues.tokens) > SHORT or _WE.search(plain):
        return None
    # In a thread a date may be asked of what was shown.
    names_row = suggestions_in(said.text, said.cues, said.state, said.base).items if said.state.shown else ()
    is_asked_for = _ASKED_FOR.search(plain) and not _CHANGES.search(plain)
    is_errand = _OWN.search(plain) or is_asked_for or _COMPLAINS.match(plain)
    if not is_errand and (names_row or not _is_of_the_moment(plain)):
        return None
    return Turn(intent=Intent.ERRAND, text=said.text)
