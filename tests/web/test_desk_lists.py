"""The lists of the desk go on over pages and can be read in another language, whatever is asked for."""

from __future__ import annotations

import re

import pytest

from assistant.access.accounts import AccountRole
from tests.web.conftest import LogIn


@pytest.mark.parametrize("address", ["/desk/records?kind=actor", "/desk/check?kind=actor"])
def test_a_list_goes_on_over_pages_and_stays_in_the_language_chosen(log_in: LogIn, address: str) -> None:
    broker = log_in(AccountRole.BROKER)
    pages = [broker.get(f"{address}&page={number}&lang=nn") for number in (1, 2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert all('lang="nn"' in page.text for page in pages)
    first, second = (set(re.findall(r'href="/desk/records/(actor:[^"]+)"', page.text)) for page in pages)
    assert first
    assert second
    assert not first & second
