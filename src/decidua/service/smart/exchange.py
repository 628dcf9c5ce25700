"""From the code that the browser brings back to the patient's record. The token lives as long as this call."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from decidua.fhir.cards.services import templates
from decidua.guidelines import Knowledge
from decidua.service.cds.call import ID, TOKEN
from decidua.service.cds.record import Access, Record, gather
from decidua.service.ehr.unreachable import UnreachableError
from decidua.service.smart.waiting import Waiting
from decidua.web.refused import Refused

if TYPE_CHECKING:
    from decidua.service.ehr.reach import Reach

SECONDS = 20.0
"""For the whole record: a person is waiting, who knows why."""


@dataclass(frozen=True)
class Granted:
    """`patient`: the id of the one whom the clinician chose. The token is shown nowhere, in no error and no log."""

    token: str
    patient: str

    def __repr__(self) -> str:
        return "Granted()"


async def granted(reach: Reach, waiting: Waiting, client: str, code: str, back: str) -> Granted:
    """Raises Refused: 502 where the authorization server does not give a token, 422 where it names no patient."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": client,
        "code_verifier": waiting.verifier,
    }  # fmt: skip
    try:
        answer = await reach.ask(waiting.token_endpoint, form=urlencode(form).encode())
        said = json.loads(answer.body) if answer.status == 200 else None
    except (UnreachableError, ValueError, RecursionError):
        said = None
    token = said.get("access_token") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise Refused(502, "smart.no-token")
    if str(said.get("token_type", "")).lower() != "bearer":
        raise Refused(502, "smart.no-token")
    patient = said.get("patient")
    if not isinstance(patient, str) or not ID.fullmatch(patient):
        raise Refused(422, "smart.no-patient")
    return Granted(token, patient)


async def record_of(reach: Reach, knowledge: Knowledge, waiting: Waiting, given: Granted) -> Record:
    """Raises Refused 502 where the parts cannot be had without which nothing can be said."""
    access = Access(waiting.server, given.token, reach, asyncio.get_running_loop().time() + SECONDS)
    try:
        return await gather(templates(knowledge), {}, given.patient, access)
    except Refused as refused:
        raise Refused(502, "smart.data", kinds=refused.parts.get("kinds", "")) from None
