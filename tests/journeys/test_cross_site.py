"""A form that another site makes a browser send is refused."""

import pytest

from demo.client.voter import hidden_fields
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import main_text, title

JEAN_BAPTISTE, INES = 2, 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://ailleurs.exemple"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"},
    ],
    ids=str,
)
async def test_posts_from_other_sites_are_refused(people: DemoPeople, headers: dict[str, str]) -> None:
    """Cross-site fetch metadata or another origin has a form refused, even with a valid CSRF token."""
    voter = await people.signed_in(INES)
    form = hidden_fields((await voter.page("/portail")).text)
    refused = await voter.http.post("/deconnexion", data=form, headers=headers)
    assert (refused.status_code, title(refused)) == (403, "Formulaire refusé")
    assert "Rien n’a été pris en compte." in main_text(refused)
    assert (await voter.page("/portail")).status_code == 200


async def test_posts_from_the_page_itself_are_accepted(people: DemoPeople) -> None:
    """Same-origin headers and `Origin: null` are accepted; a missing or another session's CSRF token is not."""
    voter = await people.signed_in(INES)
    other = hidden_fields((await (await people.signed_in(JEAN_BAPTISTE)).page("/portail")).text)
    for form in ({}, {"csrf": ""}, {"csrf": "é"}, other):
        assert (await voter.http.post("/deconnexion", data=form)).status_code == 403
    form = hidden_fields((await voter.page("/portail")).text)
    null = {"Origin": "null"}  # sent by older browsers for pages without a referrer
    assert (await voter.http.post("/deconnexion", data={}, headers=null)).status_code == 403
    assert (await voter.http.post("/captcha", data=form, headers=null)).status_code == 200
    ours = {"Origin": people.demo.url, "Sec-Fetch-Site": "same-origin"}
    assert (await voter.http.post("/deconnexion", data=form, headers=ours)).headers["location"] == "/"
