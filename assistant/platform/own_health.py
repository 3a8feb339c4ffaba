"""Whether a text seems to tell of the writer's own, or a relative's or colleague's, illness or distress.

Invariant: it only warns, and speaks of nobody's work: who has dementia among those they care for tells nothing of
themselves. The time taken grows with the length of the text.
"""

from __future__ import annotations

import re

from assistant.platform.health_words import CONDITION
from assistant.platform.user_text import lowered

_RELATIVE = (
    r"(?:mor|mora|moren|mamma|far|faren|pappa|mann|mannen|kone|kona|kjæreste\w*|samboer\w*|sambuar\w*|sønn|sønnen|son|sonen"
    r"|datter|datteren|dattera|dotter|dottera|bror|broren|søster|søsteren|søstera|bestemor\w*|bestefar\w*|barnet|barn|ungen|nabo|naboen"
    r"|kollega|kollegaen|sjef|sjefen|tante|onkel|svigermor|svigerfar|venninne\w*|vennen|venn|niese|nevø|barnebarn\w*)"
)
_OWN = r"(?:min|mi|mitt|vår|hans|hennes)"
_SOMEBODY = (
    rf"(?:{_OWN} {_RELATIVE}|{_RELATIVE} {_OWN}|my (?:mother|mum|mom|dad|father|wife|husband|partner|son"
    rf"|daughter|brother|sister"
    r"|grandmother|grandfather|child|kid|neighbou?r|colleague|boss|aunt|uncle|friend))"
)
_DISTRESS = (
    r"(?:slår|slo|banker|banka|mishandl\w*|voldt\w*|truer|truar|trakasser\w*|misbruk\w*|ruser|rusar|drikker|avrusning\w*|avrusing\w*"
    r"|rehab|selvmord\w*|sjølvmord\w*|ta livet|vil dø|vil ikke leve|vil ikkje leve|orker ikke|orkar ikkje"
    r"|operer\w*|innlagt|innlagd"
    r"|syk|sjuk|dement|døende|døyande|vondt|smerter|hits?|beats?|abus\w*|hurts?|suicid\w*|kill (?:myself|himself"
    r"|herself)|sick|ill"
    r"|dying|hospital|medisin\w*|diagnos\w*)"
)
_STATE = rf"(?:{CONDITION}|\b{_DISTRESS}\b)"
_OF_RELATIVE = re.compile(rf"\b{_SOMEBODY}\b[^.?!\n]{{0,60}}?{_STATE}")
_OF_ONESELF = re.compile(
    # "I" alone is "in" in Norwegian.
    r"\b(?:jeg|eg|æ|i(?='m|'ve| (?:have|am|was|feel|suffer|want|got)\b))(?:'m|'ve)?\s(?:(?:har|er|fikk|fekk|ble"
    r"|blei|vart|føler meg|kjenner meg|lider av|sliter med|slit med|vil|tenker på"
    r"|have|am|got|was|feel|suffer from|want to|been)\s)?(?:(?:fått|nettopp|hatt|just|been|a|en|ein|kronisk|så"
    r"|veldig|å|to|av)\s)?"
    rf"(?:{_STATE}|ta livet|kill)",
)


def mentions_own_health(text: str) -> bool:
    """Tell whether a text seems to tell of an illness or distress of the writer or of somebody near them."""
    small = lowered(text)
    return bool(_OF_RELATIVE.search(small) or _OF_ONESELF.search(small))
