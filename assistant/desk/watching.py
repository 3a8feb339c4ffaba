"""Brokers hear by mail how the cases move that they watch; where no mail is sent, their list on the desk shows it.

Invariant: a letter to a broker is enqueued in the transaction that says that they were told; it tells what the page of
the case tells brokers, in their own language, or else the one that they chose to watch in.
"""

from __future__ import annotations

from datetime import timedelta

from assistant.access.profiles import Profiles
from assistant.cases.partner_answers import PartnerAnswers
from assistant.cases.watching import Seen, Watching, watch_reference
from assistant.desk.case_page import timeline_entry
from assistant.mail.addresses import is_address
from assistant.mail.queue import NewMail
from assistant.platform.messages import messages
from assistant.render.cases import case_title
from assistant.service.container import Runtime


def tell_watchers(runtime: Runtime, profiles: Profiles) -> int:
    """Tell brokers by mail how the cases move that they watch; return how many letters went out.

    Whoever has told no address, or where no mail is sent, sees it in their list on the desk.
    """
    if not runtime.mail.is_on:
        return 0
    watching, count = Watching(runtime.database), 0
    for one in watching.due(timedelta(minutes=runtime.settings.mail_undo_minutes)):
        profile = profiles.by_name(one.broker)
        to, language = profile.email, profile.language or one.language
        with runtime.database.writing() as session:
            if is_address(to) and one.case.question:
                runtime.mail.put(session, _watched(runtime, one._replace(language=language), to))
                count += 1
            watching.told(session, one)
    return count


def _watched(runtime: Runtime, one: Seen, to: str) -> NewMail:
    catalog = messages(one.language)
    title = case_title(one.case, runtime.store.find(one.case.record_id), catalog)
    entry = timeline_entry(one.event, PartnerAnswers(runtime.database).of(one.case.id), catalog)
    base = runtime.settings.web_base_url
    page = f"{base}/desk/cases/{one.case.id}" if base else f"`{one.case.id}`"
    body = catalog.text("watch.mail.body", title=title, told=entry.told, by=entry.by, question=one.case.question)
    return NewMail(
        to=to,
        subject=catalog.text("watch.mail.subject", title=title, told=entry.told),
        body=f"{body}\n\n{page}\n\n{catalog.text('watch.mail.stop')}",
        reference=watch_reference(one.case.id),
        key=f"watch:{one.event.id}:{to}"[:120],
        automatic=True,
    )
