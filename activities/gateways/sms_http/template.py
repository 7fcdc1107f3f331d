"""Fills the placeholders of a provider's file: `{to}`, `{text}`, `{account.api_key}`."""

import re
from collections.abc import Mapping
from typing import Any

Value = str | bool | int
_PLACEHOLDER = re.compile(r"\{([a-z][\w.]*)\}")


class MissingValueError(ValueError):
    """Raised when a placeholder has no value; the text names it."""


def filled(template: str, values: Mapping[str, Value]) -> str:
    """Return a text with the value of each placeholder in its place; what the values hold is not read again.

    Raises:
        MissingValueError: a placeholder has no value.
    """
    return _PLACEHOLDER.sub(lambda found: str(_value(found[1], values)), template)


def filled_json(template: Any, values: Mapping[str, Value]) -> Any:
    """Return a JSON value, filled; a string that is one placeholder becomes its value, a number or `true` included."""
    if isinstance(template, dict):
        return {name: filled_json(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [filled_json(value, values) for value in template]
    if not isinstance(template, str):
        return template
    alone = _PLACEHOLDER.fullmatch(template)
    return _value(alone[1], values) if alone else filled(template, values)


def found_at(path: str, content: Any) -> str:
    """Return the value at a path such as `ids.0`, as text; empty where there is none."""
    for step in path.split(".") if path else ():
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and step.isdecimal() and int(step) < len(content):
            content = content[int(step)]
        else:
            return ""
    is_one = isinstance(content, str | int) and bool(path)
    return str(content) if is_one else ""


def _value(name: str, values: Mapping[str, Value]) -> Value:
    try:
        return values[name]
    except KeyError:
        raise MissingValueError(f"`{{{name}}}` has no value") from None
