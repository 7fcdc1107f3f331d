"""Mails the code of a sign-in: sealed, and delivered by a workflow of its own."""

import json
import secrets

from temporalio.client import Client

from activities.accounts.sign_in_codes import CodeMail
from activities.security.purposes import SIGN_IN_CODE
from activities.security.vault import Vault
from activities.sending.sign_in_code import SealedCodeMail
from election.settings import Election
from election.text.translation import language
from workflows.contracts import options, search_attributes
from workflows.recoveries.sign_in_code import SignInCodeMailing
from workflows.runtime.temporal_calls import UPDATE_TIMEOUT, translate_errors

_KIND = "sign-in-code"  # its `RecoveryProcedure`
_ID_PREFIX = "code-de-connexion"
# Longer than any address and code: the envelope of a mail that is not sent is as long as the others.
_LENGTH = 400


class SignInCodeClient:
    """Starts the workflow of each mail; also where nothing is sent, so that neither answer nor outage tells."""

    def __init__(self, client: Client, election: Election, vault: Vault) -> None:
        self._client = client
        self._election = election
        self._vault = vault

    async def send(self, mail: CodeMail) -> None:
        """Return once the mail will be sent, whatever becomes of this process; an empty one is not.

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        number, request_id = secrets.token_hex(16), secrets.token_hex(16)
        workflow_id = f"{_ID_PREFIX}/{number}"
        clear = json.dumps({"address": mail.address, "code": mail.code}).ljust(_LENGTH)
        sealed = await self._vault.seal(workflow_id, request_id, {SIGN_IN_CODE: clear})
        lifetime = self._election.sign_in.code_lifetime
        with translate_errors():
            await self._client.start_workflow(
                SignInCodeMailing.run,
                SealedCodeMail(workflow_id, request_id, sealed[SIGN_IN_CODE], lifetime, language()),
                id=workflow_id,
                task_queue=options.RECOVERIES,
                static_summary="Code de connexion",
                search_attributes=search_attributes.at_start(_KIND, self._election.id),
                rpc_timeout=UPDATE_TIMEOUT,
            )
