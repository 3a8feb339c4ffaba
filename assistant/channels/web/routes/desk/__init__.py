"""The broker's desk.

Invariant: every page is for brokers alone.
"""

from fastapi import APIRouter

from assistant.access.accounts import Role
from assistant.channels.web import access
from assistant.channels.web.routes.desk import cases, check, imports, needs, queue, records, reports, vocabulary

router = APIRouter(include_in_schema=False, dependencies=[access.needs(Role.BROKER)])
for page in (queue, cases, check, needs, imports, records, vocabulary, reports):
    router.include_router(page.router)
