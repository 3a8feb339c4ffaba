"""Facts that a question tells of its asker, for rules to be held against.

Invariant: a fact is taken only where the question says it of the asker or the project; what is asked for, wished
for or left unsaid stays unknown, and what was known of the asker before is kept unless the question says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from assistant.dialogue.sums import sum_told
from assistant.dialogue.work_words import ACTIVITIES, DOCTORATE
from assistant.funding.rules import HOME
from assistant.funding.verdicts import Facts, Party, merge_facts
from corpus.criteria import Experience, ProjectStage, Purpose
from corpus.places import County, Place, load_places
from corpus.records import Activity, ActorType
from corpus.text import Language
from index.analysis import normalise, words

Found = TypeVar("Found", ProjectStage, Experience)

_TYPES: dict[ActorType, str] = {
    ActorType.COUNTY_MUNICIPALITY: r"fylkeskommun\w*|county (?:municipality|council|authority)",
    ActorType.INTER_MUNICIPAL_BODY: r"interkommunal\w* (?:selskap|organ|samarbeid)\w*|iks|inter-?municipal \w+",
    ActorType.MUNICIPALITY: r"kommun(?:e|en|ar|er|ane|ene)|municipality|municipalities|local authority",
    ActorType.COMPANY: r"\w*bedrift\w*|firma\w*|selskap\w*|aksjeselskap\w*|company|companies|firm|business|start-?up",
    ActorType.HEALTH_TRUST: r"helseforetak\w*|helseføretak\w*|sykehus\w*|sjukehus\w*|hospital|health trust",
    ActorType.UNIVERSITY: r"universitet\w*|høgskol\w*|høyskol\w*|høgskul\w*|university(?: college)?|ntnu",
    ActorType.RESEARCH_INSTITUTE: r"forsk(?:n)?ingsinstitutt\w*|research institute|sintef",
    ActorType.COUNTY_GOVERNOR: r"statsforvalt\w*|county governor",
    ActorType.STATE_BODY: r"direktorat\w*|statl[ie]g\w* (?:etat|virksomhet|verksemd|organ)\w*|state (?:body|agency)",
    ActorType.CLUSTER: r"klyng\w*|næringsklyng\w*|cluster",
    ActorType.FOUNDATION: r"stiftels\w*|stifting\w*|foundation",
    ActorType.ASSOCIATION: r"forening\w*|foreining\w*|(?:frivillig|ideell)\w* (?:lag|organisasjon)\w*|association",
}
"""What people call each kind of organisation; the first that fits a place in the text is meant there."""
_TYPE = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _TYPES.items())
_GAP = r"(?:(?!ikke\b|ikkje\b|not\b|med\b|with\b|for\b)[\w-]+ ){0,4}?"
_SELF: dict[Language, str] = {
    Language.NB: r"(?:vi|jeg|me|eg) (?:er|i|fra|frå|på|jobber|jobbar|arbeider|arbeidar|representerer|driver|driv|som)",
    Language.NN: r"(?:vi|me|eg|jeg) (?:er|i|frå|fra|på|jobbar|jobber|arbeider|arbeidar|representerer|driv|driver|som)",
    Language.EN: r"(?:we are|we're|i am|i'm|(?:we|i) work (?:in|at|for)|(?:we|i) represent|(?:we|i) run|as)",
}
_APPLIES = r"(?:søk\w*|vil|skal|ønsk\w*|ynskj\w*|trenger|treng|kan søk\w*|få støtte|apply|wants?|needs?|would like)"

_HAS = r"\b(?:har|hatt|med|sammen med|saman med|i lag med|have|has|with|together with|og|and)\b"
_NOT = r"\b(?:ikke|ikkje|uten|utan|ingen|inga|mangler|manglar|no|not|without|lacks?|don't|nobody)\b"
_SEEKS = (
    r"\b(?:trenger|treng|må|leter|leiter|leitar|søker etter|søkjer etter|ønsker|ønskjer|vil ha|finn\w*|hvem|kven"
    r"|kjenn\w*|hvis|dersom|om vi|kan noen|need|must|seek\w*|look\w* for|want|find|who|if|should|require\w*|krev\w*)\b"
)
PARTIES: tuple[tuple[str, Party], ...] = (
    (
        (
            r"(?:svensk\w*|swedish) (?:sam\w*)?(?:part\w*|kommun\w*|aktør\w*|bedrift\w*|firma\w*|universitet\w*"
            r"|municipal\w*|compan\w*|universit\w*)|(?:part\w*|noen|nokon|kommune\w*|someone) (?:i|fra|frå|in|from)"
            r" (?:sverige|sweden|jämtland|västernorrland|östersund)"
        ),
        Party(country="SE"),
    ),
    (
        r"(?:godkjen[td]e?|approved) (?:forsk\w*|fou-?\w*|research \w+|rd \w+)",
        Party(approved_research_org=True),
    ),
    (
        r"ntnu|nord universitet\w*|universitetet|(?:et|eit|a) universit\w+|høgskol\w*|høyskol\w*",
        Party(type=ActorType.UNIVERSITY),
    ),
    (r"sintef|(?:et|eit) forsk(?:n)?ingsinstitutt\w*|a research institute", Party(type=ActorType.RESEARCH_INSTITUTE)),
    (
        r"nabokommun\w*|(?:en|ein) anna?n kommune|(?:another|neighbouring) municipality",
        Party(type=ActorType.MUNICIPALITY),
    ),
    (r"(?:en|ei|ein|a|lokal\w*|local) (?:\w+ )?(?:bedrift\w*|company)", Party(type=ActorType.COMPANY)),
)
_RESEARCHERS = r"forsk(?:n)?ings(?:miljø|organisasjon|institusjon|part)\w*|forskar\w*|forsker\w*|research(?:ers?| \w+)"
_ALONE = (
    r"\b(?:alene|åleine|aleine|ingen partn\w+|uten partn\w+|utan partn\w+|on our own|alone|(?:no|without) partners)\b"
)

_NO = r"(?<!ikke )(?<!ikkje )(?<!not )(?<!ikke et )(?<!ikkje eit )(?<!ikke en )(?<!ikkje ein )(?<!not a )(?<!not an )"
"""What must not stand before what is taken for said."""
_PERSON = (
    r"(?:kandidat\w*|ansatt\w*|tilsett\w*|medarbeid\w*|person\w*|en|ein|noen|nokon|hun|ho|han"
    r"|candidate|employee|someone|she|he)"
)
_STAGES: dict[ProjectStage, str] = {
    ProjectStage.PRE_PROJECT: r"forprosjekt\w*|forstudi\w*|pre-?projects?|preliminary (?:study|project)",
    ProjectStage.QUALIFICATION: r"kvalifiseringss?\w*|qualification (?:support|project)",
    ProjectStage.SMALL_SCALE: r"småskala\w*|small-scale",
    ProjectStage.MAIN_PROJECT: r"hovedprosjekt\w*|hovudprosjekt\w*|main project",
    ProjectStage.PHD: (
        rf"(?:ta|tar|tek|take|taking|pursue|do) (?:en |ein |a )?{DOCTORATE}|doktorgradsl\w+|doktorgradsp\w+"
        r"|phd[- ](?:pro\w+|stipend\w*|løp\w*|candidate|kandidat\w*)|stipendiat\w*"
    ),
    ProjectStage.PROCUREMENT: r"anskaff\w*|innkjøp\w*|procurement",
    ProjectStage.STUDENT_ASSIGNMENT: r"(?:student|master|bachelor)(?:oppg\w+)|student assignment",
    ProjectStage.IDEA: r"(?:bare|berre|kun) (?:en|ein) (?:løs )?id[eé]\b|id[eé](?:stadi\w+|fase\w*)|på id[eé]-?stadiet"
    r"|(?:only|just) an idea|idea (?:stage|phase)",
}
_PURPOSES: dict[Purpose, str] = {
    Purpose.NETWORKING: r"bygge nettverk|byggje nettverk|nettverksbygging|networking|build(?:ing)? a? ?networks?",
    Purpose.LITERATURE_REVIEW: r"litteratur(?:gjennomgang|studi|søk)\w*|samle litteratur|literature review",
    Purpose.MARKET_STUDY: r"markedsundersøk\w*|marknadsundersøk\w*|undersøke markedet|market (?:study|survey)",
    Purpose.APPLICATION_WRITING: r"skrive (?:en |ein |selve |sjølve )?\w*søknad\w*|writing the application",
    Purpose.RESEARCH: r"selve forskning\w*|sjølve forsking\w*|the research itself",
}
_MONEY = r"\b(?:penger|pengar|midler|midlar|støtte|tilskudd|tilskot|money|funding|funds?|grant)\b"
_PERCENT = r"(\d{1,3}) ?(?:%|prosent|per ?cent)"
_PUBLIC_SHARE = rf"{_PERCENT} (?:av \w+ )?(?:er )?(?:offentlig|offentleg|public)"
_OWN_SHARE = (
    r"(?:dekke|dekkje|bidra med|stille med|egenandel\w*(?: på)?|eigendel\w*(?: på)?|cover|contribute) "
    rf"(?:opptil |inntil |minst |up to )?{_PERCENT}"
)
_RESEARCH = r"(?:forsk\w*|fou\w*|utviklingsarbeid|research|rd)"
_EXPERIENCE: dict[Experience, str] = {
    Experience.NONE: rf"(?:aldri|never) [^.?!]{{0,25}}{_RESEARCH}|(?:ingen|inga|no) erfaring [^.?!]{{0,15}}{_RESEARCH}"
    rf"|no (?:experience|background) [^.?!]{{0,15}}{_RESEARCH}",
    Experience.LITTLE: rf"(?:lite|lita|liten|little) (?:erfaring|experience) [^.?!]{{0,15}}{_RESEARCH}",
    Experience.EXPERIENCED: rf"(?:mye|mykje|lang|god|much|long) (?:erfaring|experience) [^.?!]{{0,15}}{_RESEARCH}",
}
_BROKER = r"(?:kompetansemeg\w+|kompetansemek\w+|competence broker)"


def facts_of(text: str, language: Language, profile: Facts | None = None) -> Facts:
    """Return what a question tells of its asker, added to what was known.

    Args:
        text: The question.
        language: The language it is in, since the words for oneself differ.
        profile: What is known of the asker from before; nothing is assumed where it is not given.
    """
    known = profile or Facts()
    said = normalise(text)
    told: dict[str, object] = {
        "applicant_type": _applicant(said, language),
        **_place(said, language),
        **(_remembered_facts(said) if len(said) <= _REMEMBERED_TEXT else _facts_in_any_language(said)),
    }
    return known.model_copy(update={name: value for name, value in told.items() if value is not None})


_REMEMBERED_TEXT = 2_500
"""Characters of the longest text whose facts are remembered; a question, normalised, hardly has more."""


def _facts_in_any_language(said: str) -> Mapping[str, object]:
    """Return what a normalised text tells in words that do not tell one language from another."""
    return {
        **_parties(said),
        "stage": stage_named(said),
        "activities": activities_named(said) or None,
        "rd_experience": experience_named(said),
        "no_earlier_doctorate": _no_earlier_doctorate(said),
        "candidate_employed": _employed(said),
        "public_share": _number(_PUBLIC_SHARE, said),
        "own_share": _number(_OWN_SHARE, said),
        "budget": sum_told(said),
        "purposes": _purposes(said),
        "talked_to_broker": _talked(said),
        "words": tuple(words(said)) or None,
    }


# A turn is read for what it tells in each language, and then for what its need tells.
_remembered_facts = lru_cache(maxsize=16)(_facts_in_any_language)


def is_municipality_number(text: str) -> bool:
    """Tell whether a text is the number that a municipality has today, or had before."""
    return re.fullmatch(r"[0-9]{4}", text) is not None and bool(load_places().by_number(text))


def facts_of_municipality(number: str) -> Facts:
    """Return what is known of somebody who says which municipality they are in, by the number it has or had."""
    places = load_places().by_number(number)
    place = places[0] if len(places) == 1 else None
    return merge_facts(Facts(applicant_type=ActorType.MUNICIPALITY), facts_of_place(place)) if place else Facts()


def facts_of_place(place: Place) -> Facts:
    """Return what is known of somebody who is in a municipality or a county."""
    if isinstance(place, County):
        return Facts(fylkesnummer=place.number, place=place.name, country=HOME)
    return Facts(kommunenummer=place.number, fylkesnummer=place.county, place=place.name, country=HOME)


def applicant_named(said: str) -> ActorType | None:
    """Return the kind of organisation that a normalised text names, without saying whose it is."""
    kinds = {match.lastgroup for match in re.finditer(rf"\b(?:{_TYPE})\b", said)}
    return ActorType(str(kinds.pop())) if len(kinds) == 1 else None


def sorts_named(said: str) -> list[str]:
    """Return the words of a normalised text that name a kind of organisation."""
    return [match.group() for match in re.finditer(rf"\b(?:{_TYPE})\b", said)]


def stage_named(said: str) -> ProjectStage | None:
    """Return the stage that a normalised text names, if it names one."""
    return _only(_STAGES, said)


def activities_named(said: str) -> tuple[Activity, ...]:
    """Return the kinds of work that a normalised text names; a pre-project only where it is not held against others."""
    found = tuple(activity for activity, pattern in ACTIVITIES.items() if re.search(rf"{_NO}\b(?:{pattern})\b", said))
    if stage_named(said) is None and re.search(rf"\b(?:{_STAGES[ProjectStage.MAIN_PROJECT]})\b", said):
        return tuple(one for one in found if one is not Activity.PRE_PROJECT)
    return found


def experience_named(said: str) -> Experience | None:
    """Return the experience that a normalised text names, if it names one."""
    return _only(_EXPERIENCE, said)


def purposes_named(said: str) -> tuple[Purpose, ...]:
    """Return the purposes, among those that rules exclude, that a normalised text names."""
    return tuple(purpose for purpose, pattern in _PURPOSES.items() if re.search(rf"\b(?:{pattern})", said))


def _applicant(said: str, language: Language) -> ActorType | None:
    """Return the kind of organisation that the asker says it is; None if it says none, or several."""
    article = r"(?:en |ein |ei |et |eit |a |an |the |vår |our )?"
    owned = r"(?: vår| vårt)?"
    patterns = (
        rf"\b{_SELF[language]} {_GAP}(?:{_TYPE})\b",
        rf"\b(?:som|as|vår|vårt|our|its?|på vegne av|på vegner av|on behalf of) {article}(?:{_TYPE})\b",
        rf"\b(?:kan|can|må|skal|vil|får) {article}(?:{_TYPE}){owned} (?:\w+ )?{_APPLIES}\b",
        rf"^{article}(?:{_TYPE}){owned} (?:\w+ )?{_APPLIES}\b",
        rf"\b(?:{_TYPE}) (?:vår|vårt)\b",
    )
    kinds = {match.lastgroup for pattern in patterns for match in re.finditer(pattern, said)}
    return ActorType(str(kinds.pop())) if len(kinds) == 1 else None


def _place(said: str, language: Language) -> dict[str, object]:
    """Return the foreign country that the asker says it is in."""
    here = rf"\b{_SELF[language]} (?:(?!ikke\b|ikkje\b|not\b|med\b|with\b)[\w-]+ ){{0,5}}?"
    if re.search(rf"{here}(?:svensk\w*|swedish)\b|{here}(?:i|fra|frå|in|from) (?:sverige|sweden)\b", said):
        return {"country": "SE"}
    return {}


_SHORTEST_PARTY = 4
"""Letters of a clause that can name a party and say that it takes part."""
_MOST_CLAUSES = 60
"""Clauses that are read for who takes part; a text has more only where its marks part no clauses."""


def _parties(said: str) -> dict[str, object]:
    """Return who is said to take part, and who is said not to."""
    partners: list[Party] = []
    lacking: list[Party] = []
    clauses = re.split(r"[.;:!?]|\b(?:men|but)\b|\b(?:og|and) (?=(?:vi |we )?(?:har|have)\b)", said)
    for clause in islice((clause for clause in clauses if len(clause) >= _SHORTEST_PARTY), _MOST_CLAUSES):
        for pattern, party in (*PARTIES, (_RESEARCHERS, Party())):
            match = re.search(rf"\b(?:{pattern})\b", clause)
            if match is None or (party == Party() and any(one.approved_research_org for one in partners + lacking)):
                continue
            before = clause[: match.start()]
            if re.search(_NOT, before):
                # Who has no researchers at all has no approved ones either.
                lacking.append(party if party != Party() else Party(approved_research_org=True))
            elif re.search(_HAS, before) and not re.search(_SEEKS, before):
                partners.append(party)
    if re.search(_ALONE, said) and not partners:
        return {"partners": (), "partners_complete": True}
    told: dict[str, object] = {"partners": tuple(partners)} if partners else {}
    return told | ({"lacking": tuple(lacking)} if lacking else {})


def _only(patterns: Mapping[Found, str], said: str) -> Found | None:
    """Return what the one pattern that is found stands for; None where none or several are."""
    found = [meant for meant, pattern in patterns.items() if re.search(rf"{_NO}\b(?:{pattern})", said)]
    return found[0] if len(found) == 1 else None


def _no_earlier_doctorate(said: str) -> bool | None:
    article = r"(?:(?:noen|nokon|en|ein|a|any) )?"
    without = rf"(?:har ikke|har ikkje|uten|utan|ingen|does not have|doesn't have|without|no) {article}{DOCTORATE}"
    if re.search(rf"\b{without}(?! \w*søknad)", said):
        return True
    before = r"(?:fra før|frå før|allerede|allereie|already)"
    early = r"(?:allerede |allereie |already )?"
    has = rf"(?:som |who )?{early}(?:har|med|with|has|holds|holding) {early}{article}{DOCTORATE}"
    if re.search(rf"\b{_PERSON} (?:\w+ ){{0,2}}?{has}|\b{has} {before}|\b{DOCTORATE} {before}", said):
        return False
    return None


def _employed(said: str) -> bool | None:
    employee = r"(?:ansatt\w*|tilsett\w*|medarbeid\w*|employees?)"
    if not re.search(DOCTORATE, said) or not re.search(rf"\b{employee}", said):
        return None
    return not re.search(r"\b(?:ikke|ikkje|not) (?:\w+ )?(?:ansatt|tilsett|(?:an )?employe)", said)


def _purposes(said: str) -> tuple[Purpose, ...] | None:
    return (purposes_named(said) or None) if re.search(_MONEY, said) else None


def _number(pattern: str, said: str) -> Decimal | None:
    match = re.search(pattern, said)
    if match is None or is_denied(said, match):
        return None
    return Decimal(match[1]) if int(match[1]) <= 100 else None


def is_denied(said: str, match: re.Match[str]) -> bool:
    """Tell whether a "not" stands within what a normalised text says at a match, or closely before it."""
    return _DENIES.search(said[max(match.start() - _NEAR, 0) : match.end()]) is not None


_DENIES = re.compile(r"\b(?:ikke|ikkje|ikkj|itj|itte|not|don't|won't|cannot|can't|never|aldri)\b")
_NEAR = 14
"""Letters before what is said within which a "not" is said of it."""


def _talked(said: str) -> bool | None:
    match = re.search(rf"\b(?:snakk\w*|kontakt\w*|talked|spoken|dialog) (?:\w+ ){{0,3}}{_BROKER}", said)
    if match is None or not re.search(r"\b(?:har|hatt|have|has)\b", said[: match.start()]):
        return None
    return not re.search(r"\b(?:ikke|ikkje|not|haven't)\b", said[: match.start()][-40:])
