"""An elector who makes requests over HTTP, which takes a tenth of the time of a browser."""

import httpx2

from demo.client.voter import CHALLENGE, DESTINATION, VERIFICATION, hidden_fields
from tests.browser.received_messages import Person, link_in, until

_CONTACTS = {"sms": ("phone", "phone"), "email": ("email", "personal_email")}


class HttpElector:
    """A signed-in elector; signs in when it is created."""

    def __init__(self, url: str, person: Person) -> None:
        self.url = url
        self.person = person
        self._http = httpx2.Client(base_url=url, timeout=30)
        self._send("/connexion", identifier=person["work_email"])
        self._send("/connexion/mot-de-passe", password=person["password"])

    @property
    def cookie(self) -> dict[str, str]:
        """The session's cookie, to add to a browser."""
        return {"name": "session", "value": str(self._http.cookies["session"]), "url": self.url}

    def ask(self, channel: str = "email") -> str:
        """Request a new code, wait for the link, and return its path."""
        received = self._http.get("/demo/messages.json").json()
        newest = max((message["id"] for message in received), default=0)
        self.request(channel)
        return until(lambda: self._link_since(newest), "a link arrives")

    def request(self, channel: str) -> None:
        """Request a new code, and do not wait for the link."""
        field, contact = _CONTACTS[channel]
        self._send(CHALLENGE, answer=self.person["secret_answer"], proof=self.person["numen"])
        self._send(DESTINATION, channel=channel, **{field: self.person[contact]})
        self._send(VERIFICATION)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _link_since(self, newest: int) -> str | None:
        messages = self._http.get("/demo/messages.json", params={"since": newest}).json()
        return link_in(messages, self.person)

    def _send(self, path: str, **fields: str) -> None:
        hidden = hidden_fields(self._http.get(path).text)
        if "captcha_id" in hidden:
            response = self._http.get("/demo/captcha.json", params={"id": hidden["captcha_id"]})
            fields["captcha"] = response.json()["answer"]
        answer = self._http.post(path, data=hidden | fields)
        assert answer.status_code == 303, f"{path}: {answer.status_code} {answer.text}"
