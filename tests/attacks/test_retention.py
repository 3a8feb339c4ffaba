"""What people wrote goes when its time is up, wherever it stands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from sqlalchemy import select

from assistant.access.accounts import AccountRole, Accounts
from assistant.access.migrations import WEB
from assistant.access.tables import AuditRow, LoginLinkRow
from assistant.cases.cases import CaseState
from assistant.channels.inbox import Inbox, InboxEvent
from assistant.channels.slack.migrations import SLACK
from assistant.channels.slack.tables import InboxRow
from assistant.channels.teams.migrations import TEAMS
from assistant.channels.teams.tables import InboxRow as TeamsInboxRow
from assistant.history.tables import AskerRow
from assistant.platform.keys import Keys
from assistant.platform.settings import Settings
from assistant.runtime.scheduler import periodic_jobs
from assistant.service.container import Runtime
from assistant.service.messages import ActionType
from assistant.service.privacy import purge_all
from corpus.clock import utc_now
from corpus.database import Database
from corpus.migrations import CORPUS
from tests.assistant.services import HOSPITAL, KARI, Small

INBOXES = (InboxRow, TeamsInboxRow)


def runtime_of(small: Small, home: Path, **settings: object) -> Runtime:
    # Only these parts of a runtime are used here.
    parts = {"database": small.database, "service": small.service, "referrals": small.referrals}
    more = {
        "followup": small.followup,
        "keys": Keys(b"of a test"),
        "settings": Settings.model_validate({"home": home, **settings}),
    }
    return cast("Runtime", SimpleNamespace(**parts, **more))


def with_case(small: Small) -> str:
    reply = small.say("hvem kan hjelpe med sepsis?")
    receipt = small.do(reply, ActionType.INTRODUCE, record_id=HOSPITAL.id, note="Vi er to", reply_to="her")
    assert receipt.case is not None
    small.referrals.note(receipt.case.id, "Ringte Kari", by="megler")
    small.referrals.note(receipt.case.id, "Svar til deg", by="megler", for_asker=True)
    small.referrals.move(receipt.case.id, CaseState.SENT, by="megler", note="Sendt til Kari")
    return receipt.case.id


def test_the_words_of_a_case_go_once_nothing_has_happened_to_it_for_so_long(small: Small, tmp_path: Path) -> None:
    case = with_case(small)
    runtime = runtime_of(small, tmp_path)
    opened = small.clock.now
    purge_all(runtime, opened, opened - timedelta(days=1))
    assert small.referrals.get(case).note == "Vi er to"
    small.clock.forward(days=400)
    gone = purge_all(runtime, small.clock.now, small.clock.now)
    assert (gone.texts, gone.cases) == (3, 1)
    left = small.referrals.get(case)
    assert (left.question, left.note, left.reply_to, left.state) == ("", None, None, CaseState.SENT)
    assert [event.note for event in small.referrals.events(case) if event.note] == []
    # Nothing is done twice.
    assert purge_all(runtime, small.clock.now, small.clock.now).cases == 0
    assert small.service.log.verify() == 3


def test_the_tie_to_whoever_has_not_asked_since_goes_too(small: Small, tmp_path: Path) -> None:
    with_case(small)
    runtime = runtime_of(small, tmp_path)
    small.clock.forward(days=1)
    assert purge_all(runtime, small.clock.now - timedelta(days=2), small.clock.now - timedelta(days=2)).askers == 0
    assert purge_all(runtime, small.clock.now, small.clock.now).askers == 1
    with small.database.reading() as session:
        assert session.scalars(select(AskerRow)).all() == []
    assert small.service.pseudonym_of(KARI) is None


def test_the_server_forgets_by_the_ages_that_are_set(small: Small, tmp_path: Path) -> None:
    case = with_case(small)
    long_ago = utc_now() - small.clock.now
    kept = runtime_of(small, tmp_path, retention_days=long_ago.days - 1, retention_case_days=long_ago.days + 30)
    for chore in periodic_jobs(kept, []):
        chore()
    assert [entry.text for entry in small.service.log.entries() if entry.text] == []
    assert small.referrals.get(case).note == "Vi er to"
    gone = runtime_of(small, tmp_path, retention_days=long_ago.days - 1)
    for chore in periodic_jobs(gone, []):
        chore()
    assert small.referrals.get(case).note is None


def test_expired_links_old_rows_of_the_audit_log_and_what_waits_in_vain_go(url: str) -> None:
    database = Database(url, (CORPUS, SLACK, TEAMS, WEB))
    accounts = Accounts(database)
    account = accounts.add("Åse", AccountRole.BROKER, by="test")
    accounts.make_link(account.id, by="test", loopback_only=True)
    old = utc_now() - timedelta(days=800)
    with database.writing() as session:
        session.add(AuditRow(at=old, event="login", account_id=account.id, by="x", detail="{}"))
        link = session.scalars(select(LoginLinkRow)).one()
        link.expires_at = old
        for rows in INBOXES:
            session.add(rows(key="waits", job='{"text": "sepsis"}', received_at=old, tries=1))
    for rows in INBOXES:
        Inbox(database, rows).take_all([InboxEvent(key="new", job="{}")])
    assert accounts.purge(audit_days=730) == 2
    assert [Inbox(database, rows).forget() for rows in INBOXES] == [1, 1]
    with database.reading() as session:
        assert session.scalars(select(LoginLinkRow)).all() == []
        assert [row.event for row in session.scalars(select(AuditRow))] == ["account_added", "link_made"]
        assert [row.key for row in session.scalars(select(InboxRow))] == ["new"]
    database.close()
