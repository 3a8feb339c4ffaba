"""What a scheme asks for is filled with the fewest parties, what is missing is said, and one page holds it all."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.funding.rules import party_value
from assistant.funding.verdicts import CostPart, Facts
from assistant.matching.answers import Partner
from assistant.matching.consortium import Consortium, ConsortiumError, Helix, PartnerRequirement, propose, smallest_set
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.messages import messages
from assistant.platform.settings import Settings
from assistant.render.sketch import as_docx, as_markdown, as_text, missing_sentence, sketch_of
from assistant.runtime.bootstrap import open_index_manager, open_store
from corpus.criteria import CriterionKind, RequiredPartyCriterion
from corpus.files import read_folder, shipped_folder
from corpus.records import ActorType, FundingInstrument
from corpus.text import LangText, Language
from index.scoring.ranking import MatchConfidence
from tests.assistant.conftest import Command
from tests.assistant.services import Small, open_small
from tests.records import SOURCE, actor, instrument, statement

NEED = "tidlig oppdagelse av sepsis hos eldre hjemme"


def required(slug: str, **fields: object) -> dict[str, object]:
    text = {"nb": slug, "en": slug}
    return {"id": f"criterion:{slug}", "kind": "required_party", "text": text, "source": SOURCE, **fields}


def shares(slug: str, **fields: object) -> dict[str, object]:
    return required(slug) | {"kind": "cost_share", **fields}


SCHEME = instrument(
    "call", "Utlysningen", "Gir støtte til sepsis",
    criteria=(
        required("two-municipalities", party_types=["municipality"], minimum=2),
        required("research", approved_research_org=True),
        required("swedish", country="SE"),
        shares("municipal-share", party_types=["municipality"], minimum=30),
    ),
)  # fmt: skip
BODIES = [
    actor("inderoy", "Inderøy", expertise=(statement("Sepsis hos eldre hjemme"),)),
    actor("jamtland", "Jämtlands universitet", actor_type="university", place={"country": "SE"},
          expertise=(statement("Sepsis og eldre"),)),
    actor("institute", "Instituttet", actor_type="research_institute", expertise=(statement("Sepsis tidlig"),)),
    actor("firm", "Firmaet", actor_type="company", expertise=(statement("Sepsis hjemme"),)),
]  # fmt: skip


@pytest.fixture
def opened(sqlite_url: str, tmp_path: Path) -> Small:
    small = open_small(sqlite_url, tmp_path)
    small.store.save_many([SCHEME, *BODIES], by="test")
    return small


def build(small: Small, **fields: object) -> Consortium:
    values = {"need": NEED, "scheme_id": SCHEME.id, **fields}
    return propose(small.matchmaker, small.store, **values)  # type: ignore[arg-type]


def by_rule(found: Consortium) -> dict[str, PartnerRequirement]:
    return {seat.criterion_id.removeprefix("criterion:"): seat for seat in found.seats}


def test_every_party_that_a_rule_asks_for_is_a_seat_and_the_applicant_counts(opened: Small) -> None:
    seats = by_rule(build(opened))
    assert {name: (seat.filled, seat.missing) for name, seat in seats.items()} == {
        "two-municipalities": (1, 1),
        "research": (0, 1),
        "swedish": (0, 1),
    }


def test_a_partner_that_fits_two_seats_is_proposed_for_both_and_one_is_enough(opened: Small) -> None:
    found = build(opened)
    seats = by_rule(found)
    assert {one.id for one in seats["research"].proposals} >= {"actor:jamtland", "actor:institute"}
    assert [one.id for one in seats["swedish"].proposals] == ["actor:jamtland"]
    assert len(found.chosen) == 2
    assert "actor:jamtland" in found.chosen
    assert not found.is_complete


def test_no_company_is_proposed_as_a_research_organisation(opened: Small) -> None:
    assert "actor:firm" not in {one.id for one in by_rule(build(opened))["research"].proposals}


def test_who_is_in_already_fills_a_seat_or_may_and_is_not_proposed(opened: Small) -> None:
    found = build(opened, have=["actor:inderoy", "actor:jamtland"])
    seats = by_rule(found)
    assert (seats["two-municipalities"].missing, seats["swedish"].missing) == (0, 0)
    assert seats["research"].unsure == ("actor:jamtland",)
    assert not {"actor:inderoy", "actor:jamtland"} & {one.id for seat in found.seats for one in seat.proposals}
    assert found.balance == {Helix.PUBLIC: 2, Helix.RESEARCH: 1 + len(found.chosen), Helix.BUSINESS: 0, Helix.OTHER: 0}


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (Language.NB, ["Mangler 1 til: en kommune", "Mangler: en godkjent forskningsorganisasjon",
                       "Mangler: en partner fra Sverige"]),
        (Language.EN, ["Missing 1 more: a municipality", "Missing: an approved research organisation",
                       "Missing: a partner from Sweden"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_words(opened: Small, language: Language, sentences: list[str]) -> None:
    found = build(opened, language=language)
    assert [missing_sentence(seat, messages(language)) for seat in found.seats] == sentences


def test_a_share_that_is_too_small_is_said_with_both_numbers(opened: Small) -> None:
    found = build(opened, shares=[CostPart(type=ActorType.MUNICIPALITY, percent=Decimal(22))], language=Language.EN)
    assert not found.shares[0].holds
    told = "A municipality carries 22 per cent of the costs; at least 30 per cent is required."
    assert f"✗ {told}" in as_text(sketch_of(found))
    enough = build(opened, shares=[CostPart(type=ActorType.MUNICIPALITY, percent=Decimal(30))])
    assert enough.shares[0].holds


def test_the_same_is_proposed_every_time(opened: Small) -> None:
    assert build(opened).model_dump_json() == build(opened).model_dump_json()


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"scheme_id": "instrument:cal"}, "instrument:call"), ({"scheme_id": "actor:firm"}, "Did you mean"),
     ({"have": ["actor:fim"]}, "actor:firm")],
)  # fmt: skip
def test_what_is_not_there_is_told_with_the_nearest(opened: Small, fields: dict[str, object], said: str) -> None:
    with pytest.raises(ConsortiumError, match=said):
        build(opened, **fields)


def partner(slug: str, kind: ActorType, country: str, score: float) -> Partner:
    return Partner(
        id=f"actor:{slug}", name=LangText(nb=slug), summary=LangText(nb=slug), score=score, reasons=(), evidence=(),
        confidence=MatchConfidence.GOOD, actor_type=kind, country=country, place=None, contact=None,
        dissolved_on=None, predecessor=None, successor=None,
    )  # fmt: skip


PARTNERS = st.lists(
    st.builds(
        partner,
        st.uuids().map(lambda one: one.hex[:8]),
        st.sampled_from([ActorType.MUNICIPALITY, ActorType.UNIVERSITY, ActorType.COMPANY]),
        st.sampled_from(["NO", "SE"]),
        st.floats(0, 1),
    ),
    max_size=7,
    unique_by=lambda one: one.id,
)
RULES = st.lists(
    st.builds(
        lambda types, country, minimum: RequiredPartyCriterion.model_validate(
            required("r", party_types=types, country=country, minimum=minimum)
        ),
        st.sampled_from([["municipality"], ["university"], ["company", "university"]]),
        st.sampled_from([None, "SE"]),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=3,
)


def fits_rule(rule: RequiredPartyCriterion, one: Partner) -> bool:
    return one.actor_type in rule.party_types and rule.country in {None, one.country}


@settings(deadline=None)
@given(PARTNERS, RULES)
def test_no_smaller_set_fills_as_much(partners: list[Partner], rules: list[RequiredPartyCriterion]) -> None:
    seats = [
        PartnerRequirement(
             criterion_id=rule.id, rule=rule.text, source=rule.source, party=party_value(rule), minimum=rule.minimum,
             filled=0, unsure=(), proposals=tuple(one for one in partners if fits_rule(rule, one)))
        for rule in rules
    ]  # fmt: skip
    chosen = smallest_set(seats, rules)
    by_id = {one.id: one for one in partners}
    reachable = [min(rule.minimum, sum(fits_rule(rule, one) for one in partners)) for rule in rules]

    def fills(some: list[Partner]) -> bool:
        return all(
            sum(fits_rule(rule, one) for one in some) >= most for rule, most in zip(rules, reachable, strict=True)
        )

    assert fills([by_id[one] for one in chosen])
    smaller = [list(some) for size in range(len(chosen)) for some in combinations(partners, size)]
    assert not any(fills(some) for some in smaller)


def test_the_page_is_the_same_in_every_format_and_nothing_in_it_is_markup(opened: Small, tmp_path: Path) -> None:
    import docx

    page = sketch_of(build(opened, need="sepsis *hjemme* <b>[x](http://evil)</b> # nei | \x0b"))
    markdown = as_markdown(page)
    assert "\\*hjemme\\* \\<b\\>\\[x\\](http://evil)\\</b\\> \\# nei" in markdown
    path = tmp_path / "sketch.docx"
    path.write_bytes(as_docx(page))
    written = "\n".join(one.text for one in docx.Document(str(path)).paragraphs)
    for section in page.sections:
        assert section.heading in written
        for sentence in (*section.sentences, *section.points):
            assert " ".join(sentence.split()) in " ".join(written.split())
    assert "Problemet" in as_text(page)


def test_a_shipped_scheme_gets_a_page_from_the_command_line(
    filled_home: Path, mellomrom: Command, tmp_path: Path
) -> None:
    arguments = ("consortium", "--need", NEED, "--scheme", "instrument:rff-trondelag", "--municipality", "5038")
    printed = mellomrom(*arguments)
    assert printed.code == 0
    assert "Mangler: en godkjent forskningsorganisasjon" in printed.out
    assert "★" in printed.out
    data = mellomrom(*arguments, "--have", "actor:ntnu", "--json").data
    assert [one["id"] for one in data["members"]] == [None, "actor:ntnu"]
    assert data["seats"][0]["unsure"] == ["actor:ntnu"]
    out = tmp_path / "sketch.docx"
    assert mellomrom(*arguments, "--docx", str(out), "--md", str(tmp_path / "sketch.md")).code == 0
    assert out.stat().st_size > 10_000
    assert (tmp_path / "sketch.md").read_text(encoding="utf-8").startswith("# Prosjektskisse")


@pytest.mark.parametrize(
    "wrong",
    [("--scheme", "instrument:nothing"), ("--have", "actor:nobody"), ("--share", "kommune=3"),
     ("--share", "municipality=101"), ("--share", "municipality"), ("--municipality", "0000"), ("--need", "…"),
     ("--docx", "/proc/nowhere/x.docx")],
)  # fmt: skip
def test_what_cannot_be_put_together_says_so(filled_home: Path, mellomrom: Command, wrong: tuple[str, str]) -> None:
    options = {"--need": NEED, "--scheme": "instrument:rff-trondelag"} | {wrong[0]: wrong[1]}
    result = mellomrom("consortium", *(part for pair in options.items() for part in pair))
    assert result.code != 0
    assert "Something went wrong" not in result.err


def test_the_ladder_climbs_from_pre_project_to_across_borders(filled_home: Path, mellomrom: Command) -> None:
    data = mellomrom("ladder", "velferdsteknologi for eldre hjemme", "--json").data
    steps = [one["step"] for one in data["steps"]]
    order = ["pre_project", "main_project", "across_borders", "doctorate"]
    assert steps == [step for step in order if step in steps]
    assert {"pre_project", "main_project", "across_borders"} <= set(steps)
    for step in data["steps"]:
        assert all(one["eligible"] != "unmet" and one["status"] != "ended" for one in step["schemes"])
    assert "Først et forprosjekt" in mellomrom("ladder", "velferdsteknologi for eldre hjemme").out
    nothing = mellomrom("ladder", "best pizza in Oslo")
    assert (nothing.code, nothing.out.strip()) == (0, "I know of no scheme that fits this.")


@pytest.mark.usefixtures("corpus_day")
def test_a_company_climbs_another_ladder_than_a_municipality(filled_home: Path) -> None:
    from assistant.dialogue.understanding import Question
    from assistant.matching.ladder import climb

    home = Settings(home=filled_home)
    store = open_store(home)
    matchmaker = Matchmaker(store, open_index_manager(home, store))
    question = Question(text="penger til forskning på bioøkonomi")
    company = climb(matchmaker, store, question, Facts(applicant_type=ActorType.COMPANY))
    municipality = climb(matchmaker, store, question)
    ids = [{one.id for rung in found.rungs for one in rung.schemes} for found in (company, municipality)]
    assert "instrument:innovasjonsprosjekt-i-offentlig-sektor" in ids[1] - ids[0]
    store.close()


def test_the_page_of_rules_is_made_of_the_records(mellomrom: Command, filled_home: Path) -> None:
    committed = Path(__file__).parents[2] / "assistant" / "docs" / "funding-rules.md"
    assert mellomrom("corpus", "rules").out == committed.read_text(encoding="utf-8")


def test_every_kind_of_rule_has_a_column_and_every_scheme_a_row() -> None:
    page = (Path(__file__).parents[2] / "assistant" / "docs" / "funding-rules.md").read_text(encoding="utf-8")
    header = next(line for line in page.splitlines() if line.startswith("| scheme"))
    assert header.count("|") == len(CriterionKind) + 2
    schemes = [one for one in read_folder(shipped_folder())[0] if isinstance(one.record, FundingInstrument)]
    assert page.count("\n## ") == len(schemes)
