"""The language that is spoken, and where it reaches."""

import asyncio
from datetime import timedelta
from gettext import NullTranslations

from anyio import to_thread

from election.text.numbers import written_hours, written_number
from election.text.translation import N_, Languages, gettext, language, ngettext
from tests.support.spoken import WRAPPED

_TITLE = N_("Aide")


def test_french_is_spoken_by_itself_and_after_the_block() -> None:
    """Also for a code that nobody offers."""
    assert (language(), gettext(_TITLE)) == ("fr", "Aide")
    with WRAPPED.speaking("en"):
        assert (language(), gettext(_TITLE)) == ("en", "⟦Aide⟧")
        with WRAPPED.speaking("tlh"):
            assert (language(), gettext(_TITLE)) == ("fr", "Aide")
    assert (language(), gettext(_TITLE)) == ("fr", "Aide")


def test_zero_is_singular_in_french_alone() -> None:
    """« 0 lien », `0 links`."""
    assert [ngettext("lien", "liens", number) for number in (0, 1, 2)] == ["lien", "lien", "liens"]
    with WRAPPED.speaking("en"):
        assert [ngettext("link", "links", number) for number in (0, 1)] == ["⟦links⟧", "⟦link⟧"]


def test_an_empty_text_is_empty() -> None:
    """Gettext gives the catalogue's header for an empty id."""
    with Languages({"en": NullTranslations()}).speaking("en"):
        assert gettext("") == ""


def test_numbers_and_durations_are_in_the_language_that_is_spoken() -> None:
    """With the separators of each."""
    assert (written_number(1_234_567), written_hours(timedelta(days=1))) == ("1\u202f234\u202f567", "un jour")
    with WRAPPED.speaking("en"):
        assert written_number(1_234_567) == "1,234,567"
        assert written_hours(timedelta(hours=36)) == "⟦environ 36\u00a0heures⟧"


async def test_tasks_and_threads_that_are_begun_keep_the_language() -> None:
    """A thread of FastAPI's, and a task that outlives the block; two of them do not disturb each other."""
    go_on = asyncio.Event()

    async def later() -> str:
        await go_on.wait()
        return language()

    with WRAPPED.speaking("en"):
        english = asyncio.create_task(later())
        assert await to_thread.run_sync(language) == "en"
    french = asyncio.create_task(later())
    go_on.set()
    assert (await english, await french) == ("en", "fr")
