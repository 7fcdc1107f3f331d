"""A password that is replaced while it is being checked."""

from dataclasses import replace

from activities.accounts.credentials import Credentials, Kind
from activities.config.clock import utc_now
from activities.config.settings import key_bytes
from activities.security.hashing import Chosen, KeyedHash, SlowHash
from activities.store.database import Database
from tests.support.people import Person
from tests.support.sign_in import sign_in_of
from tests.support.web_app import WebApp, assert_valid_response, settings_of
from web.app import create_app


class ReplacingHash(SlowHash):
    """A hash that replaces the voter's password while it checks it."""

    def __init__(self, database: Database, voter: Person) -> None:
        super().__init__(KeyedHash(key_bytes(settings_of("").pepper)), memory_kib=8, passes=1)
        self._database, self._voter = database, voter

    async def matches(self, encoded: str | None, kind: Chosen, elector_id: str, value: str) -> bool:
        """Return the result for the old password."""
        is_right = await super().matches(encoded, kind, elector_id, value)
        async with self._database.writing() as connection:
            kept, name = Credentials(self._database, utc_now), f"new-{self._voter.id}"
            await kept.replace(connection, self._voter.id, Kind.PASSWORD, name, "another hash")
        return is_right


async def test_a_password_that_was_replaced_meanwhile_is_refused(web_app: WebApp) -> None:
    """A page says so and leads back to the form; the session stays anonymous."""
    voter = await web_app.new_elector()
    keyed, slow = KeyedHash(b"a pepper for the tests, 32 bytes"), ReplacingHash(web_app.services.database, voter)
    sign_in = sign_in_of(web_app.services.database, slow, keyed, utc_now)
    services = replace(web_app.context.services, sign_in=sign_in)
    replacing = replace(web_app, app=create_app(replace(web_app.context, services=services)))
    tokens = await web_app.before_password(voter.work_email)
    async with replacing.browser(cookie=f"session={tokens.cookie}") as browser:
        typed = {"csrf": tokens.csrf, "password": voter.password}
        answer = await browser.post("/connexion/mot-de-passe", data=typed)
        assert_valid_response(answer)
        assert answer.status_code == 409
        assert "vient d’être remplacé" in answer.text
        assert 'href="/connexion/mot-de-passe"' in answer.text
        assert not answer.headers.get_list("set-cookie")
        assert "Se déconnecter" not in (await browser.get("/connexion/mot-de-passe")).text
