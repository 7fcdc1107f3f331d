"""The workflows that each worker runs."""

from workflows.acts.bulk_retry import BulkRetry
from workflows.acts.bureau_notice import BureauNotice
from workflows.acts.elector_act import ElectorAct
from workflows.acts.gateway_change import GatewayChange
from workflows.mailings.mailing import Mailing
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.objection import Objection
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.sign_in_code import SignInCodeMailing
from workflows.recoveries.support_request import SupportRequest
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.roll.uploads import RollCheck, RollDecision

RECOVERY_WORKFLOWS = [
    VotingCodeRecovery,
    IdentifierRecovery,
    PasswordRecovery,
    IdentifierAndPasswordRecovery,
    SupportRequest,
    SignInCodeMailing,
    Objection,
]
MAILING_WORKFLOWS = [Mailing]
ACT_WORKFLOWS = [BulkRetry, ElectorAct, BureauNotice, GatewayChange]
ROLL_WORKFLOWS = [RollCheck, RollDecision]
WORKFLOWS: tuple[type, ...] = (*RECOVERY_WORKFLOWS, *MAILING_WORKFLOWS, *ACT_WORKFLOWS, *ROLL_WORKFLOWS)
