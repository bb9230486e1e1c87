"""Branch and bound whose tree is the proof: best bound first, within a budget of nodes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from itertools import count
from math import floor
from typing import Any

from app.allocation.certificate.branching import Chooser
from app.allocation.certificate.exact import Exact, Proof, dual_text
from app.allocation.certificate.lp import Box, Program, Solved
from app.allocation.certificate.relaxation import Row, Space
from app.allocation.linear import Linear

# How far below the value a leaf's bound may be and still count as having reached it.
CLOSE = 2e-11


@dataclass(frozen=True, slots=True)
class Split:
    """A proven split node in the format of certificates, and its bound."""

    bound: Fraction
    node: dict[str, Any]


@dataclass(slots=True)
class Node:
    """A part of the relaxation: its bounds, what GLOP says of it, and its two halves.

    ``before`` is what GLOP last said of a node above it: its duals hold here too.
    """

    box: Box
    solved: Solved | None
    before: Solved | None = None
    depth: int = 0
    on: int = -1
    at: int = 0
    low: "Node | None" = None
    high: "Node | None" = None
    proof: Proof | None = None
    empty: bool = False
    split: Split | None = None

    @property
    def value(self) -> float:
        """The floating-point bound."""
        known = float("inf") if self.solved is None else self.solved.value
        return known if self.split is None else max(known, float(self.split.bound))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many nodes may be solved, and who may stop the search."""

    nodes: int
    should_stop: Callable[[], bool]


_DEEPEST = 150


class Search:
    """One stage's tree.

    Parameters
    ----------
    space, rows
        What holds.
    cost
        What is minimised; ``None`` where it is to be shown that nothing is feasible.
    target
        The value of the allocation that is known: bounds above it are of no use.
    limits
        How far to go.
    """

    def __init__(
        self,
        space: Space,
        rows: Sequence[Row],
        cost: Linear | None,
        target: Fraction | None,
        limits: Limits,
    ) -> None:
        self.space, self.rows = space, rows
        self.cost, self.target = cost, target
        self.exact = Exact(space, rows, cost or Linear())
        self.rays = Exact(space, rows, Linear())
        self.program = Program(space, rows, cost)
        self.missed: Program | None = None
        self.limits = limits
        self.box: Box = {}
        self.chooser = Chooser(space, self.program, limits.should_stop)
        self.cutoff = float("inf")
        if target is not None:
            self.cutoff = float(target) - CLOSE * max(1.0, abs(float(target)))
        if cost is None:
            self.cutoff = 1e-6

    def run(self) -> Node:
        """Return the root of the tree that the budget allows."""
        root = Node(self.box, self.program.solve(self.box))
        order, nodes = count(), 1
        heap = [(root.value, next(order), root)]
        while heap and nodes + 2 <= self.limits.nodes and not self.limits.should_stop():
            value, _, node = heappop(heap)
            if value >= self.cutoff:
                break
            if node.solved is None or node.depth >= _DEEPEST:
                continue
            column = self.chooser.choose(node.solved, node.box, self.cutoff)
            if column is None:
                break
            halves = self._part(node, node.solved, column)
            nodes += 2
            for half in halves:
                heappush(heap, (half.value, next(order), half))
        return root

    def _part(self, node: Node, solved: Solved, column: int) -> list[Node]:
        """Branch on a column, between the whole numbers around its value; return the halves."""
        low, high = node.box.get(column, (0, int(self.space.high[column])))
        value = solved.point[column]
        at = min(max(floor(value + 1e-9), low), high - 1)
        node.on, node.at = column, at
        halves = []
        for ends in ((low, at), (at + 1, high)):
            box = {**node.box, column: ends}
            halves.append(Node(box, self.program.solve(box), solved, node.depth + 1))
        node.low, node.high = halves
        self.chooser.learn(column, value, node.value, (halves[0].value, halves[1].value))
        return halves

    def leaves(self, node: Node) -> Iterator[Node]:
        """Yield the nodes that have no halves."""
        if node.low is None or node.high is None:
            yield node
        else:
            yield from self.leaves(node.low)
            yield from self.leaves(node.high)

    def bound(self, root: Node) -> Fraction | None:
        """Prove the tree exactly and return its bound; ``None`` is infinite.

        No leaf is proven further than the least of them can be: that keeps the duals short. A
        node that reaches as much by itself needs no halves.
        """
        reached = self._least(root)
        goal = None
        if reached < float("inf"):
            goal = Fraction(reached) - abs(Fraction(reached)) / 10**12
        if self.target is not None and (goal is None or reached >= self.cutoff):
            goal = self.target
        return self._proven(root, goal)

    def _least(self, node: Node) -> float:
        if node.low is None or node.high is None:
            return node.value
        return max(node.value, min(self._least(node.low), self._least(node.high)))

    def _proven(self, node: Node, goal: Fraction | None) -> Fraction | None:
        if node.low is None or node.high is None:
            return self._leaf(node, goal)
        if self.cost is not None and goal is not None and node.value >= float(goal):
            alone = self._leaf(node, goal)
            if alone is None or alone >= goal:
                node.low = node.high = None
                return alone
        found = [self._proven(half, goal) for half in (node.low, node.high)]
        bounds = [bound for bound in found if bound is not None]
        return min(bounds) if bounds else None

    def _leaf(self, node: Node, goal: Fraction | None) -> Fraction | None:
        if self.cost is None or node.solved is None:
            return self._shown_empty(node)
        node.proof = self.exact.prove(node.solved.duals, node.box, goal)
        if node.split is not None and node.split.bound > node.proof.bound:
            return node.split.bound
        node.split = None
        return node.proof.bound

    def _shown_empty(self, node: Node) -> Fraction | None:
        """Look for a ray that shows that a leaf is empty; without one, take the duals above it."""
        if self.cost is None:
            solved = node.solved
        else:
            if self.missed is None:
                self.missed = Program(self.space, self.rows, None)
            solved = self.missed.solve(node.box)
        if solved is not None:
            ray = self.rays.prove(solved.duals, node.box, None)
            if ray.bound > 0:
                node.proof, node.empty = ray, True
                return None
        known = node.before.duals if node.before is not None and self.cost is not None else []
        node.proof = self.exact.prove(known, node.box, None)
        return node.proof.bound

    def written(self, node: Node) -> dict[str, Any]:
        """Return the proven tree in the format of certificates."""
        if node.low is not None and node.high is not None:
            return {
                "on": self.space.names[node.on],
                "at": node.at,
                "low": self.written(node.low),
                "high": self.written(node.high),
            }
        if node.split is not None:
            return node.split.node
        proof = node.proof or Proof({}, Fraction(0))
        return {"ray" if node.empty else "duals": texts(proof)}


def texts(proof: Proof) -> dict[str, str]:
    """Return the duals of a proof as decimal texts."""
    return {name: dual_text(dual) for name, dual in proof.duals.items()}
