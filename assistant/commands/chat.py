"""`mellomrom chat`: a conversation in a terminal."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import typer

from corpus.text import Language


def chat(
    language: Annotated[
        Language | None, typer.Option(help="The language of the answers, instead of that of the questions.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=5, help="Suggestions of each kind.")] = 3,
    whole: Annotated[
        bool, typer.Option("--why", "--all", help="Show everything: reasons, rules, quotes, sources, weaker matches.")
    ] = False,
) -> None:
    """Ask, and go on from the answer: "only in Trøndelag", "what about funding?", "more like number two"."""
    from rich.console import Console

    from assistant.platform.messages import messages
    from assistant.platform.people import Asker, Channel
    from assistant.platform.settings import load_settings
    from assistant.render.terminal import TerminalReply
    from assistant.runtime.bootstrap import open_runtime
    from assistant.runtime.serving import last_served
    from assistant.service.messages import PersonalDataError, UserMessage

    settings = load_settings()
    chosen = language or settings.language
    address = settings.web_base_url or last_served(settings)
    console = Console(soft_wrap=False, highlight=False)
    catalog = messages(chosen or Language.NB)
    asker = Asker(channel=Channel.TERMINAL, tenant="terminal", user=settings.user, language=chosen)
    conversation = uuid4().hex
    console.print(catalog.text("chat.hint"), style="dim")
    with open_runtime(settings) as runtime:
        while text := _read("> "):
            incoming = UserMessage(key=uuid4().hex, asker=asker, conversation=conversation, text=text)
            try:
                reply = runtime.service.handle(incoming)
            except PersonalDataError:
                console.print(f"{catalog.text('personal.title')}. {catalog.text('personal.what')}")
                if _read(catalog.text("personal.terminal")).casefold() != catalog.text("personal.terminal.yes"):
                    continue
                reply = runtime.service.handle(incoming.model_copy(update={"confirmed": True}))
            console.print(TerminalReply(reply, top, settings.broker_contact, whole=whole, address=address))


def _read(prompt: str) -> str:
    """Return the next line; nothing at the end of the input."""
    try:
        return input(prompt).strip()
    except (EOFError, KeyboardInterrupt):
        return ""
