"""« Liste électorale »: administrators upload a file, which is judged; another one confirms it; the bureau reads all of it.

The file has the proofs of every elector. It is sealed as it arrives, for the role that imports; this process can neither open it
again nor compare it with the roll.
"""

import asyncio
import re
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Path, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.roll_uploads.orders import UploadKind, UploadState
from activities.roll_uploads.uploads import MOST_BYTES, EmptyFileError, FileTooLargeError, Upload, Uploader
from console.clients.order_answer import OrderAnswer
from console.clients.roll_orders import RollOrders
from console.context.operator import (
    Administrator,
    CsrfError,
    Operator,
    PollingRollReader,
    RollReader,
    require_csrf,
)
from console.context.pages import HOME
from console.forms.upload_form import UnreadableFormError, UploadForm
from console.presenters.act_confirmation import of_abandoning
from console.presenters.roll import KIND_HINTS, KINDS, is_uploader, upload_page
from workflows.contracts.options import ROLL

URL = f"{HOME}/liste"
UPLOAD = f"{URL}/fichiers"
router = APIRouter(prefix=URL)
UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
_COMMAND = (
    'docker compose run --rm --no-deps --user "$(id -u)" -e REASSORT_PEPPER '
    '-v "$PWD/liste.csv:/tmp/liste.csv:ro" migrate '
    "python -m activities.roll_import.load_roll /tmp/liste.csv --report /dev/stderr"
)
_BLANKS = re.compile(r"\s+")
_WITHIN = timedelta(minutes=30)  # 300 MB at 1.4 Mbit/s
_NO_FILE = "Choisissez le fichier à déposer, et ce qu’il doit faire."
_TOO_LARGE = f"Ce fichier a plus de {MOST_BYTES // 1024**2} Mo\u00a0: coupez-le en deux. Rien n’en est gardé."
_UNREADABLE = "Le fichier n’est pas arrivé en entier. Rien n’en est gardé\u00a0: déposez-le de nouveau."
SAME_PERSON = "C’est vous qui avez fait ce dépôt\u00a0: une autre personne de l’administration doit le confirmer."
NOT_NOW = "Ce dépôt n’attend plus de décision."


class _RefusedUploadError(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@router.get("")
async def show(operator: RollReader, empreinte: str = "") -> HTMLResponse:
    """Return what was uploaded and imported, and what a file's SHA-256 was imported as."""
    return await _list(operator, empreinte)


@router.post("/fichiers")
async def upload(request: Request, operator: Administrator) -> Response:
    """Store a file as it arrives, sealed, have it judged, and lead to its page."""
    try:
        form = UploadForm(request)
    except UnreadableFormError:
        return await _list(operator, status=422, error=_NO_FILE)
    try:
        async with asyncio.timeout(_WITHIN.total_seconds()):
            stored = await _stored(operator, form)
    except TimeoutError:
        return await _list(operator, status=408, error=_UNREADABLE)
    except (CsrfError, _RefusedUploadError) as refused:
        await form.skip(2 * MOST_BYTES)
        if isinstance(refused, CsrfError):
            raise
        return await _list(operator, status=refused.status, error=refused.sentence)
    return await after(operator, stored, await orders(operator).check(stored, administrator(operator)))


@router.get("/fichiers/{upload_id}")
async def show_upload(upload_id: UploadId, operator: RollReader) -> HTMLResponse:
    """Return the page of an upload."""
    return await _shown(operator, await _find(operator, upload_id))


@router.get("/fichiers/{upload_id}/etat")
async def fragment(upload_id: UploadId, operator: PollingRollReader) -> HTMLResponse:
    """Return the part of the page that changes, for its script."""
    context = await _context(operator, await _find(operator, upload_id))
    return HTMLResponse(operator.console.pages.text("roll_upload_state.html", operator=operator, **context))


@router.post("/fichiers/{upload_id}/lire")
async def check(upload_id: UploadId, operator: Administrator, csrf: Annotated[str, Form()] = "") -> Response:
    """Have a file judged whose first order was lost, for who has uploaded it."""
    require_csrf(operator, csrf)
    found = await _find(operator, upload_id)
    if found.state is not UploadState.RECEIVED or not is_uploader(found, operator.subject):
        return await _shown(operator, found, 409, NOT_NOW)
    return await after(operator, found, await orders(operator).check(found, administrator(operator)))


@router.post("/fichiers/{upload_id}/confirmer")
async def confirm(upload_id: UploadId, operator: Administrator, csrf: Annotated[str, Form()] = "") -> Response:
    """Have a file imported that another administrator has uploaded."""
    require_csrf(operator, csrf)
    found = await _find(operator, upload_id)
    if found.state is not UploadState.CHECKED or found.kind is UploadKind.CHANGE:
        return await _shown(operator, found, 409, NOT_NOW)
    if is_uploader(found, operator.subject):
        return await _shown(operator, found, 403, SAME_PERSON)
    return await after(
        operator, found, await orders(operator).decide(found, administrator(operator), confirms=True)
    )


@router.get("/fichiers/{upload_id}/abandonner")
async def confirm_abandoning(upload_id: UploadId, operator: Administrator) -> Response:
    """Return the confirmation of abandoning an upload."""
    found = await _find(operator, upload_id)
    if found.state not in {UploadState.RECEIVED, UploadState.CHECKED}:
        return await _shown(operator, found, 409, NOT_NOW)
    return operator.page("act_confirmation.html", confirmed=of_abandoning(f"{UPLOAD}/{upload_id}", found.kind))


@router.post("/fichiers/{upload_id}/abandonner")
async def abandon(upload_id: UploadId, operator: Administrator, csrf: Annotated[str, Form()] = "") -> Response:
    """Have a file deleted that was not confirmed; who has uploaded it may."""
    require_csrf(operator, csrf)
    found = await _find(operator, upload_id)
    if found.state not in {UploadState.RECEIVED, UploadState.CHECKED}:
        return await _shown(operator, found, 409, NOT_NOW)
    return await after(
        operator, found, await orders(operator).decide(found, administrator(operator), confirms=False)
    )


async def _stored(operator: Operator, form: UploadForm) -> Upload:
    try:
        fields = await form.fields()
        require_csrf(operator, fields.get("csrf", ""))
        if fields.get("kind") not in KIND_HINTS:
            raise _RefusedUploadError(422, _NO_FILE)
        kind = UploadKind(fields["kind"])
        return await operator.console.services.roll_uploads.store(administrator(operator), kind, form.file())
    except EmptyFileError:
        raise _RefusedUploadError(422, _NO_FILE) from None
    except FileTooLargeError:
        raise _RefusedUploadError(413, _TOO_LARGE) from None
    except UnreadableFormError:
        raise _RefusedUploadError(422, _UNREADABLE) from None


async def after(operator: Operator, found: Upload, answer: OrderAnswer) -> Response:
    """Lead to the page of an upload, or say there what became of the order if that is not to be seen."""
    now = await _find(operator, found.id)
    if answer.is_done and (not answer.sentence or now.state is not found.state):
        return RedirectResponse(f"{UPLOAD}/{found.id}", 303)
    return await _shown(operator, now, 202 if answer.is_done else 409, answer.sentence)


async def _list(operator: Operator, fingerprint: str = "", status: int = 200, error: str = "") -> HTMLResponse:
    services = operator.console.services
    files = await services.roll_history.imports()
    is_worker_silent = await _is_worker_silent(operator)
    wanted = _BLANKS.sub("", fingerprint).lower()[:64]
    return operator.page(
        "roll.html",
        status,
        command=_COMMAND,
        files=files,
        wanted=wanted,
        found=[each for each in files if wanted and each.file_hash == wanted],
        uploads=[
            upload_page(UPLOAD, each, files, is_worker_silent=is_worker_silent)
            for each in await services.roll_uploads.recent()
        ],
        kinds=[(kind, KINDS[kind], hint) for kind, hint in KIND_HINTS.items()],
        most=MOST_BYTES // 1024**2,
        is_worker_silent=is_worker_silent,
        error=error,
    )


async def _find(operator: Operator, upload_id: str) -> Upload:
    found = await operator.console.services.roll_uploads.find(upload_id)
    if found is None:
        raise HTTPException(404)
    return found


async def _is_worker_silent(operator: Operator) -> bool:
    return bool(await operator.console.services.heartbeat.silent([ROLL]))


async def _context(operator: Operator, found: Upload) -> dict[str, Any]:
    history = await operator.console.services.roll_history.imports()
    silent = await _is_worker_silent(operator)
    return {
        "upload": upload_page(UPLOAD, found, history, is_worker_silent=silent),
        "may_confirm": not is_uploader(found, operator.subject),
        "same_person": SAME_PERSON,
    }


async def _shown(operator: Operator, found: Upload, status: int = 200, error: str = "") -> HTMLResponse:
    return operator.page("roll_upload.html", status, error=error, **await _context(operator, found))


def administrator(operator: Operator) -> Uploader:
    """Return an administrator as uploads and decisions name one."""
    return Uploader(operator.journal_name, operator.subject)


def orders(operator: Operator) -> RollOrders:
    """Return what gives an administrator's orders."""
    console = operator.console
    return RollOrders(console.client, console.signing_key, console.now)
