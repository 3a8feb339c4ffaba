"""Make the pictures of the README anew: `python -m tests.browser.pictures`.

They show the shipped corpus as it is; nothing is drawn by hand.
"""

from __future__ import annotations

import io
import socket
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console

from assistant.dialogue.understanding import Question
from assistant.platform.settings import Settings
from assistant.render.terminal import TerminalAnswer
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from tests.browser.conftest import CHROMIUM, FLAGS, ROOT, serving

PICTURES = ROOT / ".github"
QUESTION = "who can help with sepsis early warning?"
SHOWN = 3


def terminal(runtime: Runtime) -> None:
    """Draw an answer as it stands in a terminal."""
    answer = runtime.matchmaker.answer(Question(text=QUESTION), SHOWN)
    console = Console(width=80, record=True, highlight=False, file=io.StringIO())
    console.print(TerminalAnswer(answer, SHOWN))
    console.save_svg(str(PICTURES / "ask.svg"), title=f'mellomrom ask "{QUESTION}"')


def web(home: Path, folder: Path) -> None:
    """Photograph an answer as it stands on the web."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        serving(home, folder, listener) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = browser.new_page(
            base_url=served.address, locale="en", viewport={"width": 1280, "height": 1000}, reduced_motion="reduce"
        )
        page.goto("/")
        page.locator("#text").fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator(".turn .summary").wait_for()
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        page.screenshot(path=PICTURES / "web.png")
        browser.close()


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        home, copied = Path(folder) / "home", Path(folder) / "served"
        copied.mkdir()
        runtime = open_runtime(Settings(home=home))
        terminal(runtime)
        runtime.close()
        web(home, copied)


if __name__ == "__main__":
    main()
