"""Turns that ask what can be applied for: now, in some months, or what comes.

Invariant: a turn with a subject of its own is a need, and one about the schemes that were shown is theirs.
"""

from __future__ import annotations

import re

from assistant.dialogue.conversation import Intent, Turn
from assistant.dialogue.facts import facts_of_place
from assistant.dialogue.question_replies import MONTHS_NAMED
from assistant.dialogue.turn_facts import facts_of_turn
from assistant.dialogue.turn_text import SHORT, TurnText, place_tokens
from assistant.funding.calendar import CallPeriod
from assistant.funding.verdicts import Facts, merge_facts
from corpus.places import load_places
from index.analysis import is_stopword

_SEASONS = {
    "vår": (3, 5), "våren": (3, 5), "spring": (3, 5), "sommer": (6, 8), "sommeren": (6, 8), "sommar": (6, 8),
    "sommaren": (6, 8), "summer": (6, 8), "høst": (9, 11), "høsten": (9, 11), "haust": (9, 11), "hausten": (9, 11),
    "autumn": (9, 11), "fall": (9, 11), "vinter": (12, 2), "vinteren": (12, 2), "winter": (12, 2),
}  # fmt: skip
"""The first and the last month of each season."""
_NAMES = "|".join(sorted((*MONTHS_NAMED, *_SEASONS), key=len, reverse=True))
_NAMED = re.compile(
    rf"\b(?:i|til|på|før|innen|innan|om|in|during|for|by|this|next|neste|denne|i løpet av|the|slutten av"
    rf"|starten av|early|late)"
    rf" (?:the |denne |neste |this |next |coming |kommende |komande )?(?P<name>{_NAMES})(?: (?P<year>20[2-4]\d))?\b"
)
_RELATIVE = re.compile(
    r"\b(?:(?P<this_month>denne måneden|denne månaden|this month)|(?P<next_month>neste måned|neste månad|next month)"
    r"|(?P<this_year>i år|resten av året|this year)|(?P<next_year>(?:til )?neste år|next year)"
    r"|(?:i|in|for|til) (?P<year>20[2-4]\d))\b"
)
_NOW = re.compile(
    r"\b(?:(?:åpne|åpen|opne|ope|open)(?: for (?:søknader|søknadar|applications))?(?: akkurat)? ?"
    r"(?:nå|no|i dag|now|today|at the moment|for tiden|for tida)?"
    r"|(?:lyses ut|lysast ut|lyst ut|utlyst) (?:nå|no)|right now|akkurat nå|akkurat no)(?=\W|$)"
)
_APPLIED_NOW = re.compile(r"\b(?:søke|søkje|søkes|søkast|søka|apply)\b.{0,14}\b(?:nå|no|now|i dag|today)\b")
"""How somebody asks what to apply for, be it open today or soon."""
_CALLS = re.compile(
    r"\b(?:utlysning\w*|utlysing\w*|lyses ut|lysast ut|lyst ut|lyse ut|lyser|utlyst|lysingar"
    r"|calls?(?: for (?:proposals"
    r"|applications))?|søknadsfrist\w*|fristkalender\w*|frist(?:er|ar|ene|ane)?|deadlines?|støtteordning\w*"
    r"|ordning(?:er|ar|ene"
    r"|ane)?|tilskudd(?:sordning\w*)?|tilskot(?:sordning\w*)?|midler|midlar|penger|pengar|schemes?|grants?"
    r"|funding|money"
    r"|søknadsrunde\w*|søke(?:s)?|søkje|søkast|apply|opens?|opening|åpner|åpnes|opnar|opnast|closes?|closing|close)\b"
)
_COMING = re.compile(
    r"\b(?:kommende|komande|kommer|kjem|framover|fremover|snart|nærmeste|næraste|upcoming|coming|soon|ahead"
    r"|neste halvår)\b"
)
_ALL = re.compile(r"\b(?:alle|all|alt|everything|fristkalender\w*|kalender\w*|calendar|oversikt\w*|overview)\b")
_ANNOUNCED = re.compile(
    r"\b(?:utlysning(?:er|ar|ene|ane)|utlysing(?:er|ar|ene|ane)|lyses ut|lysast ut|lyst ut|lyse ut"
    r"|fristkalender\w*|calls"
    r"|calls? for (?:proposals|applications)|opening|opens|åpner|åpnes|opnar|opnast)\b"
)
"""Words that speak of whatever is announced, whatever was shown."""
_BARE = re.compile(
    r"^(?:(?:vis|se|sjå|gi meg|show(?: me)?|list|alle|all|the|hvilke|kva for|which"
    r"|what(?: are the)?) )*(?:søknadsfrister|"
    r"søknadsfristar|frister|fristar|fristene|fristane|fristkalender(?:en)?|utlysninger|utlysingar|utlysningene"
    r"|utlysingane"
    r"|deadlines|calls(?: for proposals)?|upcoming calls)\W*$"
)
_OF_SHOWN = re.compile(
    r"\b(?:den|det|de|dei|denne|disse|desse|dem|it|this|that|these|those|them|they|nummer|number|nr|første|first"
    r"|andre)\b"
)
_SMALL = frozenset(
    """
    støtte stønad støtteordning runde runder rundar søknad søknader søknadar kommune kommuner kommunar kommunen fylke
    municipality municipalities lyses lysast lyst frist frister fristar program programmer søkes penger hvilke åpne
    finnes proposal proposals application applications open
    """.split()
)


def parse_calendar(said: TurnText) -> Turn | None:
    """Return a turn that asks what is open now, what comes in some months, or what closes next."""
    plain = said.plain
    if len(said.cues.tokens) > SHORT or said.cues.any("AMOUNT", "OWN_SHARE", "WHY", "DRAFT", "COMPARE", "NOT"):
        return None
    in_thread = said.state.question is not None
    if _BARE.match(plain) and not (in_thread and not _ALL.search(plain) and not _ANNOUNCED.search(plain)):
        return _turn(said, None, open_now=False)
    period, matched = _period(plain)
    is_now = _NOW.search(plain)
    if not _CALLS.search(plain) or not (period or is_now or _COMING.search(plain) or _APPLIED_NOW.search(plain)):
        return None
    # What is said of "that one", or of open ones without a word of all there is, is said of what was shown.
    of_all = _ALL.search(plain) or (_ANNOUNCED.search(plain) and (period or _COMING.search(plain)))
    if in_thread and (_OF_SHOWN.search(plain) or said.cues.has("ONLY") or not of_all):
        return None
    if _has_subject(said, matched):
        return None
    return _turn(said, period, open_now=is_now is not None and period is None)


def _period(plain: str) -> tuple[CallPeriod | None, str]:
    """Return the time that a normalised text names, with the words by which it does."""
    if match := _NAMED.search(plain):
        name, year = match["name"], match["year"]
        first, last = _SEASONS[name] if name in _SEASONS else (MONTHS_NAMED[name], MONTHS_NAMED[name])
        return CallPeriod(first_month=first, last_month=last, year=int(year) if year else None), match.group()
    if match := _RELATIVE.search(plain):
        if match["year"]:
            return CallPeriod(first_month=1, last_month=12, year=int(match["year"])), match.group()
        ahead = 1 if match["next_month"] or match["next_year"] else 0
        unit = "month" if match["this_month"] or match["next_month"] else "year"
        return CallPeriod(unit=unit, ahead=ahead), match.group()
    return None, ""


def _has_subject(said: TurnText, matched: str) -> bool:
    """Tell whether a turn names what the money should be for, besides when and for whom."""
    about = set(matched.split())
    places = place_tokens(said)
    return any(
        place not in places
        and token not in about
        and token not in _SMALL
        and not token.isdecimal()
        and not is_stopword(token)
        and not _CALLS.fullmatch(token)
        and said.base.is_subject(token)
        and place not in said.cues.covered()
        for place, token in enumerate(said.cues.tokens)
    )


def _turn(said: TurnText, period: CallPeriod | None, *, open_now: bool) -> Turn:
    return Turn(
        intent=Intent.CALENDAR, text=said.text, facts=facts_asked_for(said.text), period=period, open_now=open_now
    )


def facts_asked_for(text: str) -> Facts:
    """Return for whom a calendar is asked for, as far as that is told."""
    told = facts_of_turn(text)
    # What several places are called places nobody.
    if told.fylkesnummer is None and len(places := load_places().mentions(text)) == 1:
        return merge_facts(told, facts_of_place(places[0].place))
    return told
