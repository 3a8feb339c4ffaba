"""Money in whole answers: what only seems to fit is not first, what is for all is not shut out, who did it is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.dialogue.understanding import Question
from assistant.funding.suitability import TopicFit
from assistant.funding.verdicts import Facts, Verdict
from assistant.matching.answers import Answer
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.messages import messages
from assistant.platform.settings import Settings
from assistant.render.summary import summary_text
from corpus.records import ActorType, FundingInstrument, Kind, ProjectIdea, Role
from index.scoring.ranking import MatchConfidence
from tests.corpus.test_files import SHIPPED
from tests.homes import copy_home

Ask = Callable[..., Answer]
TODAY = date(2026, 11, 30)
PROJECTS = {one.record.id: one.record for one in SHIPPED if isinstance(one.record, ProjectIdea)}
SCHEMES = {one.record.id: one.record for one in SHIPPED if isinstance(one.record, FundingInstrument)}


@pytest.fixture(scope="module")
def asked(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Ask:

    from assistant.runtime.bootstrap import open_index_manager, open_store

    home = tmp_path_factory.mktemp("money") / "home"
    copy_home(shipped_home, home)
    settings = Settings(home=home)
    store = open_store(settings)
    matchmaker = Matchmaker(store, open_index_manager(settings, store), lambda: TODAY)

    def answer(text: str, facts: Facts | None = None, most: int = 5) -> Answer:
        return matchmaker.answer(Question(text=text), most, facts=facts)

    return answer


def first(answer: Answer) -> str:
    return answer.schemes[0].id.removeprefix("instrument:")


@pytest.mark.parametrize(
    ("need", "wrong"),
    [
        ("digital opplæring for ansatte i pleie og omsorg", "lindrende-behandling"),
        ("vi mangler fosterhjem og får ikke tak i nye", "lindrende-behandling"),
        ("tannhelse hos eldre på sykehjem", "sekretariat-helsefellesskap"),
        ("sykefravær blant renholdere og barnehageansatte", "lokal-kompetanseutvikling-barnehage-skole"),
        ("rekruttering av barnehagelærere", "svommeopplaring-i-barnehage"),
        ("skolemat for elevene, hvem har forsket på det?", "skolebibliotek-og-lesestimulering"),
        ("matsvinn i kommunale kjøkken", "investeringstilskudd-omsorgsboliger-sykehjem"),
        ("vold i nære relasjoner, opplæring av ansatte", "forebygging-radikalisering"),
        ("unge menn som tar livet sitt", "kommunalt-rusarbeid"),
        ("folk med tiltaksplass inn i vanlige kommunale jobber", "jobbsjansen"),
        ("kulturskule for alle, òg dei som ikkje har råd", "tilskudd-til-kulturbygg"),
        ("home-dwelling elderly who do not eat enough", "dagaktivitetstilbud-demens"),
    ],
)
def test_money_for_another_group_or_matter_is_never_first(asked: Ask, need: str, wrong: str) -> None:
    answer = asked(need)
    assert not answer.schemes or first(answer) != wrong
    sure = [one.id for one in answer.schemes if one.confidence is not MatchConfidence.POSSIBLE]
    assert f"instrument:{wrong}" not in sure


@pytest.mark.parametrize(
    ("need", "right"),
    [
        ("hvordan hjelpe pårørende når noen skal dø hjemme, lindrende behandling", "lindrende-behandling"),
        ("rusarbeid for ungdom", "kommunalt-rusarbeid"),
        ("radikalisering blant ungdom", "forebygging-radikalisering"),
        ("samisk språk i barnehagen", "sametinget-sprakutvikling"),
        ("flyktningkvinner fra Ukraina trenger jobb", "utvikling-kvalifiserings-og-integreringstiltak"),
        ("norskopplæring på arbeidsplassen for renholdere", "kompetansepluss"),
        ("leselyst på ungdomsskolen sammen med biblioteket", "skolebibliotek-og-lesestimulering"),
        ("reading for fun, with the school library", "skolebibliotek-og-lesestimulering"),
        ("overvatn og flaum i sentrum etter styrtregn", "tilskudd-til-klimatilpasning"),
        ("bygge ny svømmehall", "spillemidler-idrettsanlegg"),
        ("tjenestedesign av søknad om barnehageplass", "stimulab"),
    ],
)
def test_money_made_for_the_need_is_first(asked: Ask, need: str, right: str) -> None:
    assert first(asked(need)) == right


@pytest.mark.parametrize(
    ("need", "wrong"),
    [
        ("tryggere eldre i trafikken", "den-kulturelle-spaserstokken"),
        ("meir lokal mat i kantiner og på sjukeheimar", "investeringstilskudd-omsorgsboliger-sykehjem"),
        ("kantineløysing med lokal mat på sjukeheimen i Ulvik", "investeringstilskudd-omsorgsboliger-sykehjem"),
        ("car sharing and fewer parked cars in Bodø", "tiltak-statlig-sikra-friluftslivsomrader"),
        ("money for youth clubs in rural areas", "omstilling-og-utvikling-distrikt"),
        ("foreldrerettleiing for innvandrarar", "jobbsjansen"),
        (
            "we want to exchange experience with Swedish municipalities about elderly care",
            "den-kulturelle-spaserstokken",
        ),
        ("svømmehallen lekker og må pusses opp, hvor finner vi penger?", "svommeopplaring-i-barnehage"),
        ("elgpåkjørsler på fylkesveien i Elverum", "tilskudd-gang-og-sykkelveger"),
        ("stormwater from roads pollutes the salmon river in Orkland", "tilskudd-kalking-vassdrag"),
        ("barnehagar som vil ut i naturen, kurs for tilsette i Bømlo", "erasmus-pluss"),
        ("skogbrann og beredskap i Kvinnherad", "eus-ordning-for-sivil-beredskap-kapp"),
        ("pengar til å setje i stand naust i Austevoll", "kulturmiljoplaner-i-kommunene"),
    ],
)
def test_money_that_shares_only_whom_or_where_the_need_is_for_is_never_first(asked: Ask, need: str, wrong: str) -> None:
    answer = asked(need)
    assert answer.schemes
    assert first(answer) != wrong


@pytest.mark.parametrize(
    ("need", "right"),
    [
        ("vi treng pengar til å restaurere naust i Austevoll", "kulturminnefondet-tilskudd"),
        ("vi treng tilskot til å setje i stand den gamle steinbrua i Voss", "kulturminnefondet-tilskudd"),
        ("støtte til å restaurere et gammelt samfunnshus i Sogndal", "kulturminnefondet-tilskudd"),
        ("svømmehallen lekker og må pusses opp, hvor finner vi penger?", "spillemidler-idrettsanlegg"),
        ("pengar til å halde ved like turstiar i Suldal", "spillemidler-idrettsanlegg"),
        ("vi vil sende ungdom på utveksling til Europa fra ungdomsklubben i Vadsø", "erasmus-pluss"),
        ("foreldrerettleiing for innvandrarar", "foreldrestottende-tiltak"),
        (
            "tilskudd til å bygge omsorgsboliger for unge med utviklingshemming",
            "investeringstilskudd-omsorgsboliger-sykehjem",
        ),
        ("hvordan få flere innvandrerkvinner i jobb i Drammen?", "jobbsjansen"),
        ("midlar til drift av fritidsklubb i ei lita bygd", "inkludering-av-barn-og-unge"),
        ("can a municipality get a grant for restoring peatland?", "naturrestaurering"),
    ],
)
def test_money_made_for_what_is_to_be_done_is_among_the_first_three(asked: Ask, need: str, right: str) -> None:
    assert f"instrument:{right}" in [one.id for one in asked(need).schemes[:3]]


@pytest.mark.parametrize("place", ["Alta", "Bodø", "Hamar", "Kristiansund", "Sandnes"])
def test_general_money_of_the_state_and_of_the_county_is_in_every_answer_without_money_of_its_own(
    asked: Ask, place: str
) -> None:
    answer = asked(f"vi mangler fosterhjem i {place}", most=8)
    assert first(answer) == "innovasjonsprosjekt-i-offentlig-sektor"
    general = [one for one in answer.schemes if one.suitability and one.suitability.topic is TopicFit.ANY]
    assert any(SCHEMES[one.id].scope.fylkesnummer for one in general)
    assert all(one.overall is not Verdict.UNMET for one in general)


def test_the_governors_trial_money_is_for_each_county_whichever_announced_it_last(asked: Ask) -> None:
    for place in ("Alta", "Hamar", "Arendal"):
        answer = asked(f"prøve ut felles barnevernsvakt i {place}", most=10)
        found = next(one for one in answer.schemes if one.id == "instrument:prosjektskjonn-statsforvalterne")
        assert found.overall is not Verdict.UNMET


def test_the_summary_names_the_scheme_that_heads_the_list(asked: Ask) -> None:
    for need in (
        "ungdom utenfor skole og jobb",
        "legevakt i små kommuner",
        "ensomhet blant eldre",
        "biogass av gjødsel",
    ):
        answer = asked(need)
        told = summary_text(answer, messages(answer.language), Kind.INSTRUMENT)
        assert answer.schemes[0].name.best(answer.language).text in told


@pytest.mark.parametrize(
    "need",
    [
        "sirkulære møbler og innkjøp i kommunen",
        "pukkellaks i elvane våre",
        "drones for inspecting roofs and bridges",
        "we want to test drones for home delivery of medicine in the islands",
        "robot som leser søknader om barnehageplass",
        "felles jordmor for flere små kommuner",
    ],
)
def test_where_an_earlier_project_is_the_very_need_somebody_fits_or_did_it(asked: Ask, need: str) -> None:
    answer = asked(need)
    project = PROJECTS[answer.ideas[0].id]
    took_part = {part.actor for part in project.participants if part.role not in {Role.FUNDER, Role.DISCUSSANT}}
    sure = [one.id for one in answer.partners if one.confidence is not MatchConfidence.POSSIBLE]
    assert sure or not took_part or answer.ideas[0].confidence is MatchConfidence.POSSIBLE
    assert len({one.id for one in answer.partners}) == len(answer.partners)


def test_nobody_is_sent_to_themselves_by_what_they_did(asked: Ask) -> None:
    asker = Facts(applicant_type=ActorType.MUNICIPALITY, kommunenummer="3203", fylkesnummer="32", place="Asker")
    answer = asked("sirkulære møbler og innkjøp i kommunen", asker)
    assert "actor:asker-kommune" not in [one.id for one in answer.partners]


@pytest.mark.parametrize(
    ("place", "is_there"),
    [("Sunnfjord", True), ("Sogndal", True), ("Odda", False), ("Stord", False), ("Bergen", False)],
)
def test_a_foundation_for_a_part_of_a_county_is_for_that_part_only(asked: Ask, place: str, is_there: bool) -> None:
    shown = [one.id for one in asked(f"ny lekeplass og grendehus i {place}", most=10).schemes]
    assert ("instrument:sparebankstiftinga-sogn-og-fjordane" in shown) is is_there


def test_what_is_told_under_a_partner_is_among_the_schemes(asked: Ask) -> None:
    for need in (
        "vi treng pengar til å restaurere naust i Austevoll",
        "funding to build affordable housing for young people in Tromsø",
        "kommunen vil kartlegge barnefattigdom i Moss",
        "flomsikring av elva gjennom sentrum i Nesbyen, hvem betaler?",
    ):
        answer = asked(need)
        runs = {reason.scheme for one in answer.partners for reason in one.reasons if reason.scheme}
        assert runs <= {one.id for one in answer.schemes}
