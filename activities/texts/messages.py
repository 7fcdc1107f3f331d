"""What voters receive: one folder a message, rendered with the election's names."""

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


@dataclass(frozen=True)
class MailText:
    """The three parts of a mail that its sender writes."""

    subject: str
    text: str
    html: str


class Texts:
    """The messages of one election; its names are the same in every message.

    `display_seconds` is how long a new voting code stays on screen, as mails announce it, and
    `password_minutes` how long a new password does.
    """

    def __init__(
        self,
        *,
        election_name: str,
        organiser: str,
        support_email: str,
        display_seconds: int = 120,
        password_minutes: int = 10,
    ) -> None:
        self._templates = Environment(
            loader=PackageLoader("activities", "texts"),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            auto_reload=False,  # or every page looks at the dates of all its files
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            election_name=election_name,
            organiser=organiser,
            support_email=support_email,
            display_seconds=display_seconds,
            password_minutes=password_minutes,
        )

    def sms(self, folder: str, **values: str | int) -> str:
        """Return the text of an SMS.

        Raises:
            jinja2.UndefinedError: a value that the text needs is not given.
            jinja2.TemplateNotFound: the folder has no `sms.txt`.
        """
        return self._render(f"{folder}/sms.txt", values)

    def mail(self, folder: str, **values: str | int) -> MailText:
        """Return the subject, the plain text and the HTML of a mail.

        Raises:
            jinja2.UndefinedError: a value that one of the three needs is not given.
            jinja2.TemplateNotFound: the folder has no `subject.txt`, `body.txt` or `body.html`.
        """
        return MailText(
            subject=self._render(f"{folder}/subject.txt", values),
            text=self._render(f"{folder}/body.txt", values) + "\n",
            html=self._render(f"{folder}/body.html", values) + "\n",
        )

    def _render(self, name: str, values: dict[str, str | int]) -> str:
        return self._templates.get_template(name).render(values)
