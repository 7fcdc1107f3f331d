"""Composes an e-mail as multipart/alternative, marked as French and as written by a machine.

A test compares it with what the standard library composes. It takes a quarter of the time, since the library parses
and folds the headers that all messages share again for each one.
"""

import re
from datetime import datetime
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.quoprimime import body_encode
from functools import lru_cache
from typing import Any

from activities.gateways.mail.gateway import MailMessage

# No text can contain it: quoted-printable never writes "=_" (RFC 2045, 6.7).
BOUNDARY = "=_reassort"
_HEADERS = (
    f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{BOUNDARY}"\r\nContent-Language: fr\r\n'
)
# RFC 3834 asks for the first; the second keeps Exchange from answering « absent du bureau ».
_BY_MACHINE = "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
_UNFOLDED_LINE = re.compile(r"\r\n[^ \t]|\r[^ \n\t]|\n[^ \t]")


def compose(message: MailMessage, sender: str, domain: str, now: datetime) -> bytes:
    """Return a multipart/alternative message with a Message-ID that is the same for a retry.

    It is ASCII, except the headers of a message to an address that is not.

    Raises:
        ValueError: an address or the subject cannot stand in a header.
    """
    policy = SMTP if message.to.isascii() else SMTPUTF8
    lines = [
        _cached_header(policy, "From", sender),
        _header(policy, "To", message.to),
        _header(policy, "Subject", message.subject),
        _header(policy, "Date", now),
        _header(policy, "Message-ID", f"<{message.message_id}@{domain}>"),
        # Ticket systems drop machine-written mail; a message with a Reply-To was written by a voter.
        _header(policy, "Reply-To", message.reply_to) if message.reply_to else _BY_MACHINE,
        _HEADERS,
        _part("plain", message.text),
        _part("html", message.html),
        f"\r\n--{BOUNDARY}--\r\n",
    ]
    return "".join(lines).encode()


def _header(policy: "EmailPolicy[Any]", name: str, value: str | datetime) -> str:
    _, header = policy.header_store_parse(name, value)
    folded: str = header.fold(policy=policy)
    # An encoded word (=?utf-8?q?=0D=0A…?=) may hide the line break that the library refuses in clear.
    if _UNFOLDED_LINE.search(folded):
        raise ValueError("a header may not hold a line break")
    return folded


_cached_header = lru_cache(maxsize=4)(_header)


def _part(kind: str, text: str) -> str:
    lines = b"\n".join(text.encode().splitlines()) + b"\n"
    # A 7-bit relay would rewrite anything else, and break a DKIM signature.
    body = body_encode(lines.decode("latin-1"), eol="\r\n")
    headers = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
    return f"\r\n--{BOUNDARY}\r\n{headers}\r\n{body}"
