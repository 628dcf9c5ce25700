"""Where a conclusion word does not follow from its own interval, a discrepancy says so."""

from __future__ import annotations

from decidua.content import Content
from decidua.evidence import Evidence


def misjudged(evidence: Evidence, table: str, conclusion: int, effect: str) -> set[str]:
    """Rows whose last word claims a gain that the interval does not show, or denies one that it does."""
    found = set()
    for row in evidence.tables[table].rows:
        limits = (
            evidence.number(f"{table}/{row.key}/{effect}.lower"),
            evidence.number(f"{table}/{row.key}/{effect}.upper"),
        )
        if limits[0] is None or limits[1] is None:
            continue
        shows = limits[0].value > 1 or limits[1].value < 1
        word = row.printed[conclusion].casefold()
        says = not any(no in word for no in ("no ", "차이없음"))
        found |= {row.key} if says != shows else set()
    return found


def told(content: Content, line: int) -> bool:
    return any(
        line in place.get("lines", ()) and item.data["effect"] == "evidence"
        for item in content.of("discrepancies")
        for place in item.data["places"]
    )


def test_ivig_reviews(evidence: Evidence, content: Content) -> None:
    assert misjudged(evidence, "ivig-reviews", 5, "effect") == {"wang-2016"}
    assert told(content, 185)


def test_corticosteroid_reviews(evidence: Evidence) -> None:
    assert misjudged(evidence, "corticosteroid-reviews", 6, "effect") == set()


def test_antiphospholipid_outcomes(evidence: Evidence, content: Content) -> None:
    """LMWH against aspirin touches 1; the last row's word is about miscarriages, its live births are not raised."""
    assert misjudged(evidence, "antiphospholipid-outcomes", 2, "live") == {"lmwh-alone", "lmwh-ufh"}
    assert told(content, 509)


def test_thrombophilia_reviews(evidence: Evidence) -> None:
    rows = misjudged(evidence, "thrombophilia-reviews", 5, "effect")
    assert not {"de-jong-lmwh", "de-jong-both", "de-jong-lmwh-aspirin", "skeith-2016"} & rows


def test_subgroup_conclusion(evidence: Evidence) -> None:
    """No difference by subgroup (l. 563) does follow: no printed interaction p is below 0.05."""
    printed = [evidence.number(f"alife2-subgroups/{row.key}/p") for row in evidence.tables["alife2-subgroups"].rows]
    assert min(p.value for p in printed if p) > 0.05
