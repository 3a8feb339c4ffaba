"""Words that tell what kind of work is wanted, as patterns of normalised text.

Invariant: a word is here only where it says what is to be done, whatever the matter; each pattern takes time in
proportion to the text.
"""

from __future__ import annotations

from corpus.records import Activity

DOCTORATE = r"(?:doktorgrad\w*|phd|dr\.? ?grad\w*|doctorate|doctoral degree)"
_MONEY_FOR = (
    r"(?:penger|pengar|midler|midlar|støtte|tilskudd|tilskot|money|funding|grants?) (?:til|for|to)"
    r" (?:å |the |(?:en|ein|ei|et|eit|an?) )?"
)
_MAYBE_ONE = r"(?:(?:the|an?|our|en|ein|ei|et|eit|vår|vårt) )?"
_STRUCTURE = (
    r"[\w-]{0,24}(?:veg|vei|skule|skole|hage|hall|bru|bro|kai|hus|bustad|bolig|heim|hjem|sti|park|bygg|bygning|anlegg|bane"
    r"|tunnel|stasjon|(?:leke|leike|parkerings|bade|raste)plass|(?:eldre|helse|kultur|idretts)senter|basseng|voll|brygge"
    r"|bryggje|havn|hamn|(?:vass|vann|kraft)verk|lokale|kino|scene|hytte|fortau|road|path|school|kindergarten|bridge|quay"
    r"|pier|house|housing|home|center|centre|station|playground|pool|building|facilit|harbour|library|apartment)"
    r"(?:\w{0,4}|ings?)\b"
)
"""A word for what is built, alone or at the end of a compound; much else is built that is no building."""
_TO_BUILD = (
    rf"(?:byggj?e|bygging av|build(?:ing)?) (?:[\w-]+ ){{0,3}}?{_STRUCTURE}",
    r"byggj?e (?:om|ut|i)\b",
    r"(?:gjøre|gjere|byggj?e) om (?:\w+ ){1,3}?til\b",
    r"(?:skal|må|bør) bygg(?:es|jast|ast)",
    r"nybygg\w*|ombygg\w*|utbygging\w*|construction of",
    rf"{_MONEY_FOR}(?:(?:ny|nye|nytt|new) )?{_STRUCTURE}",
    r"nytt \w{0,20}(?:heim|hjem|bygg|basseng|hus|anlegg)\b",
    r"invester\w*|invest(?:ment|ing)?s?|anlegg\w*|ladestasjon\w*|ladepunkt\w*|charging (?:station|point)s?",
    r"(?:nytt|nye|kjøpe(?: inn)?|innkjøp av|kjøp av|skaffe|til|new|buy|for) (?:\w+ )?(?:utstyr|equipment)\w*",
)
_TO_MEND = (
    r"(?:puss(?:e|es|a|ast)|rust(?:e|es|a|ast)) opp|oppuss\w*|opprust\w*|oppgrader\w*|restaurer\w*|renover\w*",
    r"istands(?:et|etj)\w*|(?:sett?e|setj?e|settes|setjast) i stand|utbedr\w*|utbetr\w*",
    r"vedlikehold(?!splan)\w*|vedlikehald(?!splan)\w*|(?:halde|halda|holde) ved ?like",
    rf"renovat\w*|refurbish\w*|restor(?:e|ing|ation of) {_MAYBE_ONE}(?:old|historic\w*|listed)|repair(?:s|ing)?",
    r"(?:bytte|byte|skifte) ut|utskift\w*|replac(?:e|ing)",
    rf"upgrad(?:e|ing) (?:of )?{_MAYBE_ONE}(?:\w+ )?{_STRUCTURE}",
)
_TO_RUN = (
    rf"{_MONEY_FOR}(?:drift\w*|drive|driva|running|run)",
    r"drifts(?:støtte|midl\w*|tilskudd|tilskot)",
    r"aktivitetstilbod\w*|aktivitetstilbud\w*|møteplass\w*|lavterskel\w*|lågterskel\w*|activities for",
)
_TO_STUDY = (
    r"forsk(?:e|n?ingsprosjekt\w*|n?ingssamarbeid\w*)|følgeforsk\w*|følgjeforsk\w*|research projects?",
    r"evaluer\w*|evaluat\w*",
    # What research says is not asked to be paid for.
    r"(?<!sier )(?<!seier )(?<!viser )(?<!says )(?<!say )forsk(?:n)?ing (?:på|om)",
    r"(?<!the )(?<!does )(?<!says )research (?:on|into)",
)
_TO_TRY = (
    r"pilot\w*|prøve ut|utprøv\w*|teste? ut|try out|trial\w*|forsøksordning\w*",
    r"(?:prøve|teste) (?:(?:en|ein|ei|et|eit) )?(?:ny|nye|nytt|åpn\w+|op[ne]\w+)|(?:try|test) (?:a )?new",
)
_TO_MEET = (
    r"nettverk\w*|network\w*|erfaringsutveksl\w*|utveksl\w*|exchange (?:of )?(?:experience|ideas|visits?)\w*",
    r"exchange (?:programme|program|project|trip)s?|(?:youth|student|teacher|pupil) exchanges?",
)
_TO_PLAN = (
    r"kartlegg\w*|plan (?:for|mot)|planarbeid\w*|utrede|greie ut|analyse\w*|strategi\w*",
    r"(?:lage|laga|utarbeide|skrive) (?:(?:en|ein) )?(?:ny )?\w*plan",
)
ACTIVITIES: dict[Activity, str] = {
    Activity.DOCTORATE: rf"{DOCTORATE}|doktorand\w*|stipendiat\w*|ph\.?d\.?",
    Activity.PRE_PROJECT: r"forprosjekt\w*|forstudi\w*|mulighetsstudi\w*|pre-?projects?|feasibility stud\w+",
    Activity.EU_CONSORTIUM: r"eu[- ]?(?:prosjekt\w*|søknad\w*|midler|midlar|penger|pengar|konsorti\w*|projects?|funding"
    r"|money|call)|horisont\w*|horizon\w*|interreg\w*",
    Activity.PROCUREMENT: r"innovativ\w* (?:anskaff|innkjøp|procurement)\w*|innovasjonspartnerskap\w*"
    r"|førkommersiell\w*|innovation partnership|pre-commercial",
    Activity.RESEARCH: "|".join(_TO_STUDY),
    Activity.TRIAL: "|".join(_TO_TRY),
    Activity.ROLL_OUT: r"innføre|innføring\w*|ta i bruk|taka i bruk|implementer\w*|rulle ut|breiing|spredning|roll out",
    Activity.TRAINING: r"kompetansehev\w*|kompetanseutvik\w*|etterutdann\w*|videreutdann\w*|vidareutdann\w*|kurs\w*"
    r"|opplær\w*|lære opp|skoler(?:e|ing) av|training|upskill\w*",
    Activity.INVESTMENT: "|".join((*_TO_BUILD, *_TO_MEND)),
    Activity.PLANNING: "|".join(_TO_PLAN),
    Activity.NETWORK: "|".join(_TO_MEET),
    Activity.SERVICE: "|".join(_TO_RUN),
}
"""By kind of work, the words that tell that it is wanted."""
