"""The web's signature of a click is valid for one recovery, one link and one content, and needs the web's private half."""

from dataclasses import fields, replace

import pytest

from activities.recoveries import clicks
from activities.recoveries.clicks import Click, EndDisplay
from activities.recoveries.identifier_and_password import TakeCredentials
from activities.recoveries.password import ChoosePassword
from activities.recoveries.voting_code import OpenLink
from tests.support.signing import KEYS, SOMEBODY, WEB

RECOVERY = "code-de-vote/c"
CLICKS = [
    OpenLink("link", "key"),
    ChoosePassword("link", "sealed hash"),
    TakeCredentials("link", "key", "contact id", "sealed address", "c•••"),
    TakeCredentials("link", "key", "contact id", "sealed address", "c•••", language="en"),
    EndDisplay("link"),
]


@pytest.mark.parametrize("click", CLICKS, ids=lambda click: type(click).__name__)
def test_a_click_is_signed_with_all_of_its_content(click: Click) -> None:
    """No field of it can be changed, whichever fields a click may have; nor can it be sent to another recovery."""
    signed = clicks.signed(WEB, RECOVERY, click)
    assert clicks.is_from_web(KEYS.web, RECOVERY, signed)
    assert not clicks.is_from_web(KEYS.web, "code-de-vote/d", signed)
    for field in fields(signed):  # type: ignore[arg-type] # each click is a dataclass
        changed = replace(signed, **{field.name: f"{getattr(signed, field.name)}x"})  # type: ignore[type-var]
        assert not clicks.is_from_web(KEYS.web, RECOVERY, changed), field.name


@pytest.mark.parametrize("click", CLICKS, ids=lambda click: type(click).__name__)
def test_only_the_web_signs_clicks(click: Click) -> None:
    """Somebody else's signature is refused, and so is a click without one."""
    assert not clicks.is_from_web(KEYS.web, RECOVERY, click)
    assert not clicks.is_from_web(KEYS.web, RECOVERY, clicks.signed(SOMEBODY, RECOVERY, click))
    with pytest.raises(clicks.InvalidSignatureError):
        clicks.require_from_web(KEYS.web, RECOVERY, click)


def test_a_note_is_no_click() -> None:
    """What ends the display of a link's secret does not use another link up, nor the other way round."""
    noted = clicks.signed(WEB, RECOVERY, EndDisplay("link"))
    assert not clicks.is_from_web(KEYS.web, RECOVERY, replace(OpenLink("link", ""), signature=noted.signature))
