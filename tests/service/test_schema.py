"""The description of the API is true: requests made from it, and against it, are answered as it says (schemathesis).

Every check of schemathesis is on: no 5xx, declared statuses, media types and shapes only, wrong data refused, right
data accepted, methods that are not declared refused, required headers, and so on.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig

from decidua.service.app import create_app
from decidua.service.settings import LOOPBACK, Settings
from service.running import shipped_shelf

BEYOND_A_SCHEMA = ["2xx", "401", "403", "404", "409", "422", "429", "5xx"]
"""A patient who follows the schema may contradict herself or have an impossible weight; a CSV is any text. Then the
sentence of a 409 or 422 is the right answer."""
OF_A_CALL = ["2xx", "400", "412", "422", "5xx"]
"""A call that follows the schema may be for another hook, lack orders or data, or hold a record that is none."""
CONFIG: dict[str, Any] = {
    "generation": {"max-examples": int(os.environ.get("SCHEMATHESIS_EXAMPLES", "20")), "deterministic": True},
    "operations": [
        {"include-path": path, "checks": {"positive_data_acceptance": {"expected-statuses": BEYOND_A_SCHEMA}}}
        for path in ("/api/v1/consult", "/api/v1/pool", "/api/v1/pool.svg")
    ]
    + [
        {"include-path": path, "checks": {"positive_data_acceptance": {"expected-statuses": OF_A_CALL}}}
        for path in ("/cds-services/{id}", "/cds-services/{id}/feedback")
    ],
}
pytestmark = pytest.mark.slow

app = create_app(shipped_shelf(), Settings(names=LOOPBACK | {"testserver"}, cds_hooks=True))
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=SchemathesisConfig.from_dict(CONFIG))


@schema.parametrize()
def test_every_operation(case: schemathesis.Case) -> None:
    case.call_and_validate()
