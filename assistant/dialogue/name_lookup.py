"""Turns that ask whether there is a record of a certain name.

Invariant: a name is told of where a record has it, and told to be unknown where none has; no neighbour stands in.
"""

from __future__ import annotations

import re

from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.slots import tells_apart
from assistant.dialogue.turn_text import TurnText
from index.analysis import words

_MOST_WORDS = 9
_RECORD = (
    r"(?:\w*(?:ordning|tilskudd|tilskot|støtte|program|fond|utlysning|utlysing|stipend|prosjekt|partner|partnar|bedrift"
    r"|firma|selskap|senter|institutt|organisasjon|forening|foreining|nettverk|miljø)\w*|noe|noko|noen|nokon|en|ein|et|eit"
    r"|\w*(?:scheme|grant|programme?|fund|call|project|partner|company|cent(?:er|re)|institute|organi[sz]ation|network)s?"
    r"|something|anything|anyone|one)"
)
_CALLED = r"(?:heter|heiter|heitte|het|kalles|kallast|kaller seg|kallar seg|called|named|is called|goes by)"
_NAMED = re.compile(
    rf"\b{_RECORD} (?:(?:som|that|which|who) )?{_CALLED}(?: for| the name)?\s*[:«\"“”']*\s*"
    r"(?P<name>[^?!»\"“”]{2,80})",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"^(?:og |men |and |but )?(?:finnes|finst|fins|har|kjenner|kjenn|er|is|are|do|does|have)\b[^?«\"“]{0,60}[«\"“]"
    r"(?P<name>[^»\"”?]{2,80})[»\"”][^?]{0,30}\??\s*$",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"(?<!\s)\s++(?:i basen|hos dere|hos dykk|her|i lista|in the base|in your list|here|da|then)\s*$", re.IGNORECASE
)


def parse_name_lookup(said: TurnText) -> Turn | None:
    """Return a turn that asks for a record by what it is called."""
    match = _NAMED.search(said.text) or _QUOTED.match(said.text)
    if match is None:
        return None
    name = _HERE.sub("", match["name"]).strip(" .,;:'–-")
    if not 0 < len(words(name)) <= _MOST_WORDS:
        return None
    known = [item for item in said.base.named(name) if tells_apart(item.name, name)]
    shown = [item for item in said.state.shown if tells_apart(item.name, name)]
    if found := (shown or known):
        return Turn(intent=Intent.ABOUT, items=tuple(found[:1]))
    return Turn(intent=Intent.ABOUT, unknown=(name,))
