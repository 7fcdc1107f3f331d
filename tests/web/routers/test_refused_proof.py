"""The follow-up page after a proof that was refused."""

import re

from demo.client.voter import hidden_fields
from tests.support.waiting import until
from tests.support.web_app import WebApp

FORM = "/reassort/code-de-vote/question-defi"
FOLLOW = "/reassort/suivi"


async def test_a_refused_proof_by_sms_is_a_problem_of_the_request_alone(web_app: WebApp) -> None:
    """The first step has the problem, on the page and in its JSON, and no step is a mail's."""
    voter = await web_app.new_elector()
    tokens = await web_app.signed_in(voter)
    typed = {"answer": "Hêtre", "proof": voter.numen, "channel": "sms", "phone": "06 39 98 12 34"}
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        answer = await browser.post(FORM, data=hidden_fields((await browser.get(FORM)).text) | typed)
        assert answer.status_code == 422

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
