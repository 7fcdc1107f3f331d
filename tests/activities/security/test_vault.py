"""Envelopes can be opened only for their request and purpose, with their key, until the key is destroyed."""

from base64 import b64decode, b64encode
from datetime import timedelta

import pytest
from sqlalchemy import select

from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import vault_keys
from tests.support.clock import Clock

MASTER = b"a master key of tests, 32 bytes."
PHONE = "+33612345678"


@pytest.fixture
def vault(database: Database, now: Clock) -> Vault:
    """A vault with the tests' master key."""
    return Vault(database, MASTER, now)


async def _destroy(vault: Vault, database: Database, *ids: str) -> None:
    async with database.writing() as connection:
        await vault.destroy(connection, ids)


async def test_an_envelope_is_opened_for_its_purpose(vault: Vault) -> None:
    """Each purpose gives the text that was sealed for it."""
    sealed = await vault.seal("recovery", "request", {"phone": PHONE, "answer": "châtaigne"})
    assert await vault.unseal("recovery", "request", "phone", sealed["phone"]) == PHONE
    assert await vault.unseal("recovery", "request", "answer", sealed["answer"]) == "châtaigne"


@pytest.mark.parametrize(
    ("workflow_id", "request_id", "purpose"),
    [("other", "request", "phone"), ("recovery", "other", "phone"), ("recovery", "request", "answer")],
)
async def test_an_envelope_is_refused_for_another_place(
    vault: Vault, workflow_id: str, request_id: str, purpose: str
) -> None:
    """For another recovery, request or purpose, which have keys too, it cannot be opened."""
    sealed = await vault.seal("recovery", "request", {"phone": PHONE, "answer": "x"})
    await vault.seal("recovery", "other", {"phone": "x"})
    await vault.seal("other", "their request", {"phone": "x"})
    with pytest.raises(EnvelopeError):
        await vault.unseal(workflow_id, request_id, purpose, sealed["phone"])


async def test_a_key_is_refused_for_another_place(vault: Vault, database: Database) -> None:
    """A wrapped key that is copied to another request in the database cannot be unwrapped."""
    sealed = await vault.seal("recovery", "request", {"phone": PHONE})
    await vault.seal("recovery", "other", {"phone": "x"})
    async with database.writing() as connection:
        mine = vault_keys.c.id == key_id("request", "phone")
        wrapped = await connection.scalar(select(vault_keys.c.wrapped_key).where(mine))
        other = vault_keys.c.id == key_id("other", "phone")
        await connection.execute(vault_keys.update().where(other).values(wrapped_key=wrapped))
    with pytest.raises(EnvelopeError):
        await vault.unseal("recovery", "other", "phone", sealed["phone"])


async def test_a_changed_envelope_is_refused(vault: Vault) -> None:
    """One changed bit is enough."""
    sealed = await vault.seal("recovery", "request", {"phone": PHONE})
    raw = bytearray(b64decode(sealed["phone"]))
    raw[-1] ^= 1
    with pytest.raises(EnvelopeError):
        await vault.unseal("recovery", "request", "phone", b64encode(raw).decode())


async def test_an_envelope_cannot_be_opened_after_its_key_is_destroyed(vault: Vault, database: Database) -> None:
    """Nor after the same request seals again, since it gets a new key."""
    sealed = await vault.seal("recovery", "request", {"phone": PHONE, "answer": "x"})
    await _destroy(vault, database, key_id("request", "phone"))
    with pytest.raises(EnvelopeError, match="destroyed"):
        await vault.unseal("recovery", "request", "phone", sealed["phone"])
    assert await vault.unseal("recovery", "request", "answer", sealed["answer"]) == "x"
    await vault.seal("recovery", "request", {"phone": PHONE})
    with pytest.raises(EnvelopeError):
        await vault.unseal("recovery", "request", "phone", sealed["phone"])


async def test_the_destruction_of_keys_is_part_of_the_transaction(vault: Vault, database: Database) -> None:
    """If the transaction is rolled back, the keys still exist."""
    sealed = await vault.seal("recovery", "request", {"phone": PHONE})

    async def fail() -> None:
        async with database.writing() as connection:
            await vault.destroy(connection, [key_id("request", "phone")])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await vault.unseal("recovery", "request", "phone", sealed["phone"]) == PHONE


async def test_another_master_key_opens_nothing(vault: Vault, database: Database, now: Clock) -> None:
    """The keys in a dump of the database cannot be used without the master key."""
    sealed = await vault.seal("recovery", "request", {"phone": PHONE})
    other = Vault(database, bytes(reversed(MASTER)), now)
    with pytest.raises(EnvelopeError, match="another master key"):
        await other.unseal("recovery", "request", "phone", sealed["phone"])


async def test_a_repeated_request_keeps_its_keys(vault: Vault) -> None:
    """The envelopes of both times can be opened, and they differ."""
    first = await vault.seal("recovery", "request", {"phone": PHONE})
    again = await vault.seal("recovery", "request", {"phone": PHONE})
    opened = [await vault.unseal("recovery", "request", "phone", each["phone"]) for each in (first, again)]
    assert opened == [PHONE, PHONE]
    assert first != again


async def test_another_recovery_s_request_id_is_refused(vault: Vault) -> None:
    """A recovery cannot seal with the keys of another recovery's request."""
    await vault.seal("recovery", "request", {"phone": PHONE})
    with pytest.raises(EnvelopeError):
        await vault.seal("other", "request", {"phone": PHONE})


async def test_envelopes_hide_the_length_of_short_texts(vault: Vault) -> None:
    """Texts of 1 and of 60 characters have envelopes of the same length."""
    sealed = await vault.seal("recovery", "request", {"a": "x", "b": "x" * 60})
    assert len(sealed["a"]) == len(sealed["b"])


async def test_sealed_text_is_not_in_the_database(vault: Vault, database: Database) -> None:
    """Only wrapped keys are stored; the caller keeps the envelopes."""
    await vault.seal("recovery", "request", {"phone": PHONE})
    async with database.reading() as connection:
        rows = (await connection.execute(select(vault_keys))).all()
    assert len(rows) == 1
    assert PHONE.encode() not in bytes(rows[0].wrapped_key)
    assert PHONE not in repr(rows)


async def test_old_keys_are_found_for_the_sweep(vault: Vault, now: Clock) -> None:
    """`created_before` returns older keys with their recovery, and no newer ones."""
    created_at = now()
    await vault.seal("recovery", "request", {"phone": PHONE})
    now.advance(timedelta(days=2))
    await vault.seal("younger", "other", {"phone": PHONE})
    found = await vault.created_before(now() - timedelta(days=1), after="", most=10)
    assert found == [(key_id("request", "phone"), "recovery", created_at)]
