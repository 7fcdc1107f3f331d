"""« Modifier un électeur »: an administrator types one elector's new work address or name, and another one types it again.

What is typed is sealed at once, as an uploaded file is: this process can neither open it again nor compare it with the roll.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from types import MappingProxyType

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from activities.roll_uploads.elector_change import sealable
from activities.roll_uploads.orders import UploadKind, UploadState
from activities.roll_uploads.uploads import Upload
from console.clients.roll_orders import DIFFERENT_ENTRY
from console.context.operator import Administrator, Operator, require_csrf
from console.forms.elector_form import VALUES, TypedChange, typed_change
from console.forms.typed_fields import typed_fields
from console.presenters.roll import is_uploader
from console.routers.roll import NOT_NOW, SAME_PERSON, UPLOAD, URL, UploadId, administrator, after, orders

router = APIRouter(prefix=f"{URL}/electeurs")
_ASK = f"{URL}/electeurs/modifier"
_NOTHING: Mapping[str, str] = MappingProxyType({})


@router.get("/modifier")
async def show(operator: Administrator) -> Response:
    """Return the form."""
    return _request(operator)


@router.post("/modifier")
async def ask(request: Request, operator: Administrator) -> Response:
    """Store what was typed, sealed, have it judged, and lead to its page."""
    typed = await _typed(request, operator, needs_reason=True)
    if typed.change is None:
        return _request(operator, typed)
    uploads, by = operator.console.services.roll_uploads, administrator(operator)
    stored = await uploads.store(by, UploadKind.CHANGE, _once(sealable(typed.change)), typed.reason)
    return await after(operator, stored, await orders(operator).check(stored, by))


@router.get("/{upload_id}/confirmer")
async def show_confirmation(upload_id: UploadId, operator: Administrator) -> Response:
    """Return the form in which the second person types the change again."""
    found = await _find(operator, upload_id)
    return _refusal(operator, found) or _confirmation(operator, found)


@router.post("/{upload_id}/confirmer")
async def confirm(request: Request, upload_id: UploadId, operator: Administrator) -> Response:
    """Have a change written that another administrator has asked for, if the same was typed again."""
    typed = await _typed(request, operator, needs_reason=False)
    found = await _find(operator, upload_id)
    if refusal := _refusal(operator, found, typed_fields(typed.fields)):
        return refusal
    if typed.change is None:
        return _confirmation(operator, found, 422, typed.error, typed.fields)
    entry = await operator.console.services.roll_uploads.add_entry(found, sealable(typed.change))
    answer = await orders(operator).decide(found, administrator(operator), confirms=True, entry=entry)
    if not answer.is_done:
        kept = _NOTHING if answer.sentence == DIFFERENT_ENTRY else typed.fields
        return _confirmation(operator, found, 409, answer.sentence, kept)
    return await after(operator, found, answer)


def _request(operator: Operator, refused: TypedChange | None = None) -> Response:
    status, error, typed = (422, refused.error, refused.fields) if refused else (200, "", {})
    context = {"action": _ASK, "back": URL, "upload": None, "error": error, "typed": typed}
    return operator.page("roll_elector.html", status, values=VALUES, **context)


def _confirmation(
    operator: Operator, found: Upload, status: int = 200, error: str = "", typed: Mapping[str, str] = _NOTHING
) -> Response:
    """Return the form for the second person; an entry that differs from the first is typed again from the beginning."""
    action, back = f"{router.prefix}/{found.id}/confirmer", f"{UPLOAD}/{found.id}"
    context = {"action": action, "back": back, "upload": found, "error": error, "typed": typed}
    return operator.page("roll_elector.html", status, values=VALUES, **context)


def _refusal(operator: Operator, found: Upload, typed: Sequence[tuple[str, str]] = ()) -> Response | None:
    """Return the page that says why this operator cannot confirm a change, with what was typed, or None."""
    back = [("Revenir à la demande", f"{UPLOAD}/{found.id}")]
    if found.state is not UploadState.CHECKED:
        return operator.message(409, "Trop tard", [NOT_NOW], back, typed=typed)
    if is_uploader(found, operator.subject):
        return operator.message(403, "Une autre personne confirme", [SAME_PERSON], back, typed=typed)
    return None


async def _find(operator: Operator, upload_id: str) -> Upload:
    found = await operator.console.services.roll_uploads.find(upload_id)
    if found is None or found.kind is not UploadKind.CHANGE:
        raise HTTPException(404)
    return found


async def _typed(request: Request, operator: Operator, *, needs_reason: bool) -> TypedChange:
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    require_csrf(operator, fields.get("csrf", ""))
    return typed_change(fields, needs_reason=needs_reason)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
