"""Renders the messages that voters receive, from one folder of templates for each."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from activities.gateways.sms import gsm
from activities.texts.translated_templates import translate
from election.rules.support import SupportContact
from election.text.translation import SOURCE, Languages, language
from election.text.translation import gettext as _

_BETWEEN_LANGUAGES = f"\n{'-' * 40}\n\n"


@dataclass(frozen=True)
class MailText:
    """A mail's subject, plain text and HTML, and the languages that these are in, in their order."""

    subject: str
    text: str
    html: str
    languages: tuple[str, ...] = (SOURCE,)


@dataclass(frozen=True)
class Spoken:
    """A value of a message, such as a date, that is written anew in each language of the message."""

    write: Callable[[], str]

    def __str__(self) -> str:
        return self.write()


Value = str | int | Spoken


class Texts:
    """The messages of one election.

    `portal` is the address at which voters reach the portal; `sms_sender` names the organiser in an SMS, also where a foreign
    operator shows a number as its sender. `display_seconds` is how long a new voting code is shown, as messages announce it;
    `password_seconds` how long a new password is. `code_wait` is how long no voting code can be requested by challenge
    question after a password was recovered, zero where the question is not offered.
    """

    def __init__(
        self,
        *,
        election_name: str,
        organiser: str,
        support: SupportContact,
        sms_sender: str,
        portal: str,
        languages: Languages,
        display_seconds: int = 120,
        password_seconds: int = 600,
        code_wait: timedelta = timedelta(0),
    ) -> None:
        self._languages = languages
        self._templates = Environment(
            loader=PackageLoader("activities", "texts"),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            auto_reload=False,  # otherwise each rendering checks the dates of all template files
            trim_blocks=True,
            lstrip_blocks=True,
        )
        translate(self._templates)
        self._templates.globals.update(
            election_name=election_name,
            organiser=organiser,
            support=support,
            sms_sender=sms_sender,
            portal=portal.rstrip("/"),
            portal_host=portal.rstrip("/").partition("//")[2],
            display_seconds=display_seconds,
            password_seconds=password_seconds,
            code_wait=code_wait,
        )

    def speaking(self, language: str) -> AbstractContextManager[None]:
        """Return the block within which messages, and the dates among their values, are written in a language."""
        return self._languages.speaking(language)

    def sms(self, folder: str, **values: Value) -> str:
        """Return the text of an SMS, with what its template says where there is room if one segment takes that too.

        Raises:
            jinja2.UndefinedError: a value that the text needs is not given.
            jinja2.TemplateNotFound: the folder has no `sms.txt`.
        """
        longer, shorter = (self._render(f"{folder}/sms.txt", {**values, "has_room": has}) for has in (True, False))
        return longer if len(gsm.encode(longer, reference=0).segments) == 1 else shorter

    def mail(self, folder: str, **values: Value) -> MailText:
        """Return the subject, the plain text and the HTML of a mail.

        Raises:
            jinja2.UndefinedError: a value that one of the three needs is not given.
            jinja2.TemplateNotFound: the folder has no `subject.txt`, `body.txt` or `body.html`.
        """
        return self._mail(folder, [language()], values)

    def warning(self, folder: str, requested: str, **values: Value) -> MailText:
        """Return a mail about what was done or asked for in somebody's name: in French, and below in the language requested.

        Whoever made the request chose its language, and the owner of the mailbox may read only French.

        Raises:
            jinja2.UndefinedError: as of `mail`.
            jinja2.TemplateNotFound: as of `mail`.
        """
        languages = [SOURCE, requested] if requested in self._languages.offered else [SOURCE]
        with self.speaking(SOURCE):
            return self._mail(folder, list(dict.fromkeys(languages)), values)

    def _mail(self, folder: str, languages: list[str], values: Mapping[str, Value]) -> MailText:
        pointers = [(each, self._pointer(each)) for each in languages[1:]]
        subject, texts, sheets = self._render(f"{folder}/subject.txt", values), [], []
        for code in languages:
            with self.speaking(code):
                given = {**values, "others": pointers if code == languages[0] else []}
                texts.append(self._render(f"{folder}/body.txt", given) + "\n")
                sheets.append((code, Markup(self._render(f"{folder}/body.html", given))))  # noqa: S704 - escaped by its own template
        html = self._render("frame.html", {"subject": subject, "sheets": sheets}) + "\n"
        return MailText(subject, _BETWEEN_LANGUAGES.join(texts), html, tuple(languages))

    def _pointer(self, code: str) -> str:
        with self.speaking(code):
            return _("Ce message est aussi dans votre langue, plus bas.")

    def _render(self, name: str, values: Mapping[str, object]) -> str:
        return self._templates.get_template(name).render(values)
