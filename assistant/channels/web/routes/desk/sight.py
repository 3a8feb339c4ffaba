"""Which part of the country a page of the desk shows: the broker's own unless they ask for all of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NamedTuple

from fastapi import Depends, Query

from assistant.channels.web.access import BrokerAccount
from assistant.platform.areas import Area


class Shown(StrEnum):
    """What is asked for."""

    OWN = "own"
    ALL = "all"


class Sight(NamedTuple):
    """What of the country a page shows."""

    own: Area
    """What the broker follows."""
    shown: Shown

    @property
    def area(self) -> Area:
        """Return what the page shows."""
        return self.own if self.shown is Shown.OWN else Area()


def _sight(broker: BrokerAccount, area: Annotated[Shown, Query()] = Shown.OWN) -> Sight:
    return Sight(broker.area, area)


CurrentSight = Annotated[Sight, Depends(_sight)]
"""A parameter of a route that is given what of the country it is to show."""
