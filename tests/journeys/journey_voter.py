"""A voter who uses the portal over HTTP, and records the secrets that it sees."""

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
    """One person with one browser. `since` is the id of the newest message before the last request."""

    seen: set[str] = field(default_factory=set)
    since: int = 0

    async def captcha(self, hidden: dict[str, str]) -> dict[str, str]:
        """Return the answer of a form's CAPTCHA, and record it."""
        answer = await super().captcha(hidden)
        self.seen.update(answer.values())
        return answer

    async def ask(self, channel: str = "sms", **other: str) -> httpx2.Response:
        """Send the challenge form; later messages are taken for those of this request."""
        await self.ignore_earlier_messages()
        return await super().ask(channel, **other)

    async def send_again(self) -> httpx2.Response:
        """Press the button of the follow-up page that sends the link again."""
        await self.ignore_earlier_messages()
        hidden = hidden_fields((await self.page(FOLLOW)).text)
        return await self.http.post(f"{FOLLOW}/renvoyer", data=hidden)

    async def ignore_earlier_messages(self) -> None:
        """Set `since`, so that only messages from now on are returned."""
        received = (await self.http.get("/demo/messages.json", params={"since": self.since})).json()
        self.since = max([self.since, *(message["id"] for message in received)])

    async def received(self) -> list[dict[str, Any]]:
        """Return this request's messages, without the notice to the work mailbox that it was made."""
        return [each for each in await self.messages(self.since) if "été demandé" not in each["subject"]]

    async def received_link(self) -> str:
        """Wait for the link of the last request, record it, and return its path."""
        link = await self.link(self.since)
        self.seen.add(link.removeprefix("/lien/"))
        return link

    async def press(self, link: str) -> httpx2.Response:
        """Open a link, press its button, and record the code that is shown."""
        answer = await super().press(link)
        self.seen.update(filter(None, [shown_code(answer.text)]))
        return answer

    async def recover(self, channel: str = "sms") -> str:
        """Recover the voting code from the form to the display, and return the new code."""
        assert (await self.ask(channel)).headers.get("location") == FOLLOW
        answer = await self.press(await self.received_link())
        code = shown_code(answer.text)
        assert code, title(answer)
        return code

    async def note(self, link: str) -> httpx2.Response:
        """Press the button that says that the code is noted."""
        return await self.http.post(f"{link}/note", data=hidden_fields((await self.page(link)).text))

    async def follow(self) -> dict[str, Any]:
        """Return the JSON of the follow-up page."""
        known: dict[str, Any] = (await self.loaded(f"{FOLLOW}.json")).json()
        return known

    async def wait_for_stage(self, stage: str, within: float = 30.0) -> dict[str, Any]:
        """Wait until the recovery is at that stage, and return the JSON of the follow-up page."""

        async def there() -> dict[str, Any] | None:
            known = await self.follow()
            return known if known["stage"] == stage else None

        return await until(there, within) or {}

    async def received_message(self, subject: str, within: float = 30.0) -> dict[str, Any]:
        """Wait for a message of this request whose subject contains that text, and return it."""

        async def there() -> dict[str, Any] | None:
            messages = await self.messages(self.since)
            return next((message for message in messages if subject in message["subject"]), None)

        return await until(there, within) or {}


def title(page: httpx2.Response) -> str:
    """Return the text of a page's h1."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    return plain(found[1]) if found else ""


def main_text(page: httpx2.Response) -> str:
    """Return the text of a page's main element."""
    found = re.search(r"<main[^>]*>(.*?)</main>", page.text, re.DOTALL)
    return plain(found[1] if found else page.text)


def plain(html: str) -> str:
    """Return the text of HTML without tags, on one line, with plain spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
