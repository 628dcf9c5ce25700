"""What a FHIR server says of its authorization server (`.well-known/smart-configuration`), and what of it is taken."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from decidua.service.ehr.addresses import is_secure, origin_of
from decidua.service.ehr.settings import Ehr
from decidua.service.ehr.unreachable import UnreachableError
from decidua.web.refused import Refused

if TYPE_CHECKING:
    from decidua.service.ehr.reach import Reach

KEPT = 600.0
"""Seconds."""
KINDS = (
    "Patient", "Observation", "Condition", "AllergyIntolerance", "MedicationRequest", "MedicationStatement",
    "Procedure",
)  # fmt: skip
"""The types that are read: no more is asked for, nothing is written, and nothing lasts beyond the visit."""


class Configuration(msgspec.Struct):
    """The parts that are read."""

    authorization_endpoint: str
    token_endpoint: str
    issuer: str = ""
    capabilities: list[str] = []
    code_challenge_methods_supported: list[str] = []

    def scopes(self, *, launched: bool) -> str:
        """The least: one patient, to read; in the spelling that the server knows."""
        end = "rs" if "permission-v2" in self.capabilities else "read"
        return " ".join(["launch" if launched else "launch/patient", *(f"patient/{kind}.{end}" for kind in KINDS)])


_CONFIGURATION = msgspec.json.Decoder(Configuration)


@dataclass
class Configurations:
    """Those of all servers, each kept for a while."""

    reach: Reach
    kept: dict[str, tuple[float, Configuration]] = field(default_factory=dict)

    async def of(self, ehr: Ehr, server: str) -> Configuration:
        """Raises Refused: 502 where it cannot be had, or is not good enough for a patient's record."""
        came, known = self.kept.get(server, (-KEPT, None))
        if known is not None and time.monotonic() - came < KEPT:
            return known
        try:
            answer = await self.reach.ask(f"{server.rstrip('/')}/.well-known/smart-configuration")
            found = _CONFIGURATION.decode(answer.body) if answer.status == 200 else None
        except (UnreachableError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = None
        if found is None:
            raise Refused(502, "smart.unreachable", ehr=ehr.name)
        if not self._good(found, ehr, server):
            raise Refused(502, "smart.configuration", ehr=ehr.name)
        self.kept[server] = (time.monotonic(), found)
        return found

    def _good(self, found: Configuration, ehr: Ehr, server: str) -> bool:
        """Both addresses are of the FHIR server or of the listed authority; PKCE by S256 is known there."""
        authority = ehr.smart.authority if ehr.smart else None
        trusted = {origin_of(server), *([origin_of(authority)] if authority else [])}
        ends = (found.authorization_endpoint, found.token_endpoint)
        ours = all(is_secure(one, self.reach.networks) and origin_of(one) in trusted for one in ends)
        return ours and "S256" in found.code_challenge_methods_supported
