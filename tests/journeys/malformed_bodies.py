"""Unusual texts and malformed bodies for forms, and the check of any response to them."""

import re

import httpx2

URLENCODED = "application/x-www-form-urlencoded"
HTML = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"

HIDDEN = ["csrf", "form_id", "captcha_id", "step_token"]
TYPED = [
    "identifier",
    "password",
    "voting_code",
    "captcha",
    "answer",
    "proof",
    "channel",
    "phone",
    "email",
    "after",
    "action",
]
FIELDS = [*TYPED, *HIDDEN]

# Texts for any field of a form.
TEXTS = {
    "nothing": "",
    "spaces": " \u00a0\u202f\t ",
    "emoji": "🗳️👩🏽\u200d🏫",
    "NUL": "a\0b",
    "right to left": "\u202eabc\u2066 عربى",
    "SQL": "'; DROP TABLE electors; --",
    "HTML": HTML,
    "template": "{{ 7 * 7 }}{% raw %}${7*7}",
    "lines": "a\r\nSet-Cookie: b=c\r\n\r\n",
    "combining": "é" + "\u0301" * 200,
    "long": "é" * 9000,
    "path": "../../../../etc/passwd",
    "digits": "٣٤٥٦٧٨",
    "non-character": "\ufffe\uffff\U0010ffff",
    "separators": "a|b:c\\0d\x1fe,f;g/h",
    "many separators": "|" * 250,
}


def bodies(hidden: dict[str, str]) -> dict[str, tuple[str, bytes]]:
    """Return malformed or foreign bodies for a form with these hidden fields: (content type, body), by name."""
    fields = "&".join(f"{name}={text}" for name, text in hidden.items()).encode()
    parts = b"".join(_part(name, text.encode()) for name, text in hidden.items())
    file = b'--x\r\nContent-Disposition: form-data; name="identifier"; filename="a"\r\n\r\nabc\r\n'
    odd = _part("identifier", rb"\ud800+2AA-")
    return {
        "no body": (URLENCODED, b""),
        "1 MB": (URLENCODED, fields + b"&answer=" + b"a" * 1_000_000),
        "repeated": (URLENCODED, fields + b"&" + fields + b"&answer=1&answer=2"),
        "many fields": (URLENCODED, fields + b"&a=b" * 1000),
        "not UTF-8": (URLENCODED, fields + b"&identifier=\xff\xfe&password=%FF%C3%28&answer=%ED%A0%80"),
        "no name": (URLENCODED, fields + b"&=&&=x&answer"),
        "JSON": ("application/json", b'{"csrf": ["x"]}'),
        "text": ("text/plain", fields),
        "no type": ("", fields),
        "a file": ("multipart/form-data; boundary=x", parts + file + b"--x--\r\n"),
        "no boundary": ("multipart/form-data", parts),
        "cut short": ("multipart/form-data; boundary=x", parts[: len(parts) // 2]),
        "surrogates": ("multipart/form-data; boundary=x; charset=unicode_escape", parts + odd + b"--x--\r\n"),
        "UTF-7": ("multipart/form-data; boundary=x; charset=utf-7", parts + odd + b"--x--\r\n"),
        "no charset": ("multipart/form-data; boundary=x; charset=undefined", parts + odd + b"--x--\r\n"),
    }


def assert_clear_response(answer: httpx2.Response) -> None:
    """Check a response: no server error, the security headers, and if it is a page, in French with escaped input."""
    assert answer.status_code < 500, answer.text
    headers = answer.headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    for cookie in headers.get_list("set-cookie"):
        assert re.search(r"; HttpOnly.*; SameSite=(lax|strict)", cookie)
    if headers.get("content-type", "").startswith("text/html"):
        assert '<html lang="fr"' in answer.text
        assert "<h1" in answer.text
        assert HTML not in answer.text
        assert "onerror=alert(1)>" not in answer.text


def _part(name: str, content: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + content + b"\r\n"
