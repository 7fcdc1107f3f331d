"""What every router uses, built once at start."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from activities.gateways.identity.provider import FranceConnect
from activities.security.sealed_drafts import SealedDrafts
from activities.services import RollServices
from activities.upkeep.recovery_metrics import RecoveryMetrics
from election.settings import Election
from election.text.translation import Languages
from web.captcha.renderings import CaptchaRenderings, captcha_renderings
from web.clients.identifier import IdentifierClient
from web.clients.identifier_and_password import IdentifierAndPasswordClient
from web.clients.link import LinkClient
from web.clients.objection import ObjectionClient
from web.clients.password import PasswordClient
from web.clients.sign_in_code import SignInCodeClient
from web.clients.support import SupportClient
from web.clients.voting_code import VotingCodeClient
from web.context.form_tokens import FormTokens
from web.context.pages import Pages
from web.following.feed import ProgressFeed
from web.following.sms_delay import SmsDelay
from web.following.status import RecoveryStatuses
from web.http.sse_limit import SseLimit
from web.presenters.offer import Offer, offer_of


@dataclass(frozen=True)
class AppContext:
    """The election, the services of the roll, the clients of the recoveries, the pages.

    Voters reach the application at `public_url`, which has no slash at its end. `france_connect` is None when the settings
    name no provider.
    """

    election: Election
    services: RollServices
    statuses: RecoveryStatuses
    feed: ProgressFeed
    sms_delay: SmsDelay
    voting_code_client: VotingCodeClient
    support_client: SupportClient
    identifier_client: IdentifierClient
    link_client: LinkClient
    objection_client: ObjectionClient
    password_client: PasswordClient
    sign_in_code_client: SignInCodeClient
    identifier_and_password_client: IdentifierAndPasswordClient
    pages: Pages
    languages: Languages
    form_tokens: FormTokens
    sealed_drafts: SealedDrafts
    sse_limit: SseLimit
    most_requests: int
    now: Callable[[], datetime]
    temporal_answers: Callable[[], Awaitable[bool]]
    warnings: Callable[[], Awaitable[list[str]]]
    recovery_metrics: RecoveryMetrics
    public_url: str
    france_connect: FranceConnect | None
    captcha_renderings: CaptchaRenderings = field(default_factory=captcha_renderings)

    @property
    def offer(self) -> Offer:
        """What the election offers to voters."""
        return offer_of(self.election, has_provider=self.france_connect is not None)

    @property
    def is_https(self) -> bool:
        """Whether voters reach the application by HTTPS."""
        return self.public_url.startswith("https://")


# Asynchronous, as each dependency here: FastAPI runs a plain function in a thread, on every request.
async def _app(request: Request) -> AppContext:
    app: AppContext = request.app.state.context
    return app


CurrentApp = Annotated[AppContext, Depends(_app)]
