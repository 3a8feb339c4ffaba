"""Logs: one JSON object a line on standard error, or plain lines where somebody is watching.

Invariant: everything that is logged, that of libraries too, leaves by one way; a traceback never shows the values of
variables, since they may be what somebody wrote.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from assistant.platform.settings import Settings

_CHATTY = ("httpx", "httpcore", "httpx2", "urllib3", "mcp")
"""Libraries that log whole addresses, which may hold secrets, or several lines for each request."""


def set_up_logs(settings: Settings) -> None:
    """Have everything that is logged written alike."""
    send_to_logging()
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(watched=sys.stderr.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.DEBUG if settings.debug else logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def send_to_logging() -> None:
    """Have structlog hand what it is told to Python's own logging."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _shared() -> list[structlog.types.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(*, watched: bool) -> logging.Formatter:
    ending: list[structlog.types.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if watched
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    )
