"""A voter of the web's tests who fills in the pages of a request for a voting code."""

import httpx2

from demo.client.voter import Voter
from tests.support.people import Person

PHONE, EMAIL = "06 39 98 12 34", "p@exemple.fr"


def voter_of(browser: httpx2.AsyncClient, person: Person) -> Voter:
    """Return a voter who has that elector's proofs, a mobile and a personal mailbox."""
    known = {"secret_answer": person.answer, "numen": person.numen, "phone": PHONE, "personal_email": EMAIL}
    return Voter(browser, known)
