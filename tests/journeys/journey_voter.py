"""A voter on the way through the portal, as the journeys tell it; what was secret on the way is noted."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx2

from demo.client.voter import Voter, hidden_fields, shown_code
from tests.support.waiting import until

FORM = "/reassort/code-de-vote/question-defi"
FOLLOW = "/reassort/suivi"


@dataclass
class JourneyVoter(Voter):
    """One person with one browser. `since` is the newest message when the last request was made."""

    seen: set[str] = field(default_factory=set)
    since: int = 0

    async def captcha(self, hidden: dict[str, str]) -> dict[str, str]:
        """Return the answer of a form's CAPTCHA, and note it."""
        answer = await super().captcha(hidden)
        self.seen.update(answer.values())
        return answer

    async def ask(self, channel: str = "sms", **other: str) -> httpx2.Response:
        """Ask for a new voting code; messages from here on are those of this request."""
        await self.ignore_earlier_messages()
        return await super().ask(channel, **other)

    async def send_again(self) -> httpx2.Response:
        """Ask for the link once more, by the follow-up page's own button."""
        await self.ignore_earlier_messages()
        hidden = hidden_fields((await self.page(FOLLOW)).text)
        return await self.http.post(f"{FOLLOW}/renvoyer", data=hidden)

    async def ignore_earlier_messages(self) -> None:
        """Take only what arrives from now on for new."""
        received = (await self.http.get("/demo/messages.json", params={"since": self.since})).json()
        self.since = max([self.since, *(message["id"] for message in received)])

    async def received_link(self) -> str:
        """Return the path of the link that the last request brought, once it is there."""
        link = await self.link(self.since)
        self.seen.add(link.removeprefix("/lien/"))
        return link

    async def press(self, link: str) -> httpx2.Response:
        """Open a link and press its button, and note the code that is shown."""
        answer = await super().press(link)
        self.seen.update(filter(None, [shown_code(answer.text)]))
        return answer

    async def recover(self, channel: str = "sms") -> str:
        """Go the whole way from the form to the new code, and return it."""
        assert (await self.ask(channel)).headers.get("location") == FOLLOW
        answer = await self.press(await self.received_link())
        code = shown_code(answer.text)
        assert code, title(answer)
        return code

    async def note(self, link: str) -> httpx2.Response:
        """Say that the code is noted, by the button under it."""
        return await self.http.post(f"{link}/note", data=hidden_fields((await self.page(link)).text))

    async def follow(self) -> dict[str, Any]:
        """Return what the follow-up page knows."""
        known: dict[str, Any] = (await self.loaded(f"{FOLLOW}.json")).json()
        return known

    async def wait_for_stage(self, stage: str, within: float = 30.0) -> dict[str, Any]:
        """Return what the follow-up page knows once the recovery has come to a stage."""

        async def there() -> dict[str, Any] | None:
            known = await self.follow()
            return known if known["stage"] == stage else None

        return await until(there, within) or {}

    async def received_message(self, subject: str, within: float = 30.0) -> dict[str, Any]:
        """Return the message of this request whose subject says that, once it is there."""

        async def there() -> dict[str, Any] | None:
            messages = await self.messages(self.since)
            return next((message for message in messages if subject in message["subject"]), None)

        return await until(there, within) or {}


def title(page: httpx2.Response) -> str:
    """Return a page's heading, as a reader sees it."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    return plain(found[1]) if found else ""


def main_text(page: httpx2.Response) -> str:
    """Return what the main part of a page says."""
    return plain(re.sub(r".*<main[^>]*>|</main>.*", "", page.text, flags=re.DOTALL))


def plain(html: str) -> str:
    """Return a text without tags, on one line, all its spaces plain."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
