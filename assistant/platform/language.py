"""Which written language a question is in.

Invariant: the words that only one form has decide; a general detector is asked only where they are silent, and
then only tell English from Norwegian, since bokmål and nynorsk without such words look alike. A question that
could be either is answered in bokmål.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from corpus.text import Language
from index.analysis import words

if TYPE_CHECKING:
    from lingua import LanguageDetector

_MARKERS: dict[Language, frozenset[str]] = {
    Language.NB: frozenset(
        """
        bare barnehage ble dere deres derfor elevene elever enkelte flere forskjell fortsatt fra først første gjør
        gjøre gjøres hjem hjemme hjemmefra hun hva hvem hver hverandre hvilke hvilken hvilket hvor hvordan hvorfor
        ikke jeg kommunene kommuner løse løsning løsninger mens mulig mulige mulighet mulighetene muligheter mye noe
        noen nå oppgave oppgaver samme selv siden skole skoler spørre syk sykdom syke tidlig tjeneste tjenester
        trenger ungdommer uten virksomhet virksomheten virksomheter være vært ønsker
        """.split()
    ),
    Language.NN: frozenset(
        """
        barnehagar berre blei dei deira difor dykk dykkar eg ein einskilde eit elevane elevar finst fleire forsking
        framleis frå fyrst fyrste gjer gjerast gjere heile heim heime helsetenester ho høgare ikkje kjem kommunane
        kommunar korleis kva kvar kvarandre kven kvifor løyse løysing løysingar medan meir mogleg moglege
        moglegheiter mykje noko nokon nokre oppgåve oppgåver opplæring saman same sidan sjuk sjukdom sjuke skilnad
        sjølv skular skule skulen spørje søkje søkjer tenesta teneste tenester tidleg treng ungdomar utan vart vere
        verksemd verksemda verksemder
        verkemiddel vidare vidaregåande vore ynskje ynskjer
        arbeidarar attende berre enno hausten hjå hugse hugs jobbar manglar me meinte meiner nokså nynorsk
        rekk samanlikn samanlikne sjølve skilnaden sluttar søkja søkje søkjer tenkjer tek tyder utan vaksne
        verkar øvste òg åleine førre gjera nokre fekk gjekk vonar kjenst bygder heimebuande sjukeheim sjukeheimen
        desse korkje anten eigne eige eigen gjeve gong gonger heilskapleg innbyggjar innbyggjarane innbyggjarar leiar
        leiarar
        leiarane leiing lærar lærarar lærarane rettleiing straum straumnett stader styrkje tilbod tilboda tilhøve
        tryggleik utanfor vatn vassverk vêr vegar verdfull arbeidsplassar distrikta bustad bustader brukar brukarar
        kyrkje
        kyrkja hovud skuldast syner einsemd einsame tenkje byggje leggje liggje meine følgje vanskeleg særleg stundom
        difor kvart vera koma kome vaksen tilsett tilsette flaum flaumar nettverka tiltaka prosjekta kommuna
        pengar midlar tilskot ordningar utlysing utlysingar då bygd ungane dokker fortel sei seie ringjer liknar
        """.split()
    ),
    Language.EN: frozenset(
        """
        about and any anyone applications apply are been best between broker can can't change children
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
_NYNORSK_ENDINGS = ("ane", "leg", "arar", "arane")
_PLURAL = "ar"
"""How most plurals end in nynorsk, and no word of bokmål but the few that end as these do."""
_NO_PLURALS = (
    "svar", "uar", "inar", "mentar", "emplar", "ventar", "ular", "vikar", "orar", "voar", "toar", "altar",
    "nektar", "olar",
    "radar", "onar", "avatar", "hangar", "ilar", "endar", "tekar",
)  # fmt: skip
_PLURAL_FROM = 7
_ENDING_FROM = 6
"""Shorter words that end so are often bokmål or names."""
_SAMPLE = 400
"""Characters of a text without markers that the detector is given; more of them make it no surer, only slower."""
_SURE_ENGLISH = 0.7
"""The confidence from which the detector is believed that a text without markers is English."""


@cache
def _detector() -> LanguageDetector:
    from lingua import Language as Tongue
    from lingua import LanguageDetectorBuilder

    builder = LanguageDetectorBuilder.from_languages(Tongue.BOKMAL, Tongue.NYNORSK, Tongue.ENGLISH)
    return builder.with_low_accuracy_mode().build()


def detect_language(text: str) -> Language:
    """Return the language of a question."""
    asked = words(text)
    scores = {language: sum(word in markers for word in asked) for language, markers in _MARKERS.items()}
    scores[Language.NN] += sum(_ends_in_nynorsk(word) for word in asked)
    best = max(scores.values())
    leaders = [language for language in Language if scores[language] == best]
    if best and len(leaders) == 1:
        return leaders[0]
    return Language.EN if Language.EN in leaders and _is_english(text) else leaders[0]


def _ends_in_nynorsk(word: str) -> bool:
    if word.endswith(_PLURAL) and not word.endswith(_NO_PLURALS) and len(word) >= _PLURAL_FROM:
        return True
    return word.endswith(_NYNORSK_ENDINGS) and len(word) >= _ENDING_FROM


def marked_language(text: str) -> Language | None:
    """Return the language that the words which only one form has tell; None where they are silent or disagree."""
    asked = words(text)
    scores = {language: sum(word in markers for word in asked) for language, markers in _MARKERS.items()}
    best = max(scores.values())
    leaders = [language for language in Language if scores[language] == best]
    return leaders[0] if best and len(leaders) == 1 else None


def _is_english(text: str) -> bool:
    from lingua import Language as Tongue

    return _detector().compute_language_confidence(text[:_SAMPLE], Tongue.ENGLISH) >= _SURE_ENGLISH
