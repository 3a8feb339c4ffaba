"""What programs send, whatever they send it by: the API and MCP take the same.

Invariant: unknown fields are refused, and what is told of a fault never repeats what was sent.
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from assistant.funding.verdicts import CostPart
from assistant.platform.user_text import MAX_QUESTION
from corpus.records import ActorType
from corpus.text import Language

MAX_SENT = 20 * MAX_QUESTION
"""Characters of a question that may be sent; what is read of them is `MAX_QUESTION`."""
MAX_ID = 200
"""Characters of an id."""


class Body(BaseModel):
    """What programs send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class NeedBody(Body):
    """A need."""

    need: str = Field(min_length=1, max_length=MAX_QUESTION)
    language: Language | None = None
    municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$")


class ShareBody(Body):
    """Who carries how much of the costs, in per cent."""

    type: ActorType
    percent: Decimal = Field(ge=0, le=100)


class ConsortiumBody(NeedBody):
    """A need, a scheme, and who is in already."""

    scheme: str = Field(max_length=80, examples=["instrument:innovasjonsprosjekt-i-offentlig-sektor"])
    have: list[str] = Field(default_factory=list, max_length=20)
    shares: list[ShareBody] = Field(default_factory=list, max_length=20)

    @property
    def cost_parts(self) -> list[CostPart]:
        """The shares, as rules are held against them."""
        return [CostPart(type=share.type, percent=share.percent) for share in self.shares]
