"""Sending the mails that the relay has handed over. Decides nothing: what is sent, and whether, the verbs say."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from backend.kit.actor import SCHEDULE
from backend.kit.entrance import Entrance
from backend.notices import verbs
from backend.notices.verbs import Handover
from backend.settings import Settings
from workers.mail import Line, NotSent, open_line

log = logging.getLogger(__name__)


@dataclass
class Sender:
    """Sends batches; several at once."""

    settings: Settings
    entrance: Entrance
    lease: timedelta
    is_stopping: bool = False

    async def send(self, ids: Sequence[int]) -> None:
        """Send what is still to be sent of these; what is left when we are asked to stop is free for others."""
        line = open_line(self.settings)
        try:
            for place, id in enumerate(ids):
                if self.is_stopping:
                    await self.entrance.enter(SCHEDULE, verbs.take_back, delivery_ids=list(ids[place:]))
                    return
                await self._send(line, id)
        finally:
            await asyncio.to_thread(line.close)

    async def _send(self, line: Line, id: int) -> None:
        handover = Handover()
        await self.entrance.enter(
            SCHEDULE,
            verbs.begin_mail,
            delivery_id=id,
            handover=handover,
            base_url=self.settings.base_url,
            lease=self.lease,
        )
        if handover.mail is None:
            return
        try:
            await asyncio.to_thread(line.post, handover.mail)
        except NotSent as fault:
            log.warning("mail %s was not sent: %s", id, fault)
            await self.entrance.enter(
                SCHEDULE, verbs.fail_mail, delivery_id=id, failure=str(fault), is_final=fault.is_final
            )
        else:
            await self.entrance.enter(SCHEDULE, verbs.finish_mail, delivery_id=id)
