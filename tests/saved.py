"""What makes news of a saved need."""

from __future__ import annotations

from typing import Any

from assistant.coupling.couplings import Couplings, NeedPair
from assistant.coupling.finding import CoupleFinder
from assistant.platform.people import Asker, Channel
from assistant.service.container import Runtime
from assistant.service.messages import UserMessage
from tests.records import actor, statement


def publish_partner(runtime: Runtime, slug: str = "sepsislaget", **fields: Any) -> str:  # noqa: ANN401 (any field)
    """Publish a partner that helps nursing homes against sepsis, and return its id."""
    new = actor(
        slug,
        f"{slug.title()} mot sepsis",
        "Hjelper sykehjem med tidlig oppdagelse av sepsis.",
        expertise=(statement("Oppdager sepsis tidlig på sykehjem"),),
        **fields,
    )
    runtime.store.save_many([new], by="Berit", action="create")
    return new.id


def couple(runtime: Runtime, question: str) -> NeedPair:
    """Have another municipality ask the same, and return the pair that the two needs make."""
    other = Asker(channel=Channel.WEB, tenant="web", user="visitor:elsewhere")
    runtime.service.set_profile(other, language=None, kommunenummer="5038")
    runtime.service.handle(UserMessage(key="other", asker=other, conversation="other", text=question))
    assert CoupleFinder(runtime).look() == 1
    (pair,) = Couplings(runtime.database).waiting()
    return pair
