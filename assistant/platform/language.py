"""Which written language a question is in.

Invariant: the words that only one form has decide, be it one of them alone; a general detector is asked only where they
are silent, and then only tell English from Norwegian, since bokmål and nynorsk without such words look alike. A
question that could be either is answered in bokmål. The spelling of a name tells nothing of who writes it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from corpus.places import load_places
from corpus.text import Language
from index.analysis import words
from index.norwegian_forms import load_forms

if TYPE_CHECKING:
    from lingua import LanguageDetector

_MARKERS: dict[Language, frozenset[str]] = {
    Language.NB: frozenset(
        """
        bare barnehage ble dere deres derfor elevene elever enkelte flere forskjell fortsatt fra første gjør
        gjøre gjøres hjem hjemme hjemmefra hun hva hvem hver hverandre hvilke hvilken hvilket hvor hvordan hvorfor
        ikke jeg kommunene kommuner løse løsning løsninger mens mulig mulige mulighet mulighetene muligheter mye noe
        noen nå oppgave oppgaver samme selv selvkjørende siden skole skolen skolene skoler spørre syk sykdom syke
        tidlig tjeneste tjenester
        trenger ungdommer uten virksomhet virksomheten virksomheter være vært ønsker
        """.split()
    ),
    Language.NN: frozenset(
        """
        barnehagar berre blei dei deira difor dykk dykkar eg ein einskilde eit elevane elevar finst fleire forsking
        framleis frå fyrst fyrste gjer gjerast gjere heile heim heime helsetenester ho høgare ikkje kjem kommunane
        kommunar korleis kva kvar kvarandre kven kvifor løyse løysing løysingar medan meir mogleg moglege
        moglegheiter mykje noko nokon nokre oppgåve oppgåver saman same sidan sjuk sjukdom sjuke skilnad
        sjølv skular skule skulen spørje søkje søkjer tenesta teneste tenester tidleg treng ungdomar utan vart vere
        verksemd verksemda verksemder
        verkemiddel vidare vidaregåande vore ynskje ynskjer
        arbeidarar attende berre enno hausten hjå hugse hugs jobbar manglar me meinte meiner nokså nynorsk
        rekk samanlikn samanlikne sjølve skilnaden sluttar søkja søkje søkjer tenkjer tek tyder utan vaksne
        verkar øvste òg åleine førre gjera nokre fekk gjekk vonar kjenst heimebuande sjukeheim sjukeheimen
        desse korkje anten eigne eige eigen gjeve gong gonger heilskapleg innbyggjar innbyggjarane innbyggjarar leiar
        leiarar
        leiarane leiing lærar lærarar lærarane rettleiing straum straumnett stader styrkje tilbod tilboda tilhøve
        tryggleik utanfor vatn vassverk vêr vegar verdfull arbeidsplassar distrikta bustad bustader brukar brukarar
        kyrkje
        kyrkja hovud skuldast syner einsemd einsame tenkje byggje leggje liggje meine følgje vanskeleg særleg stundom
        difor kvart vera koma kome vaksen tilsett tilsette flaum flaumar nettverka tiltaka prosjekta kommuna
        pengar midlar tilskot ordningar utlysing utlysingar då ungane dokker fortel sei seie ringjer liknar
        """.split()
    ),
    Language.EN: frozenset(
        """
        bike boat cabins cattle citizens dog dogs elsewhere farm farms fish foster heat lane oil parks patients
        rain salmon sea sewage sheep shortage snow spill traffic trains wolves
        in is has about and any anyone applications apply are been best between broker can can't change children
        climate companies compare competence could county difference does don't done draft early elderly else energy
        english examples fewer flood flooding forget from funding goodbye grants great have health hello help hey hi
        how i'm if in innovation into it it's kids learning library loneliness lonely meant mental money more
        municipal municipalities municipality my need number nursing of older on one or other others our ours out pay
        people please pre-project project projects pupils qualify recruit recruitment reduce roads rural safety save
        schemes schools services shortage should skills smaller someone something storm stormwater string
        sustainability tell testing thank thanks that the their them there these they this three to tourism town
        traffic twin two undo universities university us using want waste water we we'd we're welfare wellbeing what
        what's when where which who why will with without work working would write yes you young your youth
        """.split()
    ),
}
_BOTH_NORWEGIAN = frozenset(
    """
    av bli blir deg den det eldre etter har hos hva innen kan med meg mot nye når og også om oss over på seg skal som
    til ung unge ungdom uten ved vi vil vår være år å
    """.split()
)
"""Small words of bokmål and nynorsk alike that no English sentence holds."""
_BOTH_NORWEGIAN_SPELLING = re.compile(
    r"[æøå]|skj|[^aeiou]j|^(?:kommun(?!ic|it|is)|fylk|helse|hels|felles|offentl|skole|skule|barn(?!s?$)|t[je]?eneste)"
    r"|(?:sjon(?:en|er|s)?|het(?:en|er)?|elser?|skap(?:et|en)?|isk|lig|leg|ning(?:en|a|er)|kommunen?|ene|erne|tjenesten?"
    r"|hjem|hus(?:et|ene)?|arbeid|folk(?:ene)?|lærer(?:e|ne)?|plan(?:er|en)"
    r"|(?<!ob)lige|eiere?|ende|[^cpw]ede|[bdgkl]ere|[ai]tet(?:en|er)?|ktet|penger|midler|kurs)$"
)
"""What Norwegian words of both written forms hold, begin or end with, and hardly any English one does."""
_ALSO_NORWEGIAN = frozenset("best innovation is spill storm team testing to twin".split())
"""English words that are words of Norwegian texts too; they tell nothing where a word tells of Norwegian."""
_LOANWORDS = frozenset(
    """
    ai autism baby badminton betting bitcoin chatbot coaching coworking covid deepfake disc dulting edtech fintech fou
    frisbeegolf gaming golf granulat grooming gyro hackathon hacking hydrogen nudging outdoor padel phishing podcast
    pumptrack radon robot sensor skateboard skatepark startup stress streaming surrogati team trainee webinar workshop
    """.split()
)
"""Words that Norwegians use in what they write; alone they tell nothing."""
_ENGLISH_LETTERS = re.compile(
    r"w|th|sh|ck|tion|ght|ough|ea[^u]|oo|qu|ou|ee[^n]|tch|ph|ies$|(?:ings|ents|ness|less|ful|able|ous|cy|ity)$"
)
"""What English words hold or end in, and few Norwegian ones do."""
_ALSO_ENGLISH = frozenset("born brother brothers gong hugs me newborn same song stadium tape vera".split())
"""Words of nynorsk that are English words too; they tell nothing where a word tells of English."""
_NYNORSK_ENDINGS = ("ane", "leg", "arar", "arane")
_PLURAL = "ar"
"""How most plurals end in nynorsk, and no word of bokmål but the few that end as these do."""
_NO_NYNORSK_ENDINGS = (
    "svar", "uar", "inar", "mentar", "emplar", "ventar", "ular", "vikar", "orar", "voar", "toar", "altar",
    "nektar", "olar", "radar", "onar", "avatar", "hangar", "ilar", "endar", "tekar", "bar", "klar", "par", "far",
    "dekar", "blomsterkar", "rekar", "evar", "dollar", "gitar", "star", "caviar", "kaviar", "oar", "basar", "sonar",
    "urbane", "humane", "profane", "membrane", "orkane",
)  # fmt: skip
"""Ends of words that are bokmål and end as nynorsk does: *ansvar*, *fornybar*, *urbane*."""
_PLURAL_FROM = 6
_ENDING_FROM = 6
"""Shorter words that end so are often bokmål or names."""
_BOKMAL_ENDINGS = ("het", "heten", "heter", "lig", "lige", "gang", "gangen", "erklæring")
"""Ends of words that are bokmål, or both, whatever parts of nynorsk words they seem to hold."""
_NAMES = ("landsforsking", "møreforsking", "marksforsking", "høgskulen")
"""Ends of names of bodies that are spelled in nynorsk, whoever writes them."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SAMPLE = 400
"""Characters of a text without markers that the detector is given; more of them make it no surer, only slower."""
_SURE_ENGLISH = 0.5
"""The confidence from which the detector is believed that a text without markers is English."""
_SURE_ENOUGH = 0.25
"""The confidence from which it is where the spelling tells so too; *ee* and *sh* are within Norwegian compounds too."""


@cache
def _detector() -> LanguageDetector:
    from lingua import Language as Tongue
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Tongue.BOKMAL, Tongue.NYNORSK, Tongue.ENGLISH).build()


class _Marks(NamedTuple):
    """How many words of a text only one written form has."""

    scores: dict[Language, int]
    is_norwegian: bool
    """Whether a word shows that it is one of the two Norwegian forms."""
    looks_english: bool
    """Whether a word is spelled as English ones are, and none as Norwegian ones."""


def detect_language(text: str) -> Language:
    """Return the language of a question."""
    marks = _marks_of(text)
    leaders = _leaders(marks)
    if len(leaders) == 1:
        return leaders[0]
    may_be_english = Language.EN in leaders and not (marks.is_norwegian and not marks.scores[Language.EN])
    least = _SURE_ENOUGH if marks.looks_english else _SURE_ENGLISH
    return Language.EN if may_be_english and _is_english(text, least) else leaders[0]


def marked_language(text: str) -> Language | None:
    """Return the language that the words which only one form has tell; None where they are silent or disagree."""
    leaders = _leaders(_marks_of(text))
    return leaders[0] if len(leaders) == 1 else None


def _leaders(marks: _Marks) -> list[Language]:
    """Return the languages that most words tell, all of them where none does."""
    best = max(marks.scores.values())
    return [language for language in Language if marks.scores[language] == best]


def _marks_of(text: str) -> _Marks:
    asked = words(text)
    scores = {language: sum(word in markers for word in asked) for language, markers in _MARKERS.items()}
    places = {word for mention in load_places().mentions(text) for word in mention.written.split()}
    spelled = [word for word in _without_names(text) if word not in places]
    nynorsk = [word for word in spelled if word not in _MARKERS[Language.NN] and _is_nynorsk(word)]
    scores[Language.NN] += len(nynorsk)
    unsure = sum(word in _ALSO_ENGLISH for word in (*nynorsk, *_MARKERS[Language.NN].intersection(asked)))
    if unsure and (scores[Language.EN] or (unsure == scores[Language.NN] and _is_english(text))):
        scores[Language.NN] -= unsure
    norwegian = sum(word in _BOTH_NORWEGIAN or bool(_BOTH_NORWEGIAN_SPELLING.search(word)) for word in spelled)
    is_norwegian = bool(norwegian or (spelled and _LOANWORDS.issuperset(spelled)))
    if norwegian > scores[Language.EN]:
        # One word that English has too, such as *mental*, tells less than the spelling of several others.
        scores[Language.EN] = 0
    if is_norwegian:
        # "Is" begins an English question, and is ice elsewhere.
        shared = asked[1:] if asked[:1] == ["is"] else asked
        scores[Language.EN] -= sum(word in _ALSO_NORWEGIAN for word in shared)
    looks_english = not is_norwegian and any(_ENGLISH_LETTERS.search(word) for word in spelled)
    return _Marks(scores, is_norwegian, looks_english)


def _without_names(text: str) -> list[str]:
    """Return the words of a text, lower case, without those within it that are written with a capital, as names are."""
    found = _TOKEN.findall(text)
    if not any(token.islower() for token in found):
        return [token.casefold() for token in found]
    return [token.casefold() for place, token in enumerate(found) if place == 0 or not token[0].isupper()]


def _is_nynorsk(word: str) -> bool:
    """Tell whether a word is spelled or inflected as in nynorsk alone."""
    if word.endswith(_NAMES) or word.endswith(_BOKMAL_ENDINGS):
        return False
    if load_forms().is_nynorsk(word):
        return True
    if word.endswith(_NO_NYNORSK_ENDINGS):
        return False
    if word.endswith(_PLURAL) and len(word) >= _PLURAL_FROM:
        return True
    return word.endswith(_NYNORSK_ENDINGS) and len(word) >= _ENDING_FROM


def _is_english(text: str, least: float = _SURE_ENGLISH) -> bool:
    from lingua import Language as Tongue

    return _detector().compute_language_confidence(text[:_SAMPLE], Tongue.ENGLISH) >= least
