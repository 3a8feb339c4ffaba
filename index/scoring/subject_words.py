"""Which words of a need tell what it is about, so that a record which shares one is like it.

Invariant: what any need could say in any matter is never a subject; what names a whole field of municipal work is one
only where nothing narrower is said. Words are held as stems, so that every inflection is judged alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from corpus.places import load_places
from corpus.text import Language
from index.analysis import LANGUAGE_GROUPS, STOPWORDS, language_group, stem, words

_GENERAL_WORDS = {
    "no": """
        aldri alltid annan annen annet arbeide begynne berre beste bedre betre blant bra bruke bygge byggje drive
        drift dårlig dårleg egen eigen eige eget egentlig eigentleg egne eigne ekstra eneste enkel enkle faktisk
        fikk finne flere fleire flest folk før fått gang ganger gammel gi gir gjerne god gode gått gå halde hele
        heile helst holde hver ikke innen klare komme koma kort kven lage lang lege leve ligge liten lita lite
        lurt lære løse løyse mange med mest mindre mye mykje måte måtar møte ny nye nytt ofte omkring passe plan
        prøve på riktig rett ringe ringje sammen saman se sette sit sitte sjå skaffe skjer skje skrive slutt
        slutte små smart snakke snart spørre stor store større stå søke søker søkje søkjar ta tatt teke tar tenke
        tenkje tid tide tilby treng trenge trenger trykk veldig vel virke verke vise vite videre vidare år års
        tidlig tidleg seint sent norge noreg norsk midt
        aktuell akkurat annerledes annleis antall både delvis derfor derimot dyktig enda enkelt ferdig flink
        forskjellig fremdeles full gjelde gjeld grunn hel hovedsakelig høy høg interessant jevn jamn kanskje
        korrekt kort lav låg likevel lik løsning løysing mengde mulig mogeleg mulighet moglegheit måte nesten
        nettopp nok nødvendig nødvendigvis omtrent ordentlig orden påvirke problem rask relevant
        rundt sak selve sikker spesiell særlig særleg stadig system sjelden sjeldan svak svært tilgjengelig
        tilgjengeleg ting totalt tung typisk tydelig tydeleg ulik ulike usikker utfordring utfordre vanlig vanleg
        vanskelig vanskeleg viktig vesentlig åpen open
        finansiering midler midlar ordning penger pengar prosjekt støtte støtteordning tilskudd tilskot
        altfor altså alvorlig alvorleg ansvar begge behov behalde beholde bidra bidrag bistå bistand bort borte
        bringe bry dag dager dagar daglig dagleg dele deler deltaker deltakar dra drar dukke dyr effekt effektiv
        egnet ende endre endring endringar enkelte erfaring eventuell falle fall fare faren fast felles ferde fem
        fire fjerne flytande form forhold forhåpentligvis fort fortelle fortelje fortsatt fortsette fram frem
        framleis første fyrste følge følger følgje følgjer fulgt fylgje føre fører gamle gaml gjennom gjennomføre
        gjøre gjere gjort gjorde grad grei greie gruppe halv halvparten hand hand hånd handle hensyn omsyn hente
        hindre hjelpe hundre hverdag kvardag hyppig hører høre høyre hva hvorvidt håndtere handtere håpe hos
        igjen ille imidlertid imot innsats innspill interesse interessert invitere involvere inkludert jo
        kikke kjapp kjempe kjenne kjent kjøre krav kreve krevende krevjande kunne kutte kvalitet la lar lenge lengre
        lett lettere liker like liv livet lov love lykkes lykkast mangle manglar masse mene mening menneske
        merke mellomstor mellom minke minske minst mot mål måned månad måtte natt navn namn nemlig neste nivå
        nye nylig nyleg nær nærme nærmest nærmeste nå når oppgave oppgåve oppleve opprette område omtale overalt
        par person peke plass plage prosent punkt ramme redd redusere reell resten resultat råd rask raskere
        rolle sette siden side sikre sikte siste skape skifte skikkelig skikkeleg slags slik slippe slite sliter
        slit spesielt spre stad sted stemme start starte sterk stille stiller stilte stykk styre stunder større
        støtte sum sørge syns synes sånn sånne såpass tak taket tall tal tema tenk tett tiltak time timer tips to
        tre tilfelle tilpasse treffe tro trolig truleg trygt tusen type tydeligvis uansett uke veke umulig umogeleg
        unna unngå utenfor utgangspunkt utover utføre vanligvis vare variere varierende vei veg vekk venter vente
        færre brukt laget laga sende sen sein kome held delar
        byrja byrje første siste sterke stadar stader gamal kjend del går står finn
        legge leggje legger setje betre kjem
        tre få lav ut ulike gonger gong gongen auka starta stoppe stanse
        verden verda verdt verst vinne vurdere ønske ønskje øke auke økende aukande åpne opne årsak
    """,
    "en": """
        able actually again always ask away back bad become begin best better big bring build buy call come cover
        different easy end enough even ever every everyone find first free full give go good got great happen
        hard hold just keep kind know large last lead least less let like little live long look lot make many
        maybe much never new next old one only open other own part pay people place put quite really right run
        same say see send set show small sort soon start stay still stop struggle take talk tell thing think time
        together too tried try turn use very way well work year apply applicant
        early late norway norwegian
        almost amount available certain challenge clear common correct difference difficult entire especially
        exactly fully heavy high important interesting issue likely low main manage mostly necessary nearly
        number particular perhaps possible possibility possibly problem proper quick rarely ready real relevant
        seldom separate several short solution solve special strong sure system total typical unsure usual
        various weak whole
        fund funding grant money project scheme support
        plan demand task continue made known
        add after allow among anyone anything around avoid aim area aware base basic before being below between
        both busy case catch cause change choose close concern consider contact cope current daily day deal decide
        deliver develop direct done each effect effective either else encourage ensure everything everyday example
        exist expect experience explain extra face fact fail fall far fast feel few follow form forward four further
        general goal group grow half hand handle hear here hope hour however hundred idea improve include increase
        instead interest involve job kindly left level life light lose matter mean measure meet minor month moment
        near need nice none nothing now offer often once order ourselves outside over overall particularly per
        percent person piece point poor prefer present probably provide quality question raise range rather reach
        receive recent reduce remain require rest result role save second seek seem sense serious share side similar
        simple since situation size slow someone something sometimes somewhere stand step stuff suggest suitable
        surely table tend thousand three tip today top toward trouble true two type under understand until upon
        want week wide within without wonder word world worry worse worst wrong yet
    """,
}
_BROAD_WORDS = {
    "no": """
        ansatt ansatte tilsett tilsette arbeid arbeidsplass bedrift by byen bygd bygda distrikt forsker forskning
        forsking forskar heim heimen helse hjem hjemmet innbygger innbyggere innbyggjar innbyggar jobb jobbe kommune
        kommunal kommunale kompetanse kunnskap ledelse leder leiar leiing lokal lokale metode metodar metoder
        nettverk offentlig offentleg partner partnere partnar partnarar samarbeid samarbeide samarbeidspartner samfunn
        skole skolen skule skulen skular teknologi tenester teneste tjeneste tjenester tilbud tilbod utdanning
        utvikling utvikle
    """,
    "en": """
        business citizen city collaborate collaboration community company competence cooperation develop development
        education employee expertise health home inhabitant job knowledge leader leadership local method municipal
        municipality network partner public region research researcher resident rural school service skill society
        staff technology town training village worker workplace
    """,
}
_LANGUAGE = {"no": Language.NB, "en": Language.EN}


def _stems(by_group: dict[str, str]) -> dict[str, frozenset[str]]:
    return {
        group: frozenset(stem(word, _LANGUAGE[group]) for word in by_group[group].split()) for group in LANGUAGE_GROUPS
    }


_BROAD = _stems(_BROAD_WORDS)
"""By language group, stems of words that name a whole field: to share one tells something only of a need that says
nothing narrower."""
_GENERAL = {group: found - _BROAD[group] for group, found in _stems(_GENERAL_WORDS).items()}
"""By language group, stems of words that name no subject; to share one is no reason."""
_LEAST_ALIKE = 5
"""Letters of a stem from which it can be known again in a longer one."""
_MOST_MORE = 2
"""Letters that the longer of two stems of one word has at most beyond the other."""


def is_general(word: str, language: Language) -> bool:
    """Tell whether a normalised word names no subject in any need."""
    return word in STOPWORDS[language] or word.isdigit() or stem(word, language) in _GENERAL[language_group(language)]


def is_broad(word: str, language: Language) -> bool:
    """Tell whether a normalised word names no more than a whole field, or no subject at all."""
    return is_general(word, language) or stem(word, language) in _BROAD[language_group(language)]


def place_words(text: str) -> frozenset[str]:
    """Return the words of the names of places in a text: where somebody is, is not what they need."""
    found = load_places().find(text)
    return frozenset(word for place in found for name in (place.name, *place.other_names) for word in words(name))


def distinct_words(labels: Iterable[str], language: Language) -> list[str]:
    """Return labels without those that say in another inflection, or in part, what another says."""
    kept = list(dict.fromkeys(labels))
    stems = {label: [stem(word, language) for word in words(label)] for label in kept}

    def says(more: str, less: str) -> bool:
        return all(any(_is_same(one, other) for other in stems[more]) for one in stems[less])

    return [
        label
        for at, label in enumerate(kept)
        if not any(
            says(other, label) and (place < at or not says(label, other))
            for place, other in enumerate(kept)
            if place != at
        )
    ]


def _is_same(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (
        len(short) >= _LEAST_ALIKE and long.startswith(short) and len(long) - len(short) <= _MOST_MORE
    )
