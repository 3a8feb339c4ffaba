"""What makes news of a saved need."""

from __future__ import annotations

from assistant.service.container import Runtime
from tests.records import actor, statement


def publish_partner(runtime: Runtime, slug: str = "sepsislaget") -> str:
    """Publish a partner that helps nursing homes against sepsis, and return its id."""
    new = actor(
        slug,
        f"{slug.title()} mot sepsis",
        "Hjelper sykehjem med tidlig oppdagelse av sepsis.",
        expertise=(statement("Oppdager sepsis tidlig på sykehjem"),),
    )
    runtime.store.save_many([new], by="Berit", action="create")
    return new.id
