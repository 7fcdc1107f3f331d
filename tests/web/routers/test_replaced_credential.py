"""A password that is replaced in the very moment in which it is found right."""

from dataclasses import replace

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.sign_in import SignIn
from activities.config.clock import utc_now
from activities.proofs.attempts import Attempts
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from election.attempts import SignInAttemptRules
from tests.support.people import Person
from tests.support.web_app import WebApp, sound
from web.app import create_app


class Overtaken(SlowHash):
    """Finds a password right, and somebody else has replaced it when it says so."""

    def __init__(self, database: Database, voter: Person) -> None:
        super().__init__(memory_kib=8, passes=1)
        self._database, self._voter = database, voter

    async def matches(self, hashed: str | None, text: str) -> bool:
        """Return what was true when it began."""
        is_right = await super().matches(hashed, text)
        async with self._database.writing() as connection:
            kept, name = Credentials(self._database, utc_now), f"new-{self._voter.id}"
            await kept.replace(connection, self._voter.id, Kind.PASSWORD, name, "another hash")
        return is_right


async def test_a_password_that_was_replaced_meanwhile_signs_nobody_in(web_app: WebApp) -> None:
    """A page says so and leads back to the form; the session is still nobody's."""
    voter = await web_app.newcomer(97)
    attempts = Attempts(web_app.services.database, SignInAttemptRules(), utc_now)
    browsers = KnownBrowsers(KeyedHash(b"a pepper of nobody's, 32 bytes!!"))
    slow = Overtaken(web_app.services.database, voter)
    services = replace(web_app.services, sign_in=SignIn(web_app.services.database, slow, attempts, browsers))
    overtaken = replace(web_app, app=create_app(replace(web_app.context, services=services)))
    guest = await web_app.halfway(voter.work_email)
    async with overtaken.browser(cookie=f"session={guest.cookie}") as browser:
        typed = {"csrf": guest.csrf, "password": voter.password}
        answer = await browser.post("/connexion/mot-de-passe", data=typed)
        sound(answer)
        assert answer.status_code == 409
        assert "Utilisez le nouveau" in answer.text
        assert 'href="/connexion/mot-de-passe"' in answer.text
        assert not answer.headers.get_list("set-cookie")
        assert "Se déconnecter" not in (await browser.get("/connexion/mot-de-passe")).text
