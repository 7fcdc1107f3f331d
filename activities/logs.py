"""Structured logs in which nobody can be recognised."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Last defence: nothing is meant to log these. NUMEN, NIR, e-mail addresses, phones, link tokens.
_PERSONAL = re.compile(
    r"\b\d{2}[A-Z]\d{7}[A-Z]{3}\b"
    r"|\b[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{3}(?:\d{3}(?:\d{2})?)?\b"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?<!\w)(?:\+|00)\d{9,15}\b|\b0[1-9](?:[ .]?\d{2}){4}\b"
    r"|(?<=/lien/)[\w-]+",
    re.IGNORECASE,
)


def scrubbed(text: str) -> str:
    """Return a text in which whatever looks like a personal datum or a link's token is •••."""
    return _PERSONAL.sub("•••", text)


def configure(level: str) -> None:
    """Send every log line, the libraries' too, scrubbed, to the standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _scrub,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: scrubbed(value) if isinstance(value, str) else value for key, value in event.items()}
