"""What is said of an answer is known by its words, in any order and language; a subject of its own makes it a need."""

from __future__ import annotations

import pytest

from assistant.dialogue.conversation import (
    Choice,
    ConversationState,
    Intent,
    ListedSuggestion,
    Turn,
    gone_back,
    new_need,
    refined,
)
from assistant.dialogue.cues import tokens_of
from assistant.dialogue.exclusions import parse_exclusions, unknown_bodies
from assistant.dialogue.framing import bare_need, split_needs
from assistant.dialogue.glossary import Term, glossary, term_in
from assistant.dialogue.knowledge_base import EmptyKnowledgeBase
from assistant.dialogue.spelling import correct_spelling
from assistant.dialogue.turn_parser import parse_turn
from assistant.funding.verdicts import Fact, Facts, Missing, RuleValue, ValueKind
from assistant.platform.own_health import mentions_own_health
from corpus.records import ActorType, Kind
from corpus.text import Language

SHOWN = (
    ListedSuggestion(id="actor:ntnu", kind=Kind.ACTOR, name="NTNU"),
    ListedSuggestion(id="actor:nord", kind=Kind.ACTOR, name="Nord universitet"),
    ListedSuggestion(id="instrument:rff", kind=Kind.INSTRUMENT, name="RFF Trøndelag"),
    ListedSuggestion(id="idea:buss", kind=Kind.IDEA, name="Skolebuss"),
)
THREAD = ConversationState(question="frafall i videregående", language=Language.NB, shown=SHOWN)
WITH_UNIVERSITY = (RuleValue(name="party", kind=ValueKind.ORGANISATION, items=("university",)),)
HUNT = ListedSuggestion(id="actor:hunt", kind=Kind.ACTOR, name="HUNT")


class Base(EmptyKnowledgeBase):
    """Records that know HUNT and little else."""

    def named(self, text: str) -> tuple[ListedSuggestion, ...]:
        return (HUNT,) if "hunt" in text.casefold() else ()

    def knows(self, word: str) -> bool:
        return word in {"kontrakt", "overvann", "sykepleiere", "rekruttere", "flom", "ensomhet"}

    def likeness(self, one: str, other: str) -> float:
        return 0.9 if set(one.split()) & set(other.split()) else 0.1


def read(text: str, state: ConversationState = THREAD) -> Turn:
    return parse_turn(text, state, Base())


@pytest.mark.parametrize(
    ("text", "intent", "ids"),
    [
        ("NTNU, hvorfor det?", Intent.WHY, ["actor:ntnu"]), ("kvifor nord", Intent.WHY, ["actor:nord"]),
        ("what made you suggest number two, and why", Intent.WHY, ["actor:nord"]),
        ("hvorfor ikke HUNT", Intent.WHY_NOT, ["actor:hunt"]),
        ("koffer e itj HUNT med", Intent.WHY_NOT, ["actor:hunt"]),
        ("har du nummeret til ntnu", Intent.REACH, ["actor:ntnu"]),
        ("e-post til den andre?", Intent.REACH, ["actor:nord"]),
        ("ka e frista på RFF", Intent.TERMS, ["instrument:rff"]),
        ("how much do we get", Intent.TERMS, ["instrument:rff"]),
        ("kan vi søke der", Intent.QUALIFY, ["instrument:rff"]), ("do we qualify", Intent.QUALIFY, ["instrument:rff"]),
        ("kom det noe ut av Skolebuss", Intent.OUTCOME, ["idea:buss"]),
        ("fortel meir om nord universitet", Intent.ABOUT, ["actor:nord"]),
        ("samanlikn ein og to", Intent.COMPARE, ["actor:ntnu", "actor:nord"]),
        ("skriv et utkast til epost til nr 1", Intent.DRAFT, ["actor:ntnu"]),
        ("ikke NTNU", Intent.DISMISS, ["actor:ntnu"]), ("den første passer ikke", Intent.DISMISS, ["actor:ntnu"]),
    ],
)  # fmt: skip
def test_what_is_asked_of_a_suggestion_names_it(text: str, intent: Intent, ids: list[str]) -> None:
    turn = read(text)
    assert (turn.intent, [item.id for item in turn.items]) == (intent, ids)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("har andre kommuner prøvd noe lignende", Intent.PEERS), ("who else has done this", Intent.PEERS),
        ("er du en robot", Intent.IDENTITY), ("who are you?", Intent.IDENTITY), ("hva kan du gjøre", Intent.HELP),
        ("angre", Intent.UNDO), ("gå ett steg tilbake", Intent.UNDO), ("start på nytt", Intent.RESTART),
        ("in english please", Intent.LANGUAGE), ("lagre dette", Intent.SAVE),
        ("skriv søknaden for oss", Intent.APPLICATION),
        ("kan jeg snakke med et menneske", Intent.CONTACT), ("hei på deg", Intent.GREETING),
        ("test test", Intent.GREETING),
        ("tusen takk for hjelpa!", Intent.THANKS), ("hvem kan søke", Intent.TERMS), ("hvemkan", Intent.UNCLEAR),
        ("smmenlign de to", Intent.COMPARE), ("hva med penger?", Intent.KIND), ("den greia", Intent.UNCLEAR),
    ],
)  # fmt: skip
def test_what_is_said_is_known_by_its_words(text: str, intent: Intent) -> None:
    assert read(text).intent is intent


@pytest.mark.parametrize(
    "text",
    [
        "hvorfor faller eldre hjemme?", "hvem kan ringe inn ensomhet og overvann", "noe helt annet: overvann og flom",
        "hvem kan hjelpe med overvann og kontrakt for rådgivning", "apropos, vi må rekruttere sykepleiere",
    ],
)  # fmt: skip
def test_a_subject_of_its_own_makes_a_need(text: str) -> None:
    turn = read(text)
    assert turn.intent is Intent.QUESTION
    after = new_need(refined(THREAD, read("vi er fra Levanger kommune")), turn.text, Language.NB)
    assert (after.facts.place, after.shown, after.refinement.without) == ("Levanger", (), ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("vi er fra Levanger kommune", {"kommunenummer": "5037"}), ("kommune 1702", {"fylkesnummer": "50"}),
        ("vi er 4 kommuner", {"parties": 4}), ("me er fem kommunar i Hallingdal", {"parties": 5}),
        ("oppstart høsten 2027", {"starts_on": "2027"}), ("we start in 2028", {"starts_on": "2028"}),
        ("nei, vi er en bedrift", {"applicant_type": ActorType.COMPANY}), ("varer i to år", {"months": 24}),
        ("Kinn kommune her", {"place": "Kinn"}),
        ("vi er Viken.. nei altså Buskerud fylkeskommune", {"place": "Buskerud"}),
    ],
)  # fmt: skip
def test_facts_are_told_in_any_wording_asked_for_or_not(text: str, told: dict[str, object]) -> None:
    turn = read(text)
    assert turn.intent is Intent.FACT
    assert turn.facts is not None
    assert {name: getattr(turn.facts, name) for name in told} == told
    assert refined(THREAD, turn).question == THREAD.question


def test_a_step_is_taken_back_and_what_was_told_of_oneself_stays() -> None:
    narrowed = refined(THREAD, read("bare universiteter"))
    assert narrowed.refinement.types == (ActorType.UNIVERSITY,)
    told = refined(narrowed, read("vi er fra Levanger kommune"))
    back = gone_back(refined(told, read("bare institutter")))
    assert back is not None
    assert (back.refinement.types, back.facts.place) == ((ActorType.UNIVERSITY,), "Levanger")
    assert gone_back(ConversationState()) is None


def test_a_place_that_was_told_last_is_what_a_step_back_takes_back() -> None:
    for said in ("i Vestland", "vi er fra Levanger kommune", "we are in Nordland"):
        told = refined(THREAD, read(said))
        assert told.facts.place is not None
        back = gone_back(told)
        assert back is not None
        assert back.facts.place is None
    placed = THREAD.model_copy(update={"facts": Facts(place="Bergen", kommunenummer="4601", fylkesnummer="46")})
    assert read("i Trøndelag", placed).intent is Intent.PLACE


def test_a_correction_puts_the_need_right() -> None:
    turn = read("nei, ikke videregående, jeg mente ungdomsskolen")
    assert (turn.intent, turn.text) == (Intent.MEANT, "frafall i ungdomsskolen")


def test_a_choice_is_made_by_its_number_or_its_words() -> None:
    offered = THREAD.model_copy(update={"choices": (Choice(key="new", values={"text": "rabies"}), Choice(key="human"))})
    assert (read("1", offered).intent, read("1", offered).text) == (Intent.QUESTION, "rabies")
    assert read("2", offered).intent is Intent.CONTACT
    assert read("Talk to the broker", offered).intent is Intent.CONTACT


@pytest.mark.parametrize(
    ("around", "need"),
    [
        ("Hei! Vi vil samarbeide om sepsis", "Vi vil samarbeide om sepsis"),
        ("vi vil samarbeide om sepsis, org.nr. 974767880", "vi vil samarbeide om sepsis"),
        ("kl. 10.00 i morgen: sepsis", "sepsis"), ("ensomhet blant eldre kl 12", "ensomhet blant eldre"),
        ("ensomhet https://example.org/x?y=1 :wave: 👋", "ensomhet"),
        ("overvann i sentrum.\nMvh Kari, Bodø kommune", "overvann i sentrum."),
        ("takk for sist, overvann i sentrum. På forhånd takk!", "overvann i sentrum"), ("hei", "hei"),
    ],
)  # fmt: skip
def test_what_stands_around_a_need_changes_nothing(around: str, need: str) -> None:
    assert bare_need(around).strip(" .") == need.strip(" .")


def test_the_need_of_pasted_minutes_is_one_of_their_sentences() -> None:
    said = "Kommunen trenger hjelp til å rekruttere sykepleiere i distriktet"
    minutes = (
        f"Møte i regionrådet 4. mars.\nTil stede: seks ordførere. Sak 1: Budsjett for neste år ble vedtatt. {said}. "
        * 1
    )
    minutes += (
        "Sak 3: Eventuelt. Neste møte er 2. april. Lunsj ble servert. Referatet ble godkjent uten merknader. " * 3
    )
    assert split_needs(minutes, Base()) == ((said,), said)


def test_two_needs_are_two_and_one_told_in_two_sentences_is_one() -> None:
    two = split_needs("overvann og flom i sentrum. vi har også problemer med å rekruttere sykepleiere", Base())
    assert len(two.needs) == 2
    assert len(split_needs("vi har mye overvann i sentrum. hvem kan hjelpe oss med det?", Base()).needs) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Mobbing på nett i 6. klasse, hvem forsker på det og hvem kan komme til oss?",
        "Vi trenger hjelp før 1. mars med overvann, hvem kan det?",
        "Vi mangler sykepleiere pga. pensjonering, hvem kan hjelpe oss med rekruttering?",
        "Elever med f.eks. dysleksi får ikke hjelp, hvem kan kurse lærerne?",
        "Treng hjelp ift. flaum og evt. skred langs elva, kven kan det?",
    ],
)
def test_an_ordinal_or_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert split_needs(text, Base()).needs == (text,)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Vi trenger hjelp til å skrive EU-søknad om bærekraftig reiseliv", Intent.QUESTION),
        ("looking for somebody to help us write an application on flood protection", Intent.QUESTION),
        ("kan du skrive søknaden for oss?", Intent.APPLICATION),
        ("skriv en søknad", Intent.APPLICATION),
    ],
)
def test_who_looks_for_help_with_an_application_has_a_need_and_who_wants_it_written_has_not(
    text: str, intent: Intent
) -> None:
    assert parse_turn(text, ConversationState(), Base()).intent is intent


@pytest.mark.parametrize(
    ("need", "asked_of_us"),
    [
        ("korleis kan vi bruke kunstig intelligens i saksbehandlinga", "er dette kunstig intelligens?"),
        ("robotar i barnehagen", "er du ein robot?"),
        ("tilbake til jobb etter sykmelding", "gå tilbake"),
        ("gå tilbake på skole etter fravær", "angre"),
        ("menneskelig kontakt for ensomme", "snakke med et menneske"),
        ("start på nytt for innsatte", "start på nytt"),
        ("hva betyr hyttene for kommuneøkonomien", "hva betyr FoUI?"),
        ("what does tourism mean for housing", "what does FoUI mean?"),
    ],
)
def test_a_first_message_with_a_subject_is_a_need_whatever_its_words_could_ask_of_us(
    need: str, asked_of_us: str
) -> None:
    assert parse_turn(need, ConversationState(), Base()).intent is Intent.QUESTION
    assert parse_turn(asked_of_us, ConversationState(), Base()).intent is not Intent.QUESTION


@pytest.mark.parametrize(
    "text",
    [
        "hvilke ordninger er åpne nå?",
        "hvilke frister kommer i vinter",
        "kva kan vi søke på no?",
        "which calls are open now?",
        "upcoming deadlines",
        "hva kan Bodø kommune søke på nå?",
    ],
)
def test_what_closes_next_is_asked_for_without_a_need(text: str) -> None:
    turn = parse_turn(text, ConversationState(), Base())
    assert turn.intent is Intent.CALENDAR
    assert ("Bodø" in text) == (turn.facts is not None and turn.facts.fylkesnummer == "18")


@pytest.mark.parametrize("text", ["åpne data i kommunen", "neste steg i barnehagen", "støtte som kommer barn til gode"])
def test_a_need_that_speaks_of_what_is_open_or_next_is_a_need(text: str) -> None:
    assert parse_turn(text, ConversationState(), Base()).intent is Intent.QUESTION


@pytest.mark.parametrize(
    "text",
    [
        "ikke lagre dette",
        "ikkje lagre dette",
        "do not save this",
        "ikke start på nytt",
        "jeg vil ikke snakke med et menneske",
    ],
)
def test_what_is_refused_is_not_done(text: str) -> None:
    assert parse_turn(text, THREAD, Base()).intent is Intent.DECLINED


@pytest.mark.parametrize("text", ["tilbake til jobb etter sykdom", "back to work", "tilbake til skolen etter fravær"])
def test_who_comes_back_to_work_takes_no_step_back(text: str) -> None:
    for state in (ConversationState(), THREAD):
        assert parse_turn(text, state, Base()).intent is not Intent.UNDO
    assert parse_turn("gå tilbake", THREAD, Base()).intent is Intent.UNDO


def test_ticks_are_no_praise() -> None:
    assert parse_turn("vi sliter med flått", ConversationState(), Base()).intent is Intent.QUESTION
    assert parse_turn("flottt", ConversationState(), Base()).intent is Intent.THANKS


def test_open_calls_are_nobodys_telephone() -> None:
    assert parse_turn("which calls are open?", THREAD, Base()).intent is Intent.FILTER


def test_what_is_not_wanted_is_known_and_does_not_count_as_what_is() -> None:
    hunt = parse_exclusions("folkehelse unntatt HUNT", Base())
    assert (hunt.without.records, hunt.text) == (("actor:hunt",), "folkehelse")
    assert parse_exclusions("velferdsteknologi? ikke universitet", Base()).without.types == (ActorType.UNIVERSITY,)
    assert [one.name for one in parse_exclusions("frafall utenom Trøndelag", Base()).without.places] == ["Trøndelag"]
    for plain in ("vi har ikke nok sykepleiere", "kommunen har ikke universitet i nærheten", "uten lege i helgene"):
        assert not parse_exclusions(plain, Base()).without


def test_a_body_that_nobody_knows_is_told_to_be_unknown() -> None:
    assert unknown_bodies("Nordland fylkeskommune", Base()) == ("Nordland fylkeskommune",)
    assert unknown_bodies("samarbeid med HUNT om EU-midler", Base()) == ()


def test_every_word_of_the_glossary_is_explained_in_three_languages_from_a_source() -> None:
    for term in glossary():
        assert all(term.text.get(language) and term.name.get(language) for language in Language)
        assert term.sources
    found = term_in(("hva", "er", "forprosjektet"))
    assert found is not None
    assert found[0].id == "forprosjekt"


@pytest.mark.parametrize("term", glossary(), ids=lambda term: term.id)
def test_every_way_to_write_a_word_of_the_glossary_leads_to_that_word(term: Term) -> None:
    for said in (*term.also, *(name.text for name in term.name.items())):
        found = term_in(tokens_of(said))
        assert found is not None
        assert found[0].id == term.id, said


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("moren min (87) har demens og får ikke plass", True), ("jeg har fått kreft", True),
        ("mannen min slår meg", True),
        ("I have depression, who can help me", True), ("my son has autism", True), ("eg slit med angst", True),
        ("hvordan oppdage demens tidlig hos hjemmeboende", False), ("vi i kommunen har mange med demens", False),
        ("jeg jobber med rus og psykisk helse", False), ("i barnevernet er det mye vold", False),
        ("I need partners on dementia care", False),
    ],
)  # fmt: skip
def test_who_writes_of_their_own_illness_is_asked_first(text: str, own: bool) -> None:
    assert mentions_own_health(text) is own


@pytest.mark.parametrize(
    ("text", "need", "told"),
    [
        ("Hvordan kutter vi matsvinn på sykehjem? Vi er Hamar kommune.", "matsvinn", {"place": "Hamar"}),
        ("Vi er Hamar kommune. Hvordan kutter vi matsvinn på sykehjem?", "matsvinn", {"place": "Hamar"}),
        ("Korleis kan vi kutte matavfallet? Me er ein liten kommune i Vestland", "matavfallet", {"place": "Vestland"}),
        ("We are a small municipality in Nordland. How do we recruit nurses?", "recruit", {"place": "Nordland"}),
        ("Who knows stormwater? We are five municipalities.", "stormwater", {"parties": 5}),
        ("Hvem kan overvann og flom? Oppstart høsten 2027.", "overvann", {"starts_on": "2027"}),
        ("Prosjektet varer i to år. Hvem kan overvann og flom?", "overvann", {"months": 24}),
        ("Hvordan får vi ned sykefraværet? Vi er en kommune med 8000 innbyggere.", "sykefraværet", {}),
        ("Vi er ein distriktskommune med 3 000 innbyggjarar. Korleis får vi ned sjukefråværet?", "sjukefråværet", {}),
        ("hvem kan ensomhet? jeg er rådgiver i en mellomstor kommune", "ensomhet", {}),
        ("overvann i sentrum. vi er fire kommuner sammen. vi ligger i Innlandet", "overvann", {"parties": 4}),
    ],
)
def test_who_we_are_beside_a_need_is_no_need_and_holds_for_all_of_it(
    text: str, need: str, told: dict[str, object]
) -> None:
    turn = read(text, ConversationState())
    assert (turn.intent, turn.further, turn.text) == (Intent.QUESTION, (), text)
    assert turn.bare is not None
    assert need in turn.bare
    assert not {"kommune", "kommuner", "innbyggere", "municipality", "2027"} & set(turn.bare.casefold().split())
    assert turn.facts is not None
    assert {name: getattr(turn.facts, name) for name in told} == told


@pytest.mark.parametrize(
    "text",
    [
        "Vi har mange tomme lokaler i sentrum. Finnes det noen som har fylt dem igjen?",
        "Vi har et gammelt meieri. Hvem kan hjelpe oss å gjøre det om til kulturhus?",
        "Vi har 40 eldre på venteliste for sykehjem. Finnes det andre boformer?",
        "We have an old school building. Is there anyone who has turned it into housing?",
        "Lag og foreninger får ikke leid lokaler, og kommunen har ingen oversikt over hva som står ledig",
        "Me har fått mange nye innbyggjarar. Finst det nokon som kan hjelpe dei i arbeid?",
    ],
)
def test_what_there_is_and_the_question_about_it_are_one_need(text: str) -> None:
    turn = read(text, ConversationState())
    assert (turn.intent, turn.further, turn.text) == (Intent.QUESTION, (), text)


def test_facts_beside_two_needs_hold_for_both_and_a_sentence_with_a_subject_is_kept() -> None:
    two = read(
        "overvann og flom i sentrum. vi har også problemer med å rekruttere sykepleiere. Vi er Hamar kommune.",
        ConversationState(),
    )
    assert len(two.further) == 1
    assert two.facts is not None
    assert two.facts.place == "Hamar"
    for kept in (
        "Vi er en kommune med mye overvann. Hvem kan hjelpe?",
        "vi har mange ensomme eldre. hva gjør andre?",
        "Vi er Hamar kommune",
    ):
        assert read(kept, ConversationState()).facts is None or read(kept, ConversationState()).intent is Intent.FACT


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("trenger hjelp til to ting: flyktninger i arbeid og universell utforming av holdeplasser", "universell utf"),
        ("to ting: overvann og ensomhet", "ensomhet"), ("Vi har to behov: overvann, og sykepleiere", "sykepleiere"),
        ("me slit med to utfordringar: unge som fell utanfor og overvatn i sentrum", "overvatn"),
        ("two things: loneliness among seniors and flooding in the centre", "flooding"),
        ("we need help with two issues - drought and recruitment of nurses", "recruitment"),
        ("to saker: flom; rekruttering av leger", "rekruttering"), ("to tema: kulvert samt barnevern", "barnevern"),
    ],
)  # fmt: skip
def test_two_needs_that_are_said_to_be_two_are_two(text: str, second: str) -> None:
    needs = split_needs(text, Base()).needs
    assert len(needs) == 2
    assert needs[1].startswith(second)
    assert len(split_needs("overvann og flom i sentrum", Base()).needs) == 1


class Indexed(Base):
    """Records by which a short word that none of them uses tells nothing, as by an index."""

    def knows(self, word: str) -> bool:
        return word in {"universell", "utforming", "sykkel", "loneliness", "styret"} or super().knows(word)

    def is_subject(self, word: str) -> bool:
        return self.knows(word) or len(word) >= 8


@pytest.mark.parametrize(
    "text",
    [
        "hvem avgjør søknaden", "kven avgjer søknaden", "who decides?", "hvem av disse er nærmest oss",
        "kven av dei ligg nærast oss", "which of these is closest to us", "hvem av dem ligger nærmest oss",
        "kan dere garantere at vi får penger", "can you guarantee we get the money", "hvem bestemmer om vi får penger",
        "hva er sjansene våre", "er det sannsynlig", "hva er neste steg", "what is the next step",
    ],
)  # fmt: skip
@pytest.mark.parametrize("asked_back", [False, True])
def test_a_short_question_without_a_subject_is_asked_about(text: str, *, asked_back: bool) -> None:
    state = THREAD.model_copy(update={"wants_words": asked_back})
    assert parse_turn(text, state, Indexed()).intent is Intent.UNCLEAR


def test_what_was_asked_back_of_a_problem_is_told_by_no_question() -> None:
    asked = THREAD.model_copy(update={"wants_words": True})
    for question in ("hvem sitter i styret", "kan dere hjelpe med overvann", "when do we hear about ensomhet"):
        assert parse_turn(question, asked, Indexed()).intent is not Intent.ADDITION
    assert parse_turn("flom i kjellere og overvann", asked, Indexed()).intent is Intent.ADDITION


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("finnes det en ordning som heter Innovativ Helse 2030?", "Innovativ Helse 2030"),
        ("finst det ei støtteordning som heiter Grøn Bygd", "Grøn Bygd"),
        ("is there a scheme called Green Villages?", "Green Villages"),
        ("har dere noe som heter Smartløft", "Smartløft"),
        ("er det et program som kalles «Byløftet»?", "Byløftet"),
        ("har de noko som heiter Kystpott i basen", "Kystpott"),
        ("finnes «Ung i bygd»?", "Ung i bygd"), ("do you have a partner named Acme Rural", "Acme Rural"),
    ],
)  # fmt: skip
def test_a_record_asked_for_by_a_name_that_none_has_is_told_to_be_unknown(text: str, name: str) -> None:
    turn = read(text)
    assert (turn.intent, turn.items, turn.unknown) == (Intent.ABOUT, (), (name,))
    assert [item.id for item in read("finnes det noe som heter HUNT?").items] == ["actor:hunt"]


@pytest.mark.parametrize("text", ["nr 7", "7", "nummer 9", "number 8", "den nr 12", "flere som nr 7", "dropp nr 8"])
def test_a_number_that_no_suggestion_has_is_told_to_be_none(text: str) -> None:
    turn = read(text)
    assert (turn.intent, turn.items) == (Intent.ABOUT, ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hvorfor Equinor", "Equinor"), ("kontakt hos Equinor", "Equinor"), ("hvorfor equinor", "equinor"),
        ("kvifor ikkje Equinor", "Equinor"), ("why Equinor?", "Equinor"), ("fortell mer om Equinor", "Equinor"),
        ("how do I reach Acme Water", "Acme Water"), ("kven kan eg ringje hos Telenor", "Telenor"),
        ("når er fristen for Byløftet", "Byløftet"), ("skriv mail til Equinor", "Equinor"),
    ],
)  # fmt: skip
def test_what_is_asked_of_a_body_that_the_base_lacks_is_answered_of_no_other(text: str, name: str) -> None:
    turn = parse_turn(text, THREAD.model_copy(update={"focus": SHOWN[:1]}), Indexed())
    assert (turn.items, turn.unknown) == ((), (name,))


@pytest.mark.parametrize(
    "text",
    [
        "takk det var fint", "takk, dette var nyttig", "tusen takk, det var til god hjelp", "thanks, that was useful",
        "takk, det var interessant", "mange takk, dette var lærerikt", "dette var nyttig", "thank you, it was of help",
    ],
)  # fmt: skip
def test_thanks_are_thanks_whatever_they_are_for(text: str) -> None:
    assert read(text).intent is Intent.THANKS


def test_nothing_fits_is_no_answer_to_who_takes_part() -> None:
    pending = THREAD.model_copy(update={"pending": (Missing(fact=Fact.PARTNERS, values=WITH_UNIVERSITY),)})
    for said in ("nei ikke noe av dette passer", "nei, ingen av disse passer", "no, none of these fit"):
        assert read(said, pending).intent is Intent.DISMISS


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("jaja. vi trenger noen som kan overvann", "vi trenger noen som kan overvann"),
        ("hm, vi treng hjelp med overvatn", "vi treng hjelp med overvatn"),
        ("ok. well, we need help with flooding", "we need help with flooding"),
        ("uff! hvem kan overvann", "hvem kan overvann"),
        ("ja, vi er Hamar kommune", "ja, vi er Hamar kommune"),
    ],
)
def test_what_is_sighed_before_a_need_is_left(text: str, bare: str) -> None:
    assert bare_need(text) == bare


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("univeresll utforming", "universell utforming"),
        ("universell utfroming", "universell utforming"),
        ("ensommhet", "ensomhet"),
        ("overvan i sentrum", "overvann i sentrum"),
        ("lonelinses", "loneliness"),
        ("hvordan starte et sykkelprosjekt", "hvordan starte et sykkel prosjekt"),
        ("kvikkleire og overvann", "kvikkleire og overvann"),
        ("vi på Averøya", "vi på Averøya"),
    ],
)
def test_a_slip_of_the_pen_in_a_subject_hides_no_need(written: str, meant: str) -> None:
    assert correct_spelling(written, Indexed()) == meant


def test_a_fact_is_none_where_nothing_is_told() -> None:
    assert read("flere som nummer to").facts in {None, Facts()}


@pytest.mark.parametrize("text", ["nr 7", "nr. 99", "9", "rad 8"])
def test_a_number_that_no_row_has_is_asked_about_and_no_other_row_is_offered(text: str) -> None:
    turn = read(text)
    assert (turn.intent, turn.items) == (Intent.ABOUT, ())


@pytest.mark.parametrize(
    ("text", "intent", "named"),
    [
        ("hvorfor Equinor", Intent.WHY, "Equinor"), ("Hvorfor er Equinor med?", Intent.WHY, "Equinor"),
        ("kontakt hos Equinor", Intent.REACH, "Equinor"), ("hvorfor ikke Microsoft", Intent.WHY_NOT, "Microsoft"),
    ],
)  # fmt: skip
def test_a_name_that_no_record_has_is_not_taken_for_what_was_shown(text: str, intent: Intent, named: str) -> None:
    turn = read(text, THREAD.model_copy(update={"focus": SHOWN[:1]}))
    assert (turn.intent, turn.items, turn.unknown) == (intent, (), (named,))
