"""The product served beside Microsoft's Agents Playground, and a browser at its window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.homes import copy_home
from tests.ports import free_port
from tests.slack.processes import NODE_MODULES, Product, Program
from tests.slack.window import CHROMIUM, QUIET


@pytest.fixture(scope="module")
def product(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    home = tmp_path_factory.mktemp("home") / "home"
    copy_home(shipped_home, home)
    environment = {"MELLOMROM_TEAMS_PLAYGROUND": "true"}
    served = Product(home, tmp_path_factory.mktemp("programs"), free_port(), environment)
    yield served
    served.stop()
    assert "Traceback" not in served.program.said(), served.program.said()[-4_000:]


@pytest.fixture(scope="module")
def page(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    port, folder = free_port(), tmp_path_factory.mktemp("playground")
    program = NODE_MODULES / "@microsoft" / "m365agentsplayground" / "cli.js"
    told = f"-e {product.url}/teams/messages -c msteams -p {port} --disable-telemetry"
    # It leaves a folder of logs where it is started.
    command = ["sh", "-c", f'cd "$0" && exec node "$1" {told}', str(folder), str(program)]
    playground = Program(command, folder / "playground.log", {"BROWSER": "none"})
    playground.wait_for(f"http://127.0.0.1:{port}/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        opened = browser.new_page(viewport={"width": 1_280, "height": 1_400}, locale="nb-NO")
        opened.set_default_timeout(20_000)
        opened.goto(f"http://127.0.0.1:{port}/")
        yield opened
        browser.close()
    playground.stop()
