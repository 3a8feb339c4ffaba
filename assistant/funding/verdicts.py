"""What a verdict is made of: the facts told, the rule judged, and what is missing.

Invariant: no field here is guessed; None means that nobody has said. Nothing is put into words: a judgement carries
a key of the message catalogs with its values, and `assistant.funding.rule_sentences` says it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from corpus.criteria import Experience, ProjectStage, Purpose
from corpus.records import Activity, ActorType, CountryCode, Fylkesnummer, Kommunenummer, Source
from corpus.text import Frozen, LangText, PartialDate


class Party(Frozen):
    """Someone who takes part, as far as it is known who; a field is None when it was not said."""

    type: ActorType | None = None
    country: CountryCode | None = None
    approved_research_org: bool | None = None


class CostPart(Frozen):
    """The share of the costs that one kind of party carries."""

    type: ActorType
    percent: Decimal


class Facts(Frozen):
    """What is known of an asker and a need; None means that nobody has said."""

    applicant_type: ActorType | None = None
    place: str | None = None
    """What the place is called, to name it in a sentence."""
    fylkesnummer: Fylkesnummer | None = None
    kommunenummer: Kommunenummer | None = None
    country: CountryCode | None = None
    partners: tuple[Party, ...] | None = None
    """Parties besides the applicant that were named; there may be more."""
    parties: int | None = None
    """How many municipalities there are, where several apply together."""
    partners_complete: bool | None = None
    """True where those named are known to be all."""
    lacking: tuple[Party, ...] = ()
    """Parties that were said not to be there, by what is known of them: no Swedish one, no approved one."""
    public_share: Decimal | None = None
    """The percentage of the applicant's own financing that is public."""
    own_share: Decimal | None = None
    """The percentage of the costs that the applicant's side can carry."""
    budget: Decimal | None = None
    """The sum that was told of the project, in kroner: what there is, what it costs or what is wanted; no rule asks."""
    cost_shares: tuple[CostPart, ...] | None = None
    stage: ProjectStage | None = None
    activities: tuple[Activity, ...] | None = None
    """The kinds of work that money is wanted for, where the question tells."""
    rd_experience: Experience | None = None
    recent_project: bool | None = None
    """Whether it had a Research Council, EU or regional main project in the last five years."""
    no_earlier_doctorate: bool | None = None
    candidate_employed: bool | None = None
    starts_on: PartialDate | None = None
    starts_in: Annotated[str, Field(pattern=r"^\d{4}-(spring|summer|autumn)$")] | None = None
    """The season it starts in with its year, where no more than the year of the start was told besides."""
    months: int | None = None
    purposes: tuple[Purpose, ...] | None = None
    """What the money is for, among the purposes that rules exclude; empty where it is for none of them."""
    words: tuple[str, ...] | None = None
    """The words of the need, normalised, for rules of topics."""
    talked_to_broker: bool | None = None


def season_of(facts: Facts) -> str | None:
    """Return the season that a project starts in, where it was told of the year that holds."""
    year, _, season = (facts.starts_in or "").partition("-")
    return season if season and facts.starts_on == year else None


class Fact(StrEnum):
    """A fact that may be missing, the weightiest first."""

    APPLICANT_TYPE = "applicant_type"
    PLACE = "place"
    STAGE = "stage"
    PARTNERS = "partners"
    NO_EARLIER_DOCTORATE = "no_earlier_doctorate"
    CANDIDATE_EMPLOYED = "candidate_employed"
    PUBLIC_SHARE = "public_share"
    RD_EXPERIENCE = "rd_experience"
    RECENT_PROJECT = "recent_project"
    PURPOSES = "purposes"
    WORDS = "words"
    STARTS_ON = "starts_on"
    MONTHS = "months"
    OWN_SHARE = "own_share"
    COST_SHARES = "cost_shares"
    TALKED_TO_BROKER = "talked_to_broker"


_OF_ASKER = (
    "applicant_type", "place", "fylkesnummer", "kommunenummer", "country", "parties", "rd_experience", "recent_project",
)  # fmt: skip


def applicant_facts(facts: Facts) -> Facts:
    """Return the facts that are the asker's own, which hold for another need too."""
    return Facts.model_validate({name: getattr(facts, name) for name in _OF_ASKER})


def merge_facts(known: Facts, told: Facts) -> Facts:
    """Return what was known with what was told since; parties that take part, or lack, are added."""
    new: dict[str, object] = {
        name: value for name in told.model_fields_set if (value := getattr(told, name)) is not None
    }
    for name in ("partners", "lacking"):
        if name in new:
            new[name] = tuple(dict.fromkeys((*(getattr(known, name) or ()), *getattr(told, name))))
    return known.model_copy(update=new)


class Verdict(StrEnum):
    """How a rule stands to the facts."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


RANK = {Verdict.UNMET: 0, Verdict.UNKNOWN: 1, Verdict.MET: 2}
"""The order of verdicts, the worst first."""


class ValueKind(StrEnum):
    """How a value of a sentence is put into words."""

    PLAIN = "plain"
    ORGANISATION = "organisation"
    COUNTRY_PARTY = "country_party"
    STAGE = "stage"
    DATE = "date"


class RuleValue(Frozen):
    """A value to fill into a sentence, not yet in any language."""

    name: str
    kind: ValueKind = ValueKind.PLAIN
    items: tuple[str, ...]


class Missing(Frozen):
    """A fact that nobody has told, with the key and the values of the question that asks for it."""

    fact: Fact
    values: tuple[RuleValue, ...] = ()

    @property
    def key(self) -> str:
        """Return the key of the question in the catalogs."""
        return f"ask.{self.fact}"


_OF_DATES = "status."
"""How the key of what a scheme's dates say begins, and no rule's."""


class Judgement(NamedTuple):
    """A rule judged; a tuple, since a hundred are made for every need, of values that are checked already."""

    criterion_id: str
    """The id of the rule; for what a scheme's dates say, that of the call or the scheme."""
    verdict: Verdict
    rule: LangText | None
    """The rule in its own words; None for what the dates say."""
    key: str
    """The key of a catalog sentence that names the fact."""
    source: Source
    values: tuple[RuleValue, ...] = ()
    missing: Missing | None = None

    @property
    def is_of_dates(self) -> bool:
        """Whether it is what the dates say rather than a rule."""
        return self.key.startswith(_OF_DATES)


def rules_among(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Return the rules judged, without what the dates say."""
    return tuple(one for one in judgements if not one.is_of_dates)


def takes_applications(judgements: Iterable[Judgement]) -> bool:
    """Tell whether the dates let somebody apply, or nothing is said of dates."""
    return all(one.verdict is Verdict.MET for one in judgements if one.is_of_dates)
