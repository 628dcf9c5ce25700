"""The result of an audit survives being written and read."""

from __future__ import annotations

import msgspec
import pytest

from decidua.audit.models import (
    About,
    AgreementRow,
    AnswerRow,
    Audit,
    BranchRow,
    MaskRow,
    RefusedRows,
    UnknownRow,
    from_json,
    to_json,
)

ABOUT = About("0.1.0", "abc", "2026-01-01", True, 7, 10, 1, "polars", ("g-2020",), ("ivig",), ("centre",))


def test_round_trip() -> None:
    branches = (BranchRow((("r", "or"),), ("recommended", "against")), BranchRow((("r", "and"),), ("against",)))
    audit = Audit(
        ABOUT,
        refused=(RefusedRows("constraint", "parts-of-losses", 1, (4,)),),
        answers=(AnswerRow("g-2020", "ivig", "centre", None, "needs-data", "unknown", 9),),
        masks=(MaskRow("g-2020", "ivig", "needs-data", ("recommended", "against"), branches, 9),),
        agreement=(AgreementRow("ivig", "", "", (("g-2020", "open"),), "yes", 9),),
        unknowns=(UnknownRow("g-2020", "ivig", "age", 5, 2),),
        seconds=1.5,
    )
    assert from_json(to_json(audit)) == audit


def test_what_is_no_audit_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        from_json(to_json(Audit(ABOUT)).replace(b'"rows":10', b'"rows":"ten"'))
