"""Which words of a need tell what it is about, so that a record which shares one is like it.

Invariant: what any need could say in any matter is never a subject; what names a whole field of municipal work is one
only where nothing narrower is said. Words are held as stems, so that every inflection is judged alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from corpus.places import load_places
from corpus.text import Language
from index.analysis import LANGUAGE_GROUPS, REMEMBERED_LETTERS, STOPWORDS, language_group, stem, words

_GENERAL_WORDS = {
    "no": """
        aldri alltid annan annen annet arbeide begynne berre beste bedre betre blant bra bruke bygge byggje drive
        drift dårlig dårleg egen eigen eige eget egentlig eigentleg egne eigne ekstra eneste enkel enkle faktisk
        fikk finne flere fleire flest folk før fått gang ganger gammel gi gir gjerne god gode gått gå halde hele
        heile helst holde hver ikke innen klare komme koma kort kven lage lang leve ligge liten lita lite
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
        eide eigde
        att atter nord koster kostar økonomisk utsatt utsett ansatt tilsett betyr tyder arrangerer sammenhengen
        samanhengen handlingsrom nasjonale nominert godt betale betaler etat hjalp taler talar lederne leiarane
        teknisk yngre strammer uker verdier verdiar verdiane avdekker systematisk størst varmt
        grunnprinsipper ansvarlig ansvarleg ytre mistet mistar regulert tungt dyrt kraftig fullføre hørt høyrt
        tåler toppen utrede våtere våtare kandidaten spissen gror
        sporer norden utviklingstrekk vilkår melder flyttar inkluderende inkluderande
        fremmede framande lågere lågare spreier sprer rådgivende rådgivande døme underveis undervegs varig aktiv
        aktive samlokaliserte prosessen verknaden virkningen politisk
        faglig fagleg haster hastar kommunalt kommunale øyeblikkelig
        frem godkjenning hyppig automatisk rutinene
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
        drop nominate protect must ill practise chief review
        cannot wear gather regular regularly theory attract recognise
        recognised stir critical frequent miss pass robust major key advise advises welcome
        because unfair framework advisory harm act responsible artificial statement warn warned automatic
        automatically jointly permanent throw thrown largest usable agreement bought dump
        dumped spot spots wild emotionally strategic specialist north
        western european did spent fell
    """,
}
_FUNCTION_WORDS = {
    "no": """
        etter gjennom mot mellom blant langs bak foran framfor fremfor under over ved hos inntil unntatt
        innenfor innanfor utenfor utanfor ovenfor ovanfor nedenfor nedanfor omkring ifølge ifølgje angående
        vedrørende gjeldende gjeldande overfor foruten istedenfor tvers siden sidan mens medan fordi dersom
        hvis selv sjølv enn inn inne ute uten utan opp oppe ned nede heim hjem borte hit dit her der herfra
        derfra hvorfra nå no da då når alltid aldri ofte iblant stundom sjelden sjeldan snart straks strax
        tidligere tidlegare senere seinare nettopp ennå enno endå enda allerede allereie igjen atter samtidig
        samstundes lenger lengre lengst fremdeles framleis stadig hittil heretter ellers elles dessuten likevel
        imidlertid derimot altså også òg bare berre kun særlig særleg spesielt nesten omtrent cirka knapt
        ganske heller helst temmelig nokså veldig svært altfor aller mest minst mer meir mindre fler null en én
        to tre fire fem seks sju syv åtte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten
        tjue tyve tretti førti femti seksti sytti åtti nitti hundre tusen millioner millionar million milliard
        milliarder halv dobbel dobbelt trippel første andre tredje fjerde femte sjette sjuende siste noe noko
        noen nokon nokre nåkka ingen inga intet alle alt all hver kvar hvert kvart enhver flere fleire fleste
        flest mange få færre begge både eneste selve slik slike sånn sånne hvem kven hva kva hvor kor hvordan
        korleis hvorfor kvifor hvilken hvilke mon jeg eg du han hun ho den det vi me dere de dei dem oss seg
        meg deg ham henne min mitt mine vår vårt våre din ditt dine deres deira hans hennes hennar sin sitt
        sine mandag måndag tirsdag tysdag onsdag torsdag fredag lørdag laurdag søndag januar februar mars april
        mai juni juli august september oktober november desember i dag morgen morgon kveld natt uke veke måned
        månad år sommer sommar sommeren sommaren høst haust vinter vinteren våren høsten hausten natta dagen
        helg helga alene åleine aleine sammen saman hverandre kvarandre langt nær nært heile hele hel heilt
        helt delvis jo vel liksom nemlig ikke ikkje nei ja rundt gang gonger ganger forbi fram frem framover
        fremover bakover oppover nedover utover innover vekk attende tilbake unna sist seinast først fyrst
        dernest deretter derfor difor dermed herved dvs osv evt bl a f eks kl ca nr stk pr per etc mfl er var
        vært vore bli blir ble blei vart blitt vorte ha har hadde hatt gjør gjer gjorde gjort gå går gikk gjekk
        gått kom kommer kjem kommet kome får fikk fekk fått ta tar tek tok tatt teke gi gir gav ga gitt gje
        gjev se ser så sett sjå sjår si sier sa sagt sei seier vite vet veit visste visst kan kunne vil ville
        skal skulle må måtte bør burde la lar lot latt late bor bodd bur budde budd dra drar drog dratt dro slå
        slår slo slått står sto stod stått ligger ligg lå ligget sitter sit satt sat setter set sette legg lagt
        finn fant fann funnet funne forstå forstår forsto forstått skjønner skjønar bidrar bidro bidratt drive
        driv driver drev drevet utgjør spør spurte spurt spurde tell fortalte fortalt valgt valde valgte
        skjedde skjedd hende hendte prøvd prøvde prøvt lært lærte lærdom solgt bedt bad be ber bedd heter
        heiter het heitte hold held holdt halde heldt halden rykka rykker stig steg stige tener tent tjener
        løst løyst selges brukt nytta tenkt trengt krevd kravd tenner ledet leia styrt sliter slit slet synes
        synest syns reist bruker brukar bruk drift
    """,
    "en": """
        about above across after against along amid among around at before behind below beneath beside besides
        between beyond by concerning despite down during except for from in inside into like near of off on
        onto out outside over past per regarding round since through throughout till to toward towards under
        underneath until up upon via with within without also always almost already altogether anyway apart
        away back ever forever forward further hence here hereby however indeed instead later maybe meanwhile
        moreover much never nevertheless next nearly now nowadays often once only otherwise perhaps quite
        rather recently seldom somehow sometimes soon still then there therefore thus today together tomorrow
        tonight too twice usually very well when where whereas whether while why yesterday yet zero one two
        three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
        millions billion half double third fourth fifth all another any anybody anyone anything both each
        either enough every everybody everyone everything few fewer less lot lots many more most neither nobody
        none nothing other others several some somebody someone something such i me my mine we us our ours you
        your yours he him his she her hers it its it's they them their theirs this that these those who whom
        whose which what oneself self themselves ourselves myself itself monday tuesday wednesday thursday
        friday saturday sunday january february march april may june july august september october november
        december day days week weeks month months year years morning evening night summer autumn winter spring
        season  alone ahead aside elsewhere anywhere everywhere nowhere
    """,
}
"""Words that hold sentences together, count and tell when and where, and forms of the verbs that all sentences use."""
_COMMON_NOUNS = {
    "no": """
        mangel mangelen mangler manglar knapphet knappleik svikt krise vekst auke økning
        oversikt opplegg forslag framlegg produkt produkter resultat innhold innhald utgangspunkt
        utgangspunktet bakgrunn grunnlag formål føremål hensikt oppgave oppgåve modell modellen modeller
        modellar metode kontor kontoret enhet eining avdeling avdelinga leder del deler utvalg utval møte møter
        rapport rapporter søknad søknader søknaden søknadar utlysning utlysing prosjektansvarlig prosjektleder
        prosjektleiar hovedprosjekt hovudprosjekt forprosjekt pilot piloter pilotar idé ide ideer idear voksen
        voksne vaksen vaksne menneske mennesker folk fagfolk ekspert eksperter person personer gruppe grupper
        lag likeverdig likeverdige levende levande gratis billig dyr rimelig egen egne godkjent ferdig ledig
        opptatt nødvendig viktig enkel bred smal lang kort ung gammel eldst eldste yngst yngste slutt start
        begynnelse byrjing framgang fremgang utvikling utviklinga endring endringer løsning løsninger løysing
        løysingar alternativ mulighet muligheter moglegheit moglegheiter erfaring erfaringer erfaringar
        kunnskap kunnskaper kompetanse råd veiledning rettleiing bistand hjelp støtte innsats tiltak oppfølging
        oppfølgjing kostnad kostnader kostnadar utgift utgifter pris priser midler midlar penger pengar
        tilskudd tilskot budsjett beløp finansiering investering størrelse storleik omfang mengde antall talet
        tallet tall nivå grad andel mål målet frist dato periode tidspunkt tidsrom framtid fremtid fortid nåtid
        tegn signal teikn spørsmål spørsmålet svar tema emne sak saker problem problemet utfordring
        utfordringer utfordringar behov behovet krav ønske ønsker
    """,
    "en": """
        overview product products market notice sign signs unit units team teams department departments office
        offices conference meeting meetings report reports application applications proposal proposals advice
        guidance assistance effort efforts measure measures follow figure figures number numbers amount amounts
        share degree extent size scale level rate ratio cost costs price prices expense budget sum money
        funding grant investment model models method methods tool tools approach approaches way ways solution
        solutions option options alternative opportunity opportunities idea ideas experience experiences
        question questions answer answers topic topics matter matters issue issues problem problems challenge
        challenges demand demands wish wishes start beginning end middle progress change changes improvement
        reason reasons background basis purpose aim aims goal goals content result results outcome outcomes
        effect effects impact adult adults man person people expert experts group groups
        engineer engineers coordinator coordinators remote rising smart disadvantaged cheap expensive free
        ready available able willing common usual everyday ordinary risk risks thing things stuff kind kinds
        sort sorts type types case cases example examples place places area areas side sides part parts point
        points
    """,
}
"""Words for what any project has: a start, a cost, a result, somebody who takes part, how large and how good it is."""
_COMMON_VERBS = {
    "no": """
        analyser kartlegg undersøk utred vurder utvikl planlegg sats kjøp velg velj oppdag mål prøv test forsøk
        bygg lag gjennomfør start begynn byrj avslutt fortsett etabler opprett innfør iverksett organiser
        koordiner samordn styr led tilpass endr forbedr betr øk auk reduser minsk senk styrk svekk sikr håndter
        handter behandl løs løys finn hent skaff bruk nytt utnytt bidr delt diskuter drøft snakk prat fortell
        forklar vis beskriv nevn nemn tenk trur tror lur ønsk ynsk vent håp forvent krev treng mangl slit strev
        kjemp klar greid grei mestr lykk mislykk skj hend opplev kjenn merk not registrer telj tell rekn
        anslå beregn berekn estimer rykk stopp stans hindr unngå forhindr slepp slipp falle fall stig synk lett
        tap vinn tjen ten spar skriv send motta ring svar spør kontakt møt inviter involver engasjer
        motiver inspirer overbevis  legg sett plasser heng stå sitt ligg lev bo bu oppsøk besøk  kom
        reis dekk fyll tøm åpn opn steng lukk kobl kopl knytt samle saml spre spred del fordel skill skil
        sorter følg følgj fylgj passer pass egn fung er fungerer virk verk stemm gjeld angå handl dreie omfatt
        inneholde innehald utgjør arbeid jobb samarbeid bistå hjelp støtt veiled rettlei råd anbefal tilråd
        foreslå føreslå tilby tilbyd lever yte evaluer dokumenter rapporter følgeforsk forsk studer oppsummer
    """,
    "en": """
        across adapt adjust analyse analyze arrange ask assess assist attend become begin borrow break build
        buy carry check choose collect compare complete conduct connect consider coordinate count cover create
        decide define deliver depend describe design detect develop discover discuss divide do draw enable end
        engage enter establish estimate examine exchange explore fall feel fill find finish fit fix follow get
        give go grow guide handle hang happen help hire hold identify implement improve increase inform inspect
        introduce invest investigate invite involve join keep know lack lead leave lend let lie live look lose
        maintain make manage measure meet mention merge motivate  need note notice obtain offer open
        operate order organise organize own participate pay perform pick plan prefer prepare present prevent
        proceed produce propose prove provide purchase push put raise reach realise receive recommend record
        reduce refer register relate release rely remain remember remove repeat replace reply require respond
        rise run save seek seem select sell send serve set settle shape share show sit sort speak spend split
        spread stand start stay stop strengthen struggle suggest supply support survey switch take talk tell
        test think track try turn understand use visit wait want watch win wish wonder work write
    """,
}
"""Roots of verbs for what is done in any matter; each stands for all its forms."""
_VERB_ENDINGS = {
    "no": " e er ar a r et te t de d dde dd tt ende ande es ast st ing inga ingen".split(" "),
    "en": " s es ed d ing".split(" "),
}
_BROAD_WORDS = {
    "no": """
        ansatt ansatte tilsett tilsette arbeid arbeidsplass bedrift by byen bygd bygda distrikt forsker forskning
        forsking forskar heim heimen helse hjem hjemmet innbygger innbyggere innbyggjar innbyggar jobb jobbe kommune
        kommunal kommunale kompetanse kunnskap ledelse leder leiar leiing lokal lokale metode metodar metoder
        nettverk offentlig offentleg partner partnere partnar partnarar samarbeid samarbeide samarbeidspartner samfunn
        skole skolen skule skulen skular teknologi tenester teneste tjeneste tjenester tilbud tilbod utdanning
        utvikling utvikle analyse analysere kartlegging kartlegge undersøkelse undersøke utredning utrede evaluering
        evaluere studie studier studere måling data digital digitale digitalt planlegging sosial
        sosiale innovasjon innovativ innovative miljø familie næring forsøk opplæring kurs undervisning tjenestetilbud
        sektor fagmiljø organisasjon virksomhet verksemd institusjon virkemiddel verkemiddel fylke fylket fylkeskommune
        fylkeskommunen
    """,
    "en": """
        business citizen city collaborate collaboration community company competence cooperation develop development
        education employee expertise health home inhabitant job knowledge leader leadership local method municipal
        municipality network partner public region research researcher resident rural school service skill society
        staff technology town training village worker workplace study studies studying studied evaluate evaluation
        mapping data digital social innovation innovative learning learn industry institution sector
        organisation county trial monitor teach course  area
    """,
}
_LANGUAGE = {"no": Language.NB, "en": Language.EN}


def _stems(by_group: dict[str, str]) -> dict[str, frozenset[str]]:
    return {group: frozenset(stem(word, _LANGUAGE[group]) for word in told.split()) for group, told in by_group.items()}


def _verb_forms(group: str) -> str:
    """Return every form that a common verb may have, regular or not; those that no word has do no harm."""
    roots, endings = _COMMON_VERBS[group].split(), _VERB_ENDINGS[group]
    return " ".join(f"{root.removesuffix('e') if ending else root}{ending}" for root in roots for ending in endings)


_BROAD = _stems(_BROAD_WORDS)
"""By language group, stems of words that name a whole field: to share one tells something only of a need that says
nothing narrower."""
_GENERAL = {
    group: frozenset().union(
        *(
            _stems({group: some})[group]
            for some in (_GENERAL_WORDS[group], _FUNCTION_WORDS[group], _COMMON_NOUNS[group], _verb_forms(group))
        )
    )
    - _BROAD[group]
    for group in LANGUAGE_GROUPS
}
"""By language group, stems of words that name no subject; to share one is no reason."""
_NAMING = {
    "no": frozenset("fall fallet falla tenner tennene mensen mink minken minkene tømmer tømmeret".split()),
    "en": frozenset("falls mining hiring".split()),
}
"""By language group, words as written that name a subject, though they share their stem with a general word."""
_BROAD_LABELS = frozenset(
    {
        "forskning og utvikling", "forsking og utvikling", "research and development", "research institutes",
        "public sector", "offentlig sektor", "offentleg sektor", "regional research fund", "business sector",
    }
)  # fmt: skip
"""Labels of several words that name a whole field all the same."""
_COMPOUND = 8
"""Letters of a word that may be made of two."""
_LEAST_PIECE = 5
_LEAST_HEAD = 5
_LEAST_REST = 4
_LEAST_ROOT = 4
"""Letters that a stem has in common with its word at least."""
_LEAST_BEFORE = 3
"""Letters that stand before the end of a compound at least."""
_LEAST_BEGINNING = 6
"""Letters of a word that another one begins with."""
_LONG_PIECE = 8
"""Letters that two compounds begin with."""
_LEAST_ALIKE = 5
"""Letters of a stem from which it can be known again in a longer one."""
_MOST_MORE = 2
"""Letters that the longer of two stems of one word has at most beyond the other."""


def is_general(word: str, language: Language) -> bool:
    """Tell whether a normalised word names no subject in any need."""
    return _general(word, language) if len(word) > REMEMBERED_LETTERS else _remembered_general(word, language)


def _general(word: str, language: Language) -> bool:
    if word in STOPWORDS[language] or word.isdigit():
        return True
    group = language_group(language)
    return stem(word, language) in _GENERAL[group] and word not in _NAMING[group]


_remembered_general = lru_cache(maxsize=16_384)(_general)


def is_broad(word: str, language: Language) -> bool:
    """Tell whether a normalised word names no more than a whole field, or no subject at all."""
    return is_general(word, language) or stem(word, language) in _BROAD[language_group(language)]


def is_broad_label(label: str, language: Language) -> bool:
    """Tell whether the label of a concept names no more than a whole field.

    Of several words that are broad one by one, such as *smart cities*, most name something narrower together.
    """
    content_words = [word for word in label.split() if word not in STOPWORDS[language]]
    if len(content_words) > 1 and label not in _BROAD_LABELS:
        return all(is_general(word, language) for word in content_words)
    return all(is_broad(word, language) for word in content_words)


def shared_piece(asked: str, said: str, language: Language) -> str | None:
    """Return the word for what a compound that is asked for has in common with a word that was said; None for nothing.

    That is its end where the other word is that, *lekkasjer* of *vannlekkasjer* beside *lekkasjen*; else the other word
    where one of the two begins with the other, or both begin with a long word, as *kollektivtransport* and
    *kollektivtilbudet* do.
    """
    if len(asked) < _COMPOUND or len(said) < _LEAST_PIECE or is_broad(said, language):
        return None
    stemmed = stem(said, language)
    # A stem begins as its word does, which most pairs of words rule out at once.
    root = stemmed[:_LEAST_ROOT]
    for start in range(_LEAST_BEFORE, len(asked) - _LEAST_PIECE + 1):
        if not asked.startswith(root, start):
            continue
        end = asked[start:]
        if stem(end, language) == stemmed and not is_broad(end, language):
            return end
    if _is_head(asked, said, stemmed, language):
        return said
    begun = _begun_alike(asked, said)
    first = asked[:begun]
    begins = min(len(stemmed), len(stem(asked, language)))
    enough = begun >= _LONG_PIECE or (begun >= _LEAST_BEGINNING and begun >= begins)
    return said if enough and not any(is_broad(one, language) for one in (first, first.removesuffix("s"))) else None


def _is_head(asked: str, said: str, stemmed: str, language: Language) -> bool:
    """Tell whether a word is what a compound is about, the rest of which any matter could have: *lærar* + *mangel*."""
    if not asked.startswith(stemmed[:_LEAST_ROOT]):
        return False
    for end in range(_LEAST_HEAD, len(asked) - _LEAST_REST + 1):
        head, rest = asked[:end], asked[end:]
        known = head in {said, stemmed} or stem(head, language) == stemmed
        if known and any(is_broad(one, language) for one in (rest, rest.removeprefix("s"), rest.removeprefix("e"))):
            return True
    return False


def _begun_alike(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def begins_alike(one: str, other: str) -> bool:
    """Tell whether two labels begin with the same word or long piece, so that to tell both says one thing twice."""
    return one in other or other in one or _begun_alike(one, other) >= _LONG_PIECE


def place_words(text: str) -> frozenset[str]:
    """Return the words of the names of places in a text: where somebody is, is not what they need."""
    found = load_places().mentions(text)
    return frozenset(
        word for place, written in found for name in (place.name, *place.other_names, written) for word in words(name)
    )


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
