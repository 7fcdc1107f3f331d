"""The demo's client reads pages as a person does."""

from collections.abc import Callable

import pytest

from demo.client.voter import shown_code, shown_password


@pytest.mark.parametrize(("element", "read"), [("voting-code", shown_code), ("new-password", shown_password)])
def test_a_shown_secret_is_read_without_markup(element: str, read: Callable[[str], str | None]) -> None:
    """Its groups are elements, and its signs are escaped."""
    page = f'<p> <span id="{element}" class="secret"><span>AD4&amp;</span><wbr><span>KT7!</span></span>\n</p>'
    assert read(page) == "AD4&KT7!"
    assert read("<p>Lien déjà utilisé</p>") is None
