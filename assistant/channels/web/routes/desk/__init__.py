"""The broker's desk.

Invariant: every page is for brokers alone.
"""

from fastapi import APIRouter

from assistant.access.accounts import AccountRole
from assistant.channels.web import access
from assistant.channels.web.routes.desk import (
    bulk,
    case_work,
    cases,
    check,
    imports,
    letters,
    needs,
    pairs,
    profile,
    queue,
    record_notes,
    record_past,
    records,
    reports,
    vocabulary,
)

router = APIRouter(include_in_schema=False, dependencies=[access.needs(AccountRole.BROKER)])
for page in (
    queue, cases, letters, case_work, profile, check, needs, pairs, imports, bulk, records, record_notes, record_past,
    vocabulary, reports,
):  # fmt: skip
    router.include_router(page.router)
