"""A service on a small store, with a clock that tests move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from assistant.cases.followup import FollowUp
from assistant.cases.referrals import Referrals
from assistant.history.migrations import CASES
from assistant.mail.migrations import MAIL
from assistant.matching.matchmaker import Matchmaker
from assistant.platform.keys import Keys
from assistant.platform.people import Asker, Channel
from assistant.service.messages import ActionReceipt, ActionType, Reply, UserAction, UserMessage
from assistant.service.service import Service
from corpus.database import Database
from corpus.files import Record
from corpus.migrations import CORPUS
from corpus.records import ActorType
from corpus.store import RecordStore
from index.manager import IndexManager
from tests.encoders import WordEncoder
from tests.index.test_searcher import EAGER
from tests.records import actor, idea, instrument, statement

HOSPITAL = actor(
    "hospital", "Sykehuset", actor_type=ActorType.HEALTH_TRUST, expertise=(statement("Oppdager sepsis tidlig"),)
)
CLINIC = actor("clinic", "Klinikken", actor_type=ActorType.COMPANY, expertise=(statement("Måler sepsis i blod"),))
SCHOOL = actor("school", "Skolelaget", actor_type=ActorType.ASSOCIATION, expertise=(statement("Leser med barn"),))
VERDAL = actor("verdal", "Verdal kommune", place={"kommunenummer": "5038", "fylkesnummer": "50", "name": "Verdal"})
COUNTY = actor(
    "trondelag", "Trøndelag fylkeskommune", actor_type=ActorType.COUNTY_MUNICIPALITY,
    place={"fylkesnummer": "50", "name": "Trøndelag"},
)  # fmt: skip
MONEY = instrument("money", "Pengeposten", "Gir støtte mot sepsis", any_topic=True)
GRANT = instrument("grant", "Skoleposten", "Gir støtte til skoler og sepsis", any_topic=True)
PLAN = idea("plan", "Sepsisvarsel", "Sepsis blir oppdaget for sent")
RECORDS: list[Record] = [HOSPITAL, CLINIC, SCHOOL, VERDAL, COUNTY, MONEY, GRANT, PLAN]

KARI = Asker(channel=Channel.WEB, tenant="web", user="kari")
OLA = Asker(channel=Channel.WEB, tenant="web", user="ola")
_keys = count(1)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


@dataclass(frozen=True)
class Small:
    """A service with what stands behind it."""

    database: Database
    store: RecordStore
    matchmaker: Matchmaker
    service: Service
    referrals: Referrals
    followup: FollowUp
    clock: Clock

    def say(self, text: str, asker: Asker = KARI, conversation: str = "c1", key: str | None = None) -> Reply:
        key = key or f"event-{next(_keys)}"
        return self.service.handle(UserMessage(key=key, asker=asker, conversation=conversation, text=text))

    def do(self, reply: Reply, verb: ActionType, asker: Asker = KARI, **fields: object) -> ActionReceipt:
        values = {"key": f"event-{next(_keys)}", "asker": asker, "log_id": reply.log_id, "verb": verb}
        return self.service.act(UserAction.model_validate(values | fields))


def open_small(url: str, folder: Path) -> Small:
    """Open a service on a database with the small records in it."""
    database = Database(url, (CORPUS, CASES, MAIL))
    store = RecordStore(database)
    store.save_many(
        [one for one in RECORDS if one.id not in store.get_many([record.id for record in RECORDS])], by="test"
    )
    clock = Clock()
    matchmaker = Matchmaker(store, IndexManager(store, WordEncoder(), folder / "index", EAGER))
    referrals = Referrals(database, clock)
    service = Service(database, matchmaker, referrals, Keys(b"of the tests"), clock)
    followup = FollowUp(database, referrals, (3, 9, 21, 45), clock)
    return Small(database, store, matchmaker, service, referrals, followup, clock)


def ids(reply: Reply) -> list[str]:
    """Return the ids of what was suggested, in the order it is shown."""
    assert reply.answer is not None
    return [one.id for kind in reply.answer.order for one in reply.answer.suggestions(kind)]
