"""What the demo's mail server reports of mails that it accepted and did not deliver (RFC 3464), by LMTP."""

import asyncio
import smtplib
from collections.abc import Callable
from datetime import datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from pathlib import Path

from demo.state.pending import Pending, PendingItem

_INTERVAL = 0.2  # seconds
_TIMEOUT = 5.0  # seconds
_TEXT = "Ce courriel n’a pas pu être remis à {recipient}.\n\n{recipient}: {answer}\n"
# What a server answered in the place of the mailbox, by status.
ANSWERS = {
    "5.1.1": "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient.",
    "5.2.2": "552 5.2.2 Boite du destinataire pleine. Mailbox full.",
}


class BounceQueue:
    """Keeps reports until the server at the LMTP port has taken them, also across restarts; without a port they are dropped."""

    def __init__(self, path: Path, port: int | None, now: Callable[[], datetime]) -> None:
        self._port = port
        self._now = now
        self._pending = Pending(path, "bounce")

    def add(self, return_path: str, recipient: str, status: str) -> None:
        """Have a mail's return path told that the recipient's mailbox has refused it."""
        self._pending.put(self._now(), {"to": return_path, "recipient": recipient, "status": status})

    async def run(self) -> None:
        """Send what waits, until cancelled."""
        while True:
            for item in self._pending.due(self._now()):
                if not await asyncio.to_thread(self._is_sent, item):
                    break
                self._pending.remove(item)
            await asyncio.sleep(_INTERVAL)

    def _is_sent(self, item: PendingItem) -> bool:
        if self._port is None:
            return True
        report = delivery_report(item.content["recipient"], item.content["status"], self._now())
        try:
            with smtplib.LMTP("127.0.0.1", self._port, timeout=_TIMEOUT) as server:
                server.sendmail("", [item.content["to"]], report)
        except smtplib.SMTPRecipientsRefused:
            return True  # no return path of that portal: a mail server drops the report of a report
        except (OSError, smtplib.SMTPException):
            return False
        return True


def delivery_report(recipient: str, status: str, now: datetime) -> bytes:
    """Return a report that a mail to a recipient has failed for good."""
    answer = ANSWERS[status]
    mail = MIMEMultipart("report", report_type="delivery-status")
    mail["From"] = "MAILER-DAEMON@demo.invalid"
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail["Auto-Submitted"] = "auto-replied"
    mail["Date"] = format_datetime(now)
    mail.attach(MIMEText(_TEXT.format(recipient=recipient, answer=answer), "plain", "utf-8"))
    fields = MIMENonMultipart("message", "delivery-status")
    about = {
        "Final-Recipient": f"rfc822; {recipient}",
        "Action": "failed",
        "Status": status,
        "Diagnostic-Code": f"smtp; {answer}",
    }
    fields.set_payload([_fields({"Reporting-MTA": "dns; demo.invalid"}), _fields(about)])
    mail.attach(fields)
    return mail.as_bytes()


def _fields(fields: dict[str, str]) -> Message:
    group = Message()
    for name, value in fields.items():
        group[name] = value
    return group
