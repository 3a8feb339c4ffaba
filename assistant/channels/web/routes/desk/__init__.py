"""The broker's desk.

Invariant: every page is for brokers alone.
"""

from fastapi import APIRouter

from assistant.access.accounts import Role
from assistant.channels.web import access
from assistant.channels.web.routes.desk import cases, check, imports, needs, records, reports, today, vocabulary

router = APIRouter(include_in_schema=False, dependencies=[access.needs(Role.BROKER)])
for page in (today, cases, check, needs, imports, records, vocabulary, reports):
    router.include_router(page.router)
