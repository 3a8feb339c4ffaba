"""Looks at saved needs again, notes what is new of them, and tells it by mail or where they were saved.

Invariant: what a need has come to and the letter that tells of it are written together, so that nothing is told twice
and nothing is lost; a need that changed meanwhile is left for the next time. A letter has at most three lines of news,
and one link by which its reader stops them. What a channel is to tell is claimed before it is told, and is told later
where the channel did not take it.
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy import or_, select

from assistant.coupling.couplings import Couplings
from assistant.dialogue.understanding import Question
from assistant.history.tables import saved_reference
from assistant.mail.queue import NewMail
from assistant.platform.errors import EmptyQuestionError
from assistant.platform.messages import Messages, messages
from assistant.platform.workdays import norwegian_day
from assistant.saved.needs import SavedNeed, SavedNeeds
from assistant.saved.news import News, NewsKind, news_in, of_like_needs, states_of, worth_telling
from assistant.service.container import Runtime
from corpus.tables import Action, RevisionRow

_LOOKED_AT = 6
"""Suggestions of each kind that news may be of: more than an answer shows at first, fewer than would be noise."""
_AT_ONCE = 200
"""Needs that are looked at in one go; the rest wait for the next time."""
_SUBJECT_CHARACTERS = 80
_log = logging.getLogger(__name__)


class NewsTeller(Protocol):
    """A channel that tells news where needs were saved."""

    def reaches(self, reply_to: str) -> bool:
        """Tell whether an address is one of this channel's."""
        ...

    def tell(self, need: SavedNeed) -> None:
        """Tell whoever saved a need what waits to be told there: its notices, and its news; called from a thread.

        Raises:
            Exception: they could not be told; it is tried again later.
        """
        ...


class Digest:
    """Tells those who have saved a need what is new."""

    def __init__(self, runtime: Runtime, needs: SavedNeeds) -> None:
        self._runtime = runtime
        self._needs = needs
        self._couplings = Couplings(runtime.database)

    @property
    def can_mail(self) -> bool:
        """Tell whether news can be mailed."""
        return can_mail(self._runtime)

    def look(self, limit: int = _AT_ONCE) -> int:
        """Look at the needs that are due; return of how many there was something new."""
        due = self._needs.due(limit)
        if due:
            # What was published just before is not to be passed over as older than this look.
            self._runtime.keeper.searcher(newest=True)
        return sum(self._look_at(need) for need in due)

    def tell(self, tellers: Iterable[NewsTeller]) -> int:
        """Tell what waits in the channels where needs were saved; return of how many needs."""
        ways, count = tuple(tellers), 0
        for need in self._needs.untold(_AT_ONCE):
            teller = next((one for one in ways if one.reaches(need.reply_to or "")), None)
            if teller is None or not self._needs.claimed(need):
                continue
            try:
                teller.tell(need)
                count += 1
            except Exception as error:  # noqa: BLE001 (the others are to be told all the same)
                _log.warning("saved need %s: its news could not be told (%s)", need.id, type(error).__name__)
                self._needs.put_back(need)
        return count

    def ask_to_confirm(self, need: SavedNeed) -> None:
        """Ask whoever reads a need's address whether they want news there, once for each address."""
        if need.address and not need.is_confirmed and self.can_mail:
            catalog = messages(need.language)
            subject = catalog.text("saved.confirm.subject")
            body = catalog.text("saved.confirm.body", need=need.question, link=self.link(need))
            with self._runtime.database.writing() as session:
                self._runtime.mail.put(session, self._letter(need, subject, body, f"{need.version}"))

    def stop(self, need: SavedNeed) -> None:
        """Forget a need, and send no letter about it that has not gone out."""
        with self._runtime.database.writing() as session:
            self._needs.stop(session, need)
            self._runtime.mail.cancel_of(session, f"saved:{need.id}")

    def link(self, need: SavedNeed) -> str:
        """Return the address of the page of a need, for whoever has saved it."""
        return f"{self._runtime.settings.web_base_url or ''}/saved/{need.id}/{self._needs.token(need.id)}"

    def _look_at(self, need: SavedNeed) -> bool:
        try:
            question = Question(text=need.question, language=need.language)
            answer = self._runtime.matchmaker.answer(question, _LOOKED_AT, need.refinement, need.facts)
        except EmptyQuestionError:
            return False
        states = states_of(answer)
        pairs = self._couplings.unasked(need.log_id)
        changes = news_in(answer, need.known, self._new_records(states, need.looked_at))
        news = worth_telling([*changes, *of_like_needs(pairs, need.known)], need.muted)
        with self._runtime.database.writing() as session:
            if not self._needs.told(session, need, news, {**need.known, **states, **dict.fromkeys(pairs, "")}):
                return False
            if news and need.address and need.is_confirmed and self.can_mail:
                self._runtime.mail.put(session, self._news_letter(need, news))
        return bool(news)

    def _new_records(self, ids: Iterable[str], since: datetime) -> set[str]:
        """Return those of some records that came to the base, or were published in it, since a moment."""
        is_new = or_(RevisionRow.version == 1, RevisionRow.action == Action.PUBLISH)
        query = select(RevisionRow.record_id).where(
            RevisionRow.record_id.in_(list(ids)), RevisionRow.at > since, is_new
        )
        with self._runtime.store.database.reading() as session:
            return set(session.scalars(query))

    def _news_letter(self, need: SavedNeed, news: list[News]) -> NewMail:
        catalog = messages(need.language)
        short = textwrap.shorten(need.question, _SUBJECT_CHARACTERS, placeholder=" …")
        body = catalog.text(
            "saved.news.body",
            on=catalog.date(norwegian_day(need.created_at).isoformat()),
            need=need.question,
            news="\n".join(f"– {news_sentence(one, catalog)}" for one in news),
            link=self.link(need),
            until=catalog.date(need.kept_until.isoformat()),
        )
        return self._letter(need, catalog.text("saved.news.subject", need=short), body, f"{need.version}")

    def _letter(self, need: SavedNeed, subject: str, body: str, key: str) -> NewMail:
        return NewMail(
            to=need.address or "",
            subject=subject,
            body=body,
            reference=saved_reference(need.id),
            key=f"saved:{need.id}:{key}",
            automatic=True,
        )


def can_mail(runtime: Runtime) -> bool:
    """Tell whether news can be mailed: there is a mail server, and an address of ours that links lead to."""
    return runtime.mail.is_on and runtime.settings.web_base_url is not None


def saved_needs_of(runtime: Runtime) -> SavedNeeds:
    """Return the saved needs of an installation."""
    return SavedNeeds(runtime.database, runtime.service, runtime.keys)


def news_sentence(news: News, catalog: Messages) -> str:
    """Return what has happened, as a sentence."""
    dated = "" if news.deadline is None or news.kind is not NewsKind.OPENED else "_until"
    return catalog.text(
        f"saved.news.{news.kind}{dated}",
        name=news.name.best(catalog.language).text if news.name else "",
        date=catalog.date(news.deadline.isoformat()) if news.deadline else "",
    )
