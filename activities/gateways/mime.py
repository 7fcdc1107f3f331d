"""An e-mail as it goes over the wire: what a machine wrote says so, in French, text before HTML."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from activities.gateways.mail import MailMessage


def compose(message: MailMessage, sender: str, domain: str, now: datetime) -> EmailMessage:
    """Return a multipart/alternative message with a Message-ID that a repeat shares.

    RFC 3834 asks for Auto-Submitted; the X- header keeps Exchange from answering « absent du bureau ».

    Raises:
        ValueError: an address or the subject cannot stand in a header.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = now
    mail["Message-ID"] = f"<{message.message_id}@{domain}>"
    if message.reply_to:
        # A ticket system drops what a machine wrote; this was written by a voter.
        mail["Reply-To"] = message.reply_to
    else:
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    # A relay that knows 7 bits alone would rewrite anything else, and break a signature.
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    # Last, since each part takes the Content- headers that it finds.
    mail["Content-Language"] = "fr"
    return mail
