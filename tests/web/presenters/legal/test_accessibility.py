"""The declaration names only criteria that a test looks at."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.spoken import WRAPPED
from web.presenters.legal.accessibility import TESTED, percent

_ROOT = Path(__file__).parents[4]
_AXE = ("tests/browser/test_states.py", "test_a_page_is_accessible")
_TEMPLATES = "tests/web/templates/test_templates.py"
_KEYBOARD = ("tests/browser/test_keyboard.py", "test_the_form_is_filled_in_by_keyboard_alone")
# Which test looks at a criterion of the RGAA, in part or whole; for axe, the rule that does.
_TESTS = {
    "1.1": (*_AXE, "image-alt"),
    "1.4": (*_AXE, "image-alt"),
    "1.5": ("tests/web/captcha/test_speech.py", "test_each_digit_is_heard_with_a_pause_after_it"),
    "3.2": (*_AXE, "color-contrast"),
    "5.7": (*_AXE, "td-headers-attr"),
    "6.2": (*_AXE, "link-name"),
    "7.3": _KEYBOARD,
    "8.3": (_TEMPLATES, "test_a_page_says_its_language_and_its_own_title"),
    "8.6": (_TEMPLATES, "test_a_page_says_its_language_and_its_own_title"),
    "9.1": (_TEMPLATES, "test_a_page_has_one_h1_and_skips_no_heading_level"),
    "10.7": ("tests/browser/test_keyboard.py", "test_the_focus_is_visible"),
    "10.11": _AXE,
    "11.1": (_TEMPLATES, "test_every_field_has_a_label_and_points_at_what_exists"),
    "11.10": (_TEMPLATES, "test_a_refused_form_says_so_first"),
    "12.7": _KEYBOARD,
    "12.8": _KEYBOARD,
    "13.1": (_TEMPLATES, "test_no_page_reloads_or_leaves_by_itself"),
}


def test_each_criterion_has_its_test() -> None:
    """In the order of the RGAA, each once."""
    assert [each.number for each in TESTED] == list(_TESTS)


@pytest.mark.parametrize("number", _TESTS)
def test_the_test_of_a_criterion_exists(number: str) -> None:
    """In the file that is named."""
    file, name, *_ = _TESTS[number]
    assert re.search(rf"^(async )?def {name}\(", (_ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_axe_has_the_rules_that_are_meant() -> None:
    """By their names, in the version that the tests use."""
    rules = [each[2] for each in _TESTS.values() if len(each) > len(_AXE)]
    assert [rule for rule in rules if f'"{rule}"' not in Axe().axe_script] == []


@pytest.mark.parametrize(("rate", "written"), [(72.5, "72,5\u00a0%"), (100.0, "100\u00a0%"), (0.0, "0\u00a0%")])
def test_a_rate_has_a_decimal_comma(rate: float, written: str) -> None:
    """And none where it is whole; in English a point, and no space."""
    assert percent(rate) == written
    with WRAPPED.speaking("en"):
        assert percent(rate) == written.replace(",", ".").replace("\u00a0", "")
