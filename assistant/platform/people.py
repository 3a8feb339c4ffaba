"""Who asks, and where.

Invariant: what a channel calls somebody goes no further than the service; what is kept is a pseudonym.
"""

from __future__ import annotations

from enum import StrEnum

from corpus.text import Frozen, Language


class Channel(StrEnum):
    """Where somebody asks."""

    SLACK = "slack"
    TEAMS = "teams"
    WEB = "web"
    API = "api"
    EMBED = "embed"
    TERMINAL = "terminal"
    MCP = "mcp"

    @property
    def is_shared(self) -> bool:
        """Whether people of a workspace see each other's answers there, and may act on them."""
        return self in {Channel.SLACK, Channel.TEAMS}


class Asker(Frozen):
    """Who asks, as the channel knows them."""

    channel: Channel
    tenant: str
    """The workspace or installation."""
    user: str
    kommunenummer: str | None = None
    """Where the channel knows it for sure; otherwise what the asker has chosen counts."""
    language: Language | None = None
    """The language chosen in the channel, if it keeps one itself."""


class AskerProfile(Frozen):
    """What somebody has chosen."""

    language: Language | None = None
    kommunenummer: str | None = None
