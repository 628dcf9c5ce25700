"""What the description of the API says of CDS Hooks: the shapes of calls and of feedback, with an example."""

from __future__ import annotations

from typing import Any

from decidua.fhir.cards.naming import REASONS_SYSTEM
from decidua.service.cds.feedback import MOST

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}
UUID: Schema = {
    "type": "string", "format": "uuid",
    "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
}  # fmt: skip
NULL: Schema = {"type": "null"}
"""Optional elements may be null here, though the specification asks clients to leave them out."""
MAYBE: Schema = {"type": ["string", "null"]}
TOKEN: Schema = {"type": "string", "pattern": "^[!-~]{1,8000}$"}
ACCESS: Schema = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in", "scope", "subject"],
    "properties": {
        "access_token": TOKEN, "token_type": {"const": "Bearer"}, "expires_in": {"type": "integer"},
        "scope": {"type": "string"}, "subject": {"type": "string"}, "patient": MAYBE,
    },
}  # fmt: skip
ORDERS: Schema = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {
        "resourceType": {"const": "Bundle"},
        "entry": {"type": ["array", "null"], "items": {"type": "object"}},
    },
}
CONTEXT: Schema = {
    "type": "object",
    "required": ["userId", "patientId"],
    "properties": {
        "userId": TEXT, "patientId": ID, "encounterId": MAYBE,
        "selections": {"type": ["array", "null"], "minItems": 1, "items": {"type": "string"}},
        "draftOrders": {"anyOf": [ORDERS, NULL]},
    },
}  # fmt: skip
CALL: Schema = {
    "type": "object",
    "required": ["hook", "hookInstance", "context"],
    "dependentRequired": {"fhirAuthorization": ["fhirServer"]},
    "properties": {
        "hook": {"type": "string"}, "hookInstance": UUID, "context": CONTEXT, "fhirServer": MAYBE,
        "fhirAuthorization": {"anyOf": [ACCESS, NULL]}, "prefetch": {"type": ["object", "null"]},
    },
}  # fmt: skip
EXAMPLE: Schema = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/example", "patientId": "1288992"},
    "prefetch": {
        "patient": {"resourceType": "Patient", "id": "1288992", "gender": "female", "birthDate": "1990-04-02"},
        "observations": {
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [
                {
                    "resource": {
                        "resourceType": "Observation",
                        "id": "losses",
                        "status": "final",
                        "code": {"coding": [{"system": "http://loinc.org", "code": "11614-5"}]},
                        "subject": {"reference": "Patient/1288992"},
                        "effectiveDateTime": "2026-01-15",
                        "valueInteger": 4,
                    }
                }
            ],
        },
        "conditions": None,
        "allergies": None,
        "medications": None,
        "statements": None,
        "procedures": None,
    },
}
FEEDBACK: Schema = {
    "type": "object",
    "required": ["feedback"],
    "properties": {
        "feedback": {
            "type": "array", "minItems": 1, "maxItems": MOST,
            "items": {
                "type": "object",
                "required": ["card", "outcome", "outcomeTimestamp"],
                "properties": {
                    "card": UUID,
                    "outcome": {"enum": ["accepted", "overridden"]},
                    "outcomeTimestamp": {"type": "string", "format": "date-time"},
                    "acceptedSuggestions": {
                        "type": ["array", "null"], "minItems": 1,
                        "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
                    },
                    "overrideReason": {
                        "type": ["object", "null"],
                        "properties": {
                            "reason": {
                                "type": ["object", "null"], "required": ["code", "system"],
                                "properties": {"code": {"type": "string"}, "system": {"type": "string"}},
                            },
                            "userComment": MAYBE,
                        },
                    },
                },
            },
        }
    },
}  # fmt: skip
FEEDBACK_EXAMPLE: Schema = {
    "feedback": [
        {
            "card": "9368d37b-283f-84a0-93ea-547cebab93ed",
            "outcome": "overridden",
            "overrideReason": {"reason": {"system": REASONS_SYSTEM, "code": "considered"}},
            "outcomeTimestamp": "2026-01-15T10:05:31Z",
        }
    ]
}
