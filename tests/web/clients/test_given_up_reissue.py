"""A click whose reissue an operator gave up, while the database has not heard of it."""

from typing import Any, NoReturn, cast

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.recoveries.links import LinkRecord
from activities.security.signatures import SigningKey
from election.verdicts import LinkVerdict
from tests.support.signing import WEB_SEED
from web.clients.link import LinkClient
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.runtime.temporal_calls import TemporalUnavailableError

LINK = LinkRecord("code-de-vote/elector", "link", LinkVerdict.LIVE)


class _GivenUp:
    """A server whose every update fails as one that was given up."""

    def get_workflow_handle(self, _workflow_id: str) -> "_GivenUp":
        """Return the handle of any workflow."""
        return self

    async def execute_update(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Fail."""
        raise WorkflowUpdateFailedError(ApplicationError("given up", type="DatabaseFault"))


async def _use(click_id: str | None) -> object:
    client = LinkClient(cast("Client", _GivenUp()), SigningKey(bytes.fromhex(WEB_SEED)))
    return await client.use(LINK, cast("Any", VotingCodeRecovery.open_link), None, click_id)


async def test_a_click_that_can_only_have_the_same_answer_is_told_that_its_link_is_cancelled() -> None:
    """The click of a browser has one id, whose failure is kept: it must not be told to try again."""
    assert await _use("click") is LinkVerdict.CANCELLED


async def test_a_click_without_an_id_can_be_sent_again() -> None:
    """The next one is another update, which the recovery answers itself."""
    with pytest.raises(TemporalUnavailableError):
        await _use(None)
