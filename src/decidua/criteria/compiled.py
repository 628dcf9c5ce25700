"""Many criteria for one patient, fast: generated Python that reads every distinct leaf once.

The function takes the patient's values and returns one `bytes`: the truth of every criterion and, behind it, of
every distinct part (0 false, 1 true, 2 unknown). The readable trace is made from it only when asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from decidua.criteria.tree import Always, And, AtLeast, Choose, Compare, Criterion, Is, Named, Not, OneOf, Or, parts_of
from decidua.criteria.truth import Settled, Truth, compare
from decidua.facts import Value

TRUTHS: tuple[Truth, ...] = (False, True, None)


@dataclass(frozen=True)
class Compiled:
    """`run(values)` → one byte per slot; slot i < len(criteria) is criterion i, the rest are parts (`parts`)."""

    run: Callable[[Mapping[str, Value]], bytes]
    criteria: tuple[Criterion, ...]
    parts: tuple[Criterion, ...]
    source: str

    def truths(self, values: Mapping[str, Value]) -> list[Truth]:
        return [TRUTHS[code] for code in self.run(values)[: len(self.criteria)]]


def compile_criteria(
    criteria: Sequence[Criterion], names: Mapping[str, Criterion], settled: Settled, ways: Sequence[Settled] = ()
) -> Compiled:
    """Generate and compile one function for all criteria under the settled readings.

    `ways`: for each criterion the readings that are settled for it alone; empty: for none of them.
    """
    writer = _Writer(names)
    taken = [{**settled, **way} for way in ways or [{}] * len(criteria)]
    slots = [writer.under(way, criterion) for way, criterion in zip(taken, criteria, strict=True)]
    order = list(writer.slots)
    returned = ", ".join(slots + list(writer.slots.values()))
    source = "def run(values):\n    get = values.get\n" + "".join(f"    {line}\n" for line in writer.lines)
    source += f"    return bytes(({returned}{',' if returned else ''}))\n"
    space: dict[str, object] = {"compare": _compare_code, **writer.constants}
    exec(compile(source, "<criteria>", "exec"), space)
    return Compiled(space["run"], tuple(criteria), tuple(part for part, _ in order), source)  # type: ignore[arg-type]


def _compare_code(node: Compare, known: Value) -> int:
    return TRUTHS.index(compare(node, known))


Way = tuple[tuple[str, str], ...]


class _Writer:
    """Writes one assignment per distinct part and way of reading it, parts first."""

    def __init__(self, names: Mapping[str, Criterion]) -> None:
        self.names = names
        self.settled: Settled = {}
        self.slots: dict[tuple[Criterion, Way], str] = {}
        self.readings: dict[Criterion, frozenset[str]] = {}
        self.lines: list[str] = []
        self.constants: dict[str, object] = {}

    def under(self, settled: Settled, criterion: Criterion) -> str:
        """The variable that holds the criterion where these readings are settled."""
        self.settled = settled
        return self.slot(criterion)

    def slot(self, node: Criterion) -> str:
        key = (node, tuple((id_, self.settled[id_]) for id_ in sorted(self.below(node)) if id_ in self.settled))
        if key not in self.slots:
            text = self.text(node)
            variable = f"v{len(self.slots)}"
            self.lines.append(
                f"{variable} = {text}" if "\n" not in text else text.replace("\n    @ =", f"\n    {variable} =")
            )
            self.slots[key] = variable
        return self.slots[key]

    def below(self, node: Criterion) -> frozenset[str]:
        """The readings that the part turns on, names followed."""
        if node not in self.readings:
            parts = (self.names[node.id],) if isinstance(node, Named) else parts_of(node)
            own = {node.reading} if isinstance(node, Choose) else set[str]()
            self.readings[node] = frozenset(own).union(*map(self.below, parts))
        return self.readings[node]

    def constant(self, value: object) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def text(self, node: Criterion) -> str:
        match node:
            case Always(value):
                return "1" if value else "0"
            case Is(fact):
                return self.known(fact, "1 if k is True else 0 if k is False else 2")
            case OneOf(fact, choices):
                allowed = self.constant(frozenset(choices))
                return self.known(fact, f"2 if k is None else 1 if k in {allowed} else 0")
            case Compare():
                return self.number(node)
            case Named(id):
                meant = self.slot(self.names[id])
                return self.known(id, f"{meant} if k is None else 1 if k else 0")
            case Not(part):
                return f"(1, 0, 2)[{self.slot(part)}]"
            case And() | Or() | AtLeast():
                return self.joint(node)
            case Choose(reading, alternatives):
                if reading in self.settled:
                    return self.slot(dict(alternatives)[self.settled[reading]])
                slots = [self.slot(part) for _, part in alternatives]
                return f"{slots[0]} if {' == '.join(slots)} else 2"

    def known(self, fact: str, text: str) -> str:
        return f"k = get({fact!r})\n    @ = {text}"

    def number(self, node: Compare) -> str:
        op, cut = ("==" if node.op == "=" else node.op), self.constant(node.value)
        ranged = f"compare({self.constant(node)}, k)"
        return self.known(
            node.fact,
            f"2 if k is None else ({ranged} if k.__class__.__name__ == 'Range' else (1 if k {op} {cut} else 0))",
        )

    def joint(self, node: And | Or | AtLeast) -> str:
        slots = [self.slot(part) for part in parts_of(node)]
        if isinstance(node, AtLeast):
            listed = f"({', '.join(slots)},)"
            return (
                f"1 if {listed}.count(1) >= {node.k} else 0 if {listed}.count(1) + {listed}.count(2) < {node.k} else 2"
            )
        decisive, other = (0, 1) if isinstance(node, And) else (1, 0)
        deciding = " or ".join(f"{slot} == {decisive}" for slot in slots)
        unknown = " or ".join(f"{slot} == 2" for slot in slots)
        return f"{decisive} if {deciding} else 2 if {unknown} else {other}"
