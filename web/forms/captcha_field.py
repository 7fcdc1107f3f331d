"""The CAPTCHA of a form: drawn for a session, spent with the form."""

from dataclasses import dataclass

from activities.accounts.sessions import Session
from election.text.translation import gettext as _
from web.context.app_context import AppContext
from web.forms.submitted_form import Form
from web.presenters import sentences


@dataclass(frozen=True)
class CaptchaField:
    """What a form's template needs of a CAPTCHA."""

    id: str


def new_captcha(app: AppContext, session: Session) -> CaptchaField:
    """Return a new CAPTCHA for this session; each rendering of a form has a new one."""
    return CaptchaField(app.services.captchas.draw(session.id_hash))


async def spend_captcha(app: AppContext, session: Session, form: Form) -> None:
    """Use up the CAPTCHA of a form, and note an error when its answer is wrong."""
    captchas = app.services.captchas
    is_correct = await captchas.spend(form["captcha_id"], session.id_hash, form["captcha"], form.fingerprint)
    if not form["captcha"].strip():
        form.errors.setdefault("captcha", _("Recopiez les chiffres de l’image ou de l’enregistrement."))
    elif not is_correct:
        form.errors.setdefault("captcha", _(sentences.WRONG_CAPTCHA))
