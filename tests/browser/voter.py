"""A voter in a browser, who uses only what is visible on the page."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.received_messages import PATIENCE, Person, link_in, until

expect.set_options(timeout=1000 * PATIENCE)


def printed_sheets(page: Page) -> int:
    """Return how many sheets of A4 a page takes in print."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


@dataclass
class Voter:
    """One person in one window, and the messages that the demo has delivered to that person."""

    page: Page
    person: Person

    def button(self, name: str) -> Locator:
        """Return the button with that label."""
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        """Return the link with that label."""
        return self.page.get_by_role("link", name=name, exact=True)

    def sees(self, title: str) -> None:
        """Wait for a heading with that text."""
        expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()

    def captcha_answer(self) -> str:
        """Return the answer of the page's CAPTCHA."""
        captcha = self.page.locator("input[name=captcha_id]").input_value()
        return str(self.page.request.get("/demo/captcha.json", params={"id": captcha}).json()["answer"])

    def solve_captcha(self) -> None:
        """Type the answer of the page's CAPTCHA."""
        self.page.get_by_label("Recopiez les chiffres").fill(self.captcha_answer())

    def sign_in(self) -> None:
        """Sign in with identifier and password."""
        self.page.goto("/connexion")
        self.page.get_by_label("Adresse professionnelle").fill(self.person["work_email"])
        self.solve_captcha()
        self.button("Continuer").click()
        self.page.get_by_label("Mot de passe Élections").fill(self.person["password"])
        self.button("Se connecter").click()
        self.sees(f"Bonjour {self.person['name']}")

    def open_the_challenge(self) -> None:
        """Go from the portal through the voting page to the challenge form."""
        self.link("Consulter les scrutins, les candidatures et voter").click()
        self.link("obtenir un réassort").click()
        self.link("Répondre à la question défi").click()
        self.sees("Répondre à la question défi")

    def answer_the_challenge(self, channel: str, *, answer: str = "", contact: str = "") -> None:
        """Fill in the pages of a request, with the person's own data where no other is given, check it and send it."""
        self.give_proofs(answer=answer)
        self.give_destination(channel, contact=contact)
        self.button("Envoyer le lien").click()

    def give_proofs(self, *, answer: str = "") -> None:
        """Fill in the challenge form and send it."""
        expect(self.page.get_by_text(self.person["challenge_question"])).to_be_visible()
        self.page.get_by_label("Réponse secrète").fill(answer or self.person["secret_answer"])
        self.page.get_by_label("NUMEN ou n° de sécurité sociale").fill(self.person["numen"])
        self.button("Continuer").click()

    def give_destination(self, channel: str, *, contact: str = "") -> None:
        """Fill in the form that asks where the link goes, and send it."""
        label, field, own = {
            "sms": ("Par SMS", "Numéro de mobile", "phone"),
            "email": ("Par courriel", "Adresse de messagerie personnelle", "personal_email"),
        }[channel]
        self.page.locator("label", has_text=label).click()
        self.page.get_by_label(field).fill(contact or self.person[own])
        self.button("Continuer").click()

    def received_link(self, since: int) -> str:
        """Wait for a link on the phone or in the personal mailbox, and return its path."""
        return until(lambda: link_in(self._messages(since), self.person), "a link arrives")

    def newest_message(self) -> int:
        """Return the id of the newest message that anyone has received, or 0."""
        return max((message["id"] for message in self._messages(0)), default=0)

    def press(self, link: str) -> str:
        """Open a link, press its button, and return the code that is shown."""
        self.page.goto(link)
        self.button("Régénérer mon code de vote").click()
        return self.shown_code()

    def shown_code(self) -> str:
        """Return the code that the page shows."""
        code = self.page.locator("#voting-code")
        expect(code).to_be_visible()
        return code.text_content() or ""

    def enter_code(self, code: str) -> None:
        """Enter a voting code on the voting page."""
        self.page.goto("/vote")
        self.page.get_by_label("Code de vote").fill(code)
        if self.page.locator("input[name=captcha_id]").count():  # after a wrong code
            self.solve_captcha()
        self.button("Entrer dans l’espace de vote").click()

    def _messages(self, since: int) -> list[dict[str, Any]]:
        received: list[dict[str, Any]] = self.page.request.get(f"/demo/messages.json?since={since}").json()
        return received
