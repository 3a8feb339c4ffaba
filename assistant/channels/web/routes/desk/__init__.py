"""The broker's desk.

Invariant: every page is for brokers alone.
"""

from fastapi import APIRouter

from assistant.channels.web.access import needs
from assistant.channels.web.accounts import Role
from assistant.channels.web.routes.desk import cases, records, today

router = APIRouter(include_in_schema=False, dependencies=[needs(Role.BROKER)])
for page in (today, cases, records):
    router.include_router(page.router)
