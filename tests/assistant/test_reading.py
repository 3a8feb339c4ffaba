"""What is said of an answer is known by its words, in any order and language; a subject of its own makes it a need."""

from __future__ import annotations

import pytest

from assistant.dialogue.base import NoBase
from assistant.dialogue.conversation import Choice, Intent, Item, State, Turn, gone_back, new_need, refined
from assistant.dialogue.cues import tokens_of
from assistant.dialogue.framing import bare_need, parted
from assistant.dialogue.glossary import Term, glossary, term_in
from assistant.dialogue.left_out import left_out, unknown_bodies
from assistant.dialogue.reading import read_turn
from assistant.funding.verdicts import Facts
from assistant.platform.own_matters import tells_own_matter
from corpus.records import ActorType, Kind
from corpus.text import Language

SHOWN = (
    Item(id="actor:ntnu", kind=Kind.ACTOR, name="NTNU"),
    Item(id="actor:nord", kind=Kind.ACTOR, name="Nord universitet"),
    Item(id="instrument:rff", kind=Kind.INSTRUMENT, name="RFF Trøndelag"),
    Item(id="idea:buss", kind=Kind.IDEA, name="Skolebuss"),
)
THREAD = State(question="frafall i videregående", language=Language.NB, shown=SHOWN)
HUNT = Item(id="actor:hunt", kind=Kind.ACTOR, name="HUNT")


class Base(NoBase):
    """Records that know HUNT and little else."""

    def named(self, text: str) -> tuple[Item, ...]:
        return (HUNT,) if "hunt" in text.casefold() else ()

    def knows(self, word: str) -> bool:
        return word in {"kontrakt", "overvann", "sykepleiere", "rekruttere", "flom", "ensomhet"}

    def likeness(self, one: str, other: str) -> float:
        return 0.9 if set(one.split()) & set(other.split()) else 0.1


def read(text: str, state: State = THREAD) -> Turn:
    return read_turn(text, state, Base())


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
    back = gone_back(told)
    assert back is not None
    assert back.refinement.types == (ActorType.UNIVERSITY,)
    further = gone_back(back)
    assert further is not None
    assert (further.refinement.types, further.facts.place) == ((), "Levanger")
    assert gone_back(State()) is None


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
    assert parted(minutes, Base()) == ((said,), said)


def test_two_needs_are_two_and_one_told_in_two_sentences_is_one() -> None:
    two = parted("overvann og flom i sentrum. vi har også problemer med å rekruttere sykepleiere", Base())
    assert len(two.needs) == 2
    assert len(parted("vi har mye overvann i sentrum. hvem kan hjelpe oss med det?", Base()).needs) == 1


def test_what_is_not_wanted_is_known_and_does_not_count_as_what_is() -> None:
    hunt = left_out("folkehelse unntatt HUNT", Base())
    assert (hunt.without.records, hunt.text) == (("actor:hunt",), "folkehelse")
    assert left_out("velferdsteknologi? ikke universitet", Base()).without.types == (ActorType.UNIVERSITY,)
    assert [one.name for one in left_out("frafall utenom Trøndelag", Base()).without.places] == ["Trøndelag"]
    for plain in ("vi har ikke nok sykepleiere", "kommunen har ikke universitet i nærheten", "uten lege i helgene"):
        assert not left_out(plain, Base()).without


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
    assert tells_own_matter(text) is own


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
