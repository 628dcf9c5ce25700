"""The study tables, for browsing: cells as printed, repairs, and what recomputing found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from decidua.content import Content
from decidua.evidence import Evidence, Row, Table, Verdict, counts
from decidua.language import Lang, say
from decidua.reports.reproduction import claim_view, line, use_line


def table_list(content: Content, evidence: Evidence, stored: Mapping[str, Verdict], lang: Lang) -> Iterator[Text]:
    """Every table with the verdicts on its numbers."""
    for table in evidence.tables.values():
        yield Text(f"{table.id}: {table.title[lang]}", style="bold")
        yield Text("  " + _counted(of_table(stored, table.id), lang))
    yield Text()
    yield Text(_counted(list(stored.values()), lang))
    yield Text(use_line(content, lang), style="dim")


def one_table(
    content: Content, evidence: Evidence, table: Table, stored: Mapping[str, Verdict], lang: Lang
) -> Iterator[Text]:  # fmt: skip
    """Rows as printed with their claims, then the discrepancies that touch the table."""
    yield Text(f"{table.id}: {table.title[lang]}", style="bold")
    for said in (table.outcome, table.note):
        if said:
            yield Text(f"  {said[lang]}")
    for header in table.headers:
        yield Text(f"  l. {header.lines[0]}  {' | '.join(header.printed)}", style="dim")
    verdicts = of_table(stored, table.id)
    for row in table.rows:
        yield from _row(evidence, row, [one for one in verdicts if one.ref.split("/")[1] == row.key], lang)
    yield Text()
    yield Text(_counted(verdicts, lang))
    yield from _discrepancies(content, table, lang)
    yield Text(use_line(content, lang), style="dim")


def of_table(stored: Mapping[str, Verdict], table: str) -> list[Verdict]:
    return [verdict for verdict in stored.values() if verdict.ref.startswith(f"{table}/")]


def _row(evidence: Evidence, row: Row, verdicts: Sequence[Verdict], lang: Lang) -> Iterator[Text]:
    printed = " | ".join(row.printed) or ", ".join(fragment for _, fragment in row.values.values())
    yield Text(f"\n  l. {', '.join(map(str, row.lines))}  {row.key}: {printed}")
    if row.review:
        yield Text(f"    {say(lang, 'evidence.review-row')}", style="italic")
    for name, repair in row.repairs.items():
        yield Text(f"    ✎ {name}{f' = {repair.value}' if repair.value else ''}: {repair.note[lang]}", style="yellow")
    if row.note:
        yield Text(f"    {row.note[lang]}")
    for verdict in verdicts:
        yield Text("  ").append_text(line(claim_view(evidence, verdict, lang), lang))


def _counted(verdicts: Sequence[Verdict], lang: Lang) -> str:
    found = {word.replace("-", "_"): count for word, count in counts(verdicts).items()}
    return say(lang, "verdict.counts", total=len(verdicts), **found)


def _discrepancies(content: Content, table: Table, lang: Lang) -> Iterator[Text]:
    """Those that name the table, and those of which a place is one of its lines (not of numbers in running text)."""
    own = {line for row in table.rows for line in row.lines} if table.kind != "numbers" else set()
    for item in content.of("discrepancies"):
        cited = {line for place in item.data["places"] for line in place.get("lines", ())}
        if table.id in item.data.get("touches", ()) or cited & own:
            yield Text(f"≠ {item.data['says'][lang]}")
