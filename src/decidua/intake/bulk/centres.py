"""Where a patient is treated: the organisation that her Patient resource names, as a group of the table."""

from __future__ import annotations

import msgspec
from msgspec import Struct


class Identifier(Struct, gc=False):
    value: str | None = None


class Organization(Struct):
    """A reference to one."""

    identifier: Identifier | None = None
    reference: str | None = None


class _Patient(Struct):
    resourceType: str | None = None
    id: str | None = None
    managingOrganization: Organization | None = None


class _Entry(Struct):
    resource: _Patient | None = None


class _Bundle(Struct):
    entry: list[_Entry] | None = None


_DECODER = msgspec.json.Decoder(_Bundle)


def centre(organization: Organization | None) -> str | None:
    """Its identifier, else the id by which it is referred to."""
    if organization is None:
        return None
    if organization.identifier is not None and organization.identifier.value:
        return organization.identifier.value
    return (organization.reference or "").rsplit("/", 1)[-1] or None


def centre_in(bundle: bytes, patient: str) -> str | None:
    """That of one patient of a bundle which the fast way does not cover."""
    try:
        entries = _DECODER.decode(bundle).entry or []
    except msgspec.MsgspecError:
        return None
    own = (entry.resource for entry in entries if entry.resource is not None)
    return next((centre(one.managingOrganization) for one in own
                 if one.resourceType == "Patient" and one.id == patient), None)  # fmt: skip
