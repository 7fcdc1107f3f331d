"""The follow-up page after a proof that was refused."""

import re

from tests.support.code_request import voter_of
from tests.support.waiting import until
from tests.support.web_app import WebApp

FOLLOW = "/reassort/suivi"


async def test_a_refused_proof_by_sms_is_a_problem_of_the_request_alone(web_app: WebApp) -> None:
    """The first step has the problem, on the page and in its JSON, and no step is a mail's."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    async with web_app.browser() as browser:
        browser.cookies.set("session", tokens.cookie)
        assert (await voter_of(browser, voter).ask(answer="Hêtre")).status_code == 422

        async def refused() -> dict[str, object] | None:
            known: dict[str, object] = (await browser.get(f"{FOLLOW}.json")).json()
            return known if known["stage"] == "Refused" else None

        known = await until(refused)
        page = (await browser.get(FOLLOW)).text
    assert known
    steps = known["steps"]
    assert isinstance(steps, list)
    assert [step["state"] for step in steps] == ["problem", "todo", "todo", "todo"]
    assert not [step["label"] for step in steps if "Courriel" in step["label"]]
    assert re.findall(r'class="step step--(\w+)"', page) == [step["state"] for step in steps]
    assert "Courriel" not in page
