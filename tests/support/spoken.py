"""A language that writes each text in brackets, so that a page shows what is not translated."""

from gettext import NullTranslations

from election.text.translation import TRANSLATED, Languages
from tests.support.untranslated import CLOSE, OPEN


class _Wrapping(NullTranslations):
    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{OPEN}{msgid1 if n == 1 else msgid2}{CLOSE}"


# Under the codes of the languages that exist: pages know no others.
WRAPPED = Languages({language: _Wrapping() for language in TRANSLATED})
