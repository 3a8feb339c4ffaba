"""The records: who can help (Actor), what can pay (FundingInstrument), what was thought of (ProjectIdea).

Invariant: a record is frozen, names where it comes from, and says how sure it is. A statement that could be
quoted in an answer carries its own source. Rules, amounts and deadlines belong to a *call*, never to the
scheme. Nothing here reads files, databases or the environment.

The words are those of the field: CERIF for actors, projects and funding (project, funding and organisation
entities), CPSV-AP-NO for schemes as public services, ROR for kinds of names and relations, SKOS for concepts
(see `corpus.vocabulary`).

What all kinds share stands in `base`, the kinds in `actors`, `funding` and `projects`; others import them from here.
"""

from __future__ import annotations

from corpus.records.actors import (
    Actor,
    Contact,
    Contribution,
    ContributionKind,
    Reach,
    Relation,
    RelationType,
)
from corpus.records.base import (
    ActorId,
    Alias,
    AliasKind,
    CallId,
    CurationState,
    IdeaId,
    Identifier,
    IdentifierScheme,
    InstrumentId,
    Kind,
    OrgNr,
    Place,
    RecordBase,
    Statement,
    Theme,
    WebAddress,
    valid_orgnr,
)
from corpus.records.funding import (
    Amount,
    AmountKind,
    Call,
    CallStatus,
    Deadline,
    DeadlineType,
    FundingInstrument,
    Recurrence,
    SchemeScope,
    Standing,
    Succession,
)
from corpus.records.projects import (
    Grant,
    IdeaStage,
    InstrumentLink,
    Origin,
    Participation,
    ProjectIdea,
    Role,
)
from corpus.terms import (
    SLUG,
    Activity,
    ActorType,
    Confidence,
    CountryCode,
    Fylkesnummer,
    Kommunenummer,
    Source,
)

__all__ = [
    "SLUG",
    "Activity",
    "Actor",
    "ActorId",
    "ActorType",
    "Alias",
    "AliasKind",
    "Amount",
    "AmountKind",
    "Call",
    "CallId",
    "CallStatus",
    "Confidence",
    "Contact",
    "Contribution",
    "ContributionKind",
    "CountryCode",
    "CurationState",
    "Deadline",
    "DeadlineType",
    "FundingInstrument",
    "Fylkesnummer",
    "Grant",
    "IdeaId",
    "IdeaStage",
    "Identifier",
    "IdentifierScheme",
    "InstrumentId",
    "InstrumentLink",
    "Kind",
    "Kommunenummer",
    "OrgNr",
    "Origin",
    "Participation",
    "Place",
    "ProjectIdea",
    "Reach",
    "RecordBase",
    "Recurrence",
    "Relation",
    "RelationType",
    "Role",
    "SchemeScope",
    "Source",
    "Standing",
    "Statement",
    "Succession",
    "Theme",
    "WebAddress",
    "valid_orgnr",
]
