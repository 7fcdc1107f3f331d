"""A voter with a plain HTTP client, which fills in and sends the forms of pages, and follows no redirect."""

import asyncio
import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from time import monotonic
from typing import Any

import httpx2

Person = dict[str, str]

_INPUT = re.compile(r"<input\b[^>]*>")
_RELOAD_AFTER = 1.0  # seconds
# The pages of a request for a voting code, in their order.
CHALLENGE, DESTINATION, VERIFICATION = (
    f"/reassort/code-de-vote/{page}" for page in ("question-defi", "destination", "verification")
)


class _HiddenFields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "input" and known.get("type") == "hidden" and known.get("name"):
            self.fields[str(known["name"])] = known.get("value") or ""


def hidden_fields(html: str) -> dict[str, str]:
    """Return the hidden fields of a page's forms, by name."""
    parser = _HiddenFields()
    parser.feed("".join(_INPUT.findall(html)))  # parsing a page's other tags takes a millisecond
    return parser.fields


def shown_code(html: str) -> str | None:
    """Return the voting code that a page shows, or None."""
    return _shown(html, "voting-code")


def shown_password(html: str) -> str | None:
    """Return the generated password that a page shows, or None."""
    return _shown(html, "new-password")


def _shown(html: str, element: str) -> str | None:
    found = re.search(rf'id="{element}"[^>]*>(.*?)</span>\s*</p>', html, re.DOTALL)
    if found is None:
        return None
    return unescape(re.sub(r"<[^>]*>|\s", "", found[1]))


@dataclass
class Voter:
    """A person with a browser."""

    http: httpx2.AsyncClient
    person: Person

    async def page(self, path: str) -> httpx2.Response:
        """Return a page."""
        return await self.http.get(path)

    async def loaded(self, path: str, within: float = 30.0) -> httpx2.Response:
        """Return a page; while it answers 503 it is loaded again, for up to `within` seconds."""
        deadline = monotonic() + within
        while True:
            page = await self.page(path)
            if page.status_code != httpx2.codes.SERVICE_UNAVAILABLE or monotonic() > deadline:
                return page
            await asyncio.sleep(_RELOAD_AFTER)

    async def send(self, path: str, **fields: str) -> httpx2.Response:
        """Open a form, fill it in, and send it."""
        return await self.http.post(path, data=await self.filled(path, **fields))

    async def filled(self, path: str, **fields: str) -> dict[str, str]:
        """Return the fields of a filled-in form: hidden ones, the CAPTCHA's answer if it has one, and those given."""
        hidden = hidden_fields((await self.page(path)).text)
        return hidden | await self.captcha(hidden) | fields

    async def captcha(self, hidden: dict[str, str]) -> dict[str, str]:
        """Return the field `captcha` with the answer of a form's CAPTCHA, or no field where there is none."""
        if "captcha_id" not in hidden:
            return {}
        response = await self.http.get("/demo/captcha.json", params={"id": hidden["captcha_id"]})
        return {"captcha": str(response.json()["answer"])}

    async def sign_in(self) -> httpx2.Response:
        """Sign in, and return the last answer."""
        await self.send("/connexion", identifier=self.person["work_email"])
        return await self.send("/connexion/mot-de-passe", password=self.person["password"])

    async def ask(self, channel: str = "sms", **other: str) -> httpx2.Response:
        """Request a new voting code by challenge question, and return the answer to the last form; `other` replaces fields."""
        answer = await self.fill_in(channel, **other)
        is_filled_in = answer.headers.get("location") == VERIFICATION
        return await self.send(VERIFICATION) if is_filled_in else answer

    async def fill_in(self, channel: str = "sms", **other: str) -> httpx2.Response:
        """Send the forms of the proofs and of the destination, and return the redirect to the last page, or the first refusal."""
        fields = {
            "answer": self.person["secret_answer"],
            "proof": self.person["numen"],
            "channel": channel,
            "phone": self.person["phone"] if channel == "sms" else "",
            "email": self.person["personal_email"] if channel == "email" else "",
        }
        answer = await self.send(CHALLENGE, **(fields | other))
        is_right_in_shape = answer.headers.get("location") == DESTINATION
        return await self.send(DESTINATION, **(fields | other)) if is_right_in_shape else answer

    async def messages(self, since: int = 0) -> list[dict[str, Any]]:
        """Return what this person's phone and mailboxes have received since the message with that id."""
        received = (await self.http.get("/demo/messages.json", params={"since": since})).json()
        mine = {self.person[name] for name in ("phone", "work_email", "personal_email")}
        return [message for message in received if message["to"] in mine]

    async def link(self, since: int = 0, within: float = 30.0) -> str:
        """Return the path of this person's newest link, waiting for the first one.

        Raises:
            TimeoutError: none has arrived within so many seconds.
        """
        async with asyncio.timeout(within):
            while True:
                texts = [message["text"] for message in await self.messages(since)]
                found = [path for text in texts for path in re.findall(r"/lien/[0-9a-z]+", text)]
                if found:
                    return str(found[-1])
                await asyncio.sleep(0.1)

    async def press(self, link: str) -> httpx2.Response:
        """Open a link and press its button."""
        return await self.send(link)

    async def vote(self, code: str) -> httpx2.Response:
        """Enter a voting code."""
        return await self.send("/vote", voting_code=code)

    async def stage(self) -> str | None:
        """Return the stage of this person's recovery."""
        stage: str | None = (await self.loaded("/reassort/suivi.json")).json()["stage"]
        return stage
