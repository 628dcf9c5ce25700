"""What of the settings a call meets: whether there is anything to call, who calls, what may be asked and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request

from decidua.errors import UsageError
from decidua.service.settings import Settings
from decidua.web.refused import Refused

if TYPE_CHECKING:
    from decidua.service.cds.feedback import Store
    from decidua.service.ehr.reach import Reach
    from decidua.service.ehr.settings import Ehr
    from decidua.service.ehr.tokens import Callers

PREFIX = "/cds-services"


class Gate:
    """One for an app. `reach`, `store` None: nothing is asked for, nothing is kept. `base`: where cards lead."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.on = settings, settings.cds_hooks
        self.base = settings.ehr.base if settings.ehr else settings.base
        self.reach: Reach | None = None
        self.store: Store | None = None
        self._callers: Callers | None = None
        if settings.ehr is not None:
            self._open(settings)

    def _open(self, settings: Settings) -> None:
        """Raises UsageError for keys or a file that cannot be read, or a library that is not there."""
        assert settings.ehr is not None
        try:
            from decidua.service.ehr.keys import KeySet
            from decidua.service.ehr.reach import Reach
            from decidua.service.ehr.replay import Replay
            from decidua.service.ehr.tokens import Callers
        except ImportError:
            raise UsageError("error.ehr-extra") from None
        from decidua.service.cds.feedback import Store

        self.reach = Reach(settings.ehr.networks, settings.ehr.seconds)
        if settings.ehr.feedback is not None:
            self.store = Store(settings.ehr.feedback)
        sets = {ehr.issuer: KeySet(ehr, self.reach) for ehr in settings.ehr.ehrs}
        self._callers = Callers(sets, Replay(settings.replay))

    async def caller(self, request: Request) -> Ehr | None:
        """The EHR that calls; None for a trial on this machine. Raises Refused: 404 where there is nothing to call,
        401 for a token that is not good, 503 where it cannot be checked."""
        if not self.on:
            raise Refused(404, "cds.off-call")
        if self._callers is None:
            return None
        return await self._callers.caller(request.headers.get("authorization", ""), self.base + request.scope["path"])

    async def close(self) -> None:
        """When the service ends. What it held is nobody's then."""
        if self.reach is not None:
            await self.reach.close()
        self.put_away()

    def put_away(self) -> None:
        """The files that it opened."""
        if self._callers is not None:
            self._callers.replay.close()
        if self.store is not None:
            self.store.close()
