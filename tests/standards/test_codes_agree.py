"""A code means one option, whoever reads it: an order in an EHR, a FHIR record of what was taken, a registry's list."""

from __future__ import annotations

import pytest

from decidua.fhir.cards.orders import OrderCodes
from decidua.guidelines import Knowledge, read_knowledge
from decidua.intake.cohort.option_codes import option_codes
from decidua.intake.fhir import tables


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return read_knowledge()


def test_orders_and_registries_read_the_same_codes_alike(knowledge: Knowledge) -> None:
    """One code may be a part of several tests; an order then names each, and so must the list."""
    ordered, shared = OrderCodes(knowledge).options, 0
    for code in option_codes().codes:
        address = tables().systems.get(code.system)
        if address is not None and (address, code.code) in ordered:
            shared += 1
            assert code.option in ordered[address, code.code], (code.system, code.code, ordered[address, code.code])
    assert shared > 20
