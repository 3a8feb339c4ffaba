"""The page of the API, which Swagger's software draws, is held to what all pages promise."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage, too_wide, violations


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_the_api_is_accessible_and_fits(open_page: OpenPage, scheme: str) -> None:
    page = open_page("nb", scheme)
    page.goto("/api/v1/docs")
    page.locator(".opblock").first.wait_for()
    found = violations(page), too_wide(page)
    for operation in page.locator(".opblock-summary-control").all():
        operation.click()
    page.locator(".opblock.is-open .opblock-body .responses-table").last.wait_for()
    assert (*found, violations(page), too_wide(page)) == ([], [], [], [])
