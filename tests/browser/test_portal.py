"""The portal page in a browser: countdown, signing out, local time, light and dark mode."""

import re

import pytest
from playwright.sync_api import Page, expect

from demo.client.running import Demo
from tests.browser.all_pages import PageRenderer, PageServer
from tests.browser.http_elector import HttpElector
from tests.browser.received_messages import Person
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import PHONE, Scheme, Windows


def minutes_left(voter: Voter) -> int:
    """Return the countdown's time in minutes."""
    shown = voter.page.locator(".countdown__count").all_text_contents()
    days, hours, minutes = (int(count) for count in shown)
    return days * 1440 + hours * 60 + minutes


def test_the_countdown_counts_down(elector: Voter) -> None:
    """Two minutes later it shows two minutes less, without a reload."""
    elector.page.clock.install()
    elector.page.goto("/portail")
    at_first = minutes_left(elector)
    elector.page.clock.fast_forward("02:05")
    assert minutes_left(elector) == at_first - 2


def test_the_portal_is_not_shown_after_signing_out(windows: Windows, demo: Demo, person: Person) -> None:
    """« Précédent » shows the sign-in page, not the elector's."""
    voter = Voter(windows.open(demo.url), person)
    voter.sign_in()
    voter.button("Se déconnecter").click()
    expect(voter.link("Se connecter")).to_be_visible()
    voter.page.go_back()
    voter.sees("Se connecter")
    assert person["name"] not in voter.page.content()


def test_a_deadline_is_also_shown_in_local_time(
    windows: Windows, demo: Demo, http_elector: HttpElector, sessions: Sessions
) -> None:
    """In another time zone, the link's deadline in Paris time is followed by the whole local date, with its year."""
    voter = sessions.window(windows, demo.url, http_elector.person, zone="Indian/Reunion")
    http_elector.ask()
    voter.page.goto("/reassort/suivi")
    expect(voter.page.locator("[data-local-time]")).to_have_text(
        re.compile(r"^Chez vous\s:\s[a-z]+ (1er|[0-9]+) [a-zéû]+ 20[0-9]{2} à [0-9]{1,2}\sh\s[0-9]{2}\.$")
    )


def _local_time(page: Page, instant: str) -> str:
    """Return what the script of deadlines writes beside an instant."""
    shown: str = page.evaluate(
        """async (instant) => {
            const { showLocalTimes } = await import("/static/app/local-time.js");
            document.querySelector("h1").dataset.localTime = instant;
            showLocalTimes();
            return document.querySelector("h1").textContent;
        }""",
        instant,
    )
    return shown


@pytest.mark.parametrize(
    ("zone", "instant", "told"),
    [
        ("Pacific/Noumea", "2026-12-04T16:00:00Z", "Chez vous\u00a0: samedi 5 décembre 2026 à 3\u00a0h\u00a000."),
        (
            "America/Guadeloupe",
            "2026-12-02T02:05:00Z",
            "Chez vous\u00a0: mardi 1er décembre 2026 à 22\u00a0h\u00a005.",
        ),
        ("Pacific/Wallis", "2026-12-04T12:30:00Z", "Chez vous\u00a0: samedi 5 décembre 2026 à 0\u00a0h\u00a030."),
        ("Europe/Berlin", "2026-12-04T16:00:00Z", ""),
    ],
)
def test_the_local_date_is_whole(
    windows: Windows, page_server: PageServer, zone: str, instant: str, told: str
) -> None:
    """The day may be another than in Paris; where the clock is that of Paris, nothing is added. A phone does not scroll sideways."""
    page = PageRenderer(windows.open(page_server.url, zone=zone, width=PHONE), page_server).show("home")
    assert _local_time(page, instant) == told
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_the_local_date_is_in_the_page_s_language(windows: Windows, demo: Demo) -> None:
    """On an English page, in English and with the hours as the English sentences beside it have them."""
    page = windows.open(demo.url, zone="Pacific/Noumea")
    page.goto("/?langue=en")
    assert _local_time(page, "2026-12-04T16:00:00Z") == "Where you are: Saturday 5 December 2026 at 03:00."


def test_the_local_date_differs_from_the_election_s(windows: Windows, page_server: PageServer) -> None:
    """Whatever zone the election has; in a language that the script has no sentence for, in French."""
    page = PageRenderer(windows.open(page_server.url, zone="Pacific/Noumea"), page_server).show("home")
    page.evaluate("Object.assign(document.documentElement, { lang: 'br' }).dataset.zone = 'Pacific/Noumea'")
    assert _local_time(page, "2026-12-04T16:00:00Z") == ""
    page.evaluate("document.documentElement.dataset.zone = 'Indian/Reunion'")
    assert _local_time(page, "2026-12-04T16:00:00Z").startswith("Chez vous\u00a0: samedi")


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_pages_follow_the_device_s_colour_scheme(
    windows: Windows, page_server: PageServer, scheme: Scheme, *, is_dark: bool
) -> None:
    """The background is dark if the device prefers a dark scheme, and light otherwise."""
    page = PageRenderer(windows.open(page_server.url, scheme=scheme), page_server).show("home")
    background = "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).every(part => part < 64)"
    assert page.evaluate(background) is is_dark
