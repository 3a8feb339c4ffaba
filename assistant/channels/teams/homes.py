"""Somebody's own card: their cases, their questions, and what they have chosen.

Invariant: it is shown where nobody else sees it, and its buttons do nothing in anybody else's chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.channels import saving
from assistant.render.cases import case_title, state_sentence
from assistant.render.replies import outcome_sentence
from assistant.render.teams_actions import AboutAnswer, AboutHome, AboutSaved
from assistant.render.teams_cards import SHOWN_AT_HOME, AskedAtHome, CaseAtHome, Home, render_home
from assistant.saved.digest import saved_needs_of

if TYPE_CHECKING:
    from assistant.channels.teams.card_tokens import CardTokens
    from assistant.channels.teams.people import UserPreferences
    from assistant.channels.teams.places import TeamsPlace
    from assistant.render.adaptive import Card
    from assistant.service.container import Runtime


class Homes:
    """Makes the cards of people."""

    def __init__(self, runtime: Runtime, seals: CardTokens, people: UserPreferences) -> None:
        self._runtime = runtime
        self._seals = seals
        self._people = people

    def of(self, place: TeamsPlace, notice: str = "") -> Card:
        """Return the card of who is here; from a thread."""
        asker, service = place.asker(), self._runtime.service
        catalog = self._people.catalog_of(asker)
        municipality = self._people.municipality_of(asker)
        home = Home(
            token=self._seals.sealed(AboutHome(user=place.user), place.tenant, place.conversation),
            cases=tuple(
                CaseAtHome(
                    title=case_title(case, self._runtime.store.find(case.record_id), catalog),
                    state=state_sentence(case, catalog),
                    at=case.opened_at,
                )
                for case in service.cases_of(asker)[:SHOWN_AT_HOME]
            ),
            questions=tuple(
                AskedAtHome(
                    token=self._seals.sealed(AboutAnswer(log_id=question.log_id), place.tenant, place.conversation),
                    question=question.question or "",
                    at=question.at,
                    outcome=outcome_sentence(question.reply, catalog),
                )
                for question in service.questions_of(asker, SHOWN_AT_HOME)
            ),
            saved=tuple(
                (
                    saving.shown(need),
                    self._seals.sealed(AboutSaved(need_id=need.id, is_home=True), place.tenant, place.conversation),
                )
                for need in saved_needs_of(self._runtime).of(asker)
            ),
            municipality=(municipality.name or municipality.number) if municipality else "",
            notice=notice,
        )
        return render_home(catalog, home)
