"""Exact linear expressions over the columns of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

Exact = int | Fraction


class Linear:
    """A sum of columns with exact coefficients, and a constant.

    Parameters
    ----------
    terms
        Coefficient of each column, by its index.
    constant
        What is added to them.
    """

    __slots__ = ("constant", "terms")

    def __init__(self, terms: Mapping[int, Exact] | None = None, constant: Exact = 0) -> None:
        self.terms: dict[int, Exact] = dict(terms) if terms else {}
        self.constant: Exact = constant

    @staticmethod
    def of(column: int, coefficient: Exact = 1) -> Linear:
        """Return one column times a coefficient."""
        return Linear({column: plain(coefficient)})

    @staticmethod
    def sum(parts: Iterable[Linear]) -> Linear:
        """Return the sum of expressions."""
        whole = Linear()
        for part in parts:
            whole.add(part)
        return whole

    def add(self, other: Linear, factor: Exact = 1) -> Linear:
        """Add ``factor`` times another expression to this one, and return it."""
        if factor == 0:
            return self
        factor = plain(factor)
        terms = self.terms
        for column, coefficient in other.terms.items():
            terms[column] = terms.get(column, 0) + factor * coefficient
        self.constant += factor * other.constant
        return self

    def add_term(self, column: int, coefficient: Exact) -> Linear:
        """Add one column to this expression, and return it."""
        if coefficient:
            self.terms[column] = self.terms.get(column, 0) + plain(coefficient)
        return self

    def plus(self, other: Linear | Exact, factor: Exact = 1) -> Linear:
        """Return a new expression: this one plus ``factor`` times another."""
        if not isinstance(other, Linear):
            other = Linear(constant=other)
        return Linear(self.terms, self.constant).add(other, factor)

    def minus(self, other: Linear | Exact) -> Linear:
        """Return a new expression: this one minus another."""
        return self.plus(other, -1)

    def times(self, factor: Exact) -> Linear:
        """Return a new expression: this one times a number."""
        return Linear().add(self, factor)

    def value(self, point: Sequence[int]) -> Fraction:
        """Return the exact value at a point."""
        whole = Fraction(self.constant)
        for column, coefficient in self.terms.items():
            whole += coefficient * point[column]
        return whole


def plain(value: Exact) -> Exact:
    """Return a whole number as an ``int``, with which reckoning is several times faster."""
    return value.numerator if value.denominator == 1 else value


def lattice(values: Iterable[Exact]) -> Fraction:
    """Return the largest g of which every value is a whole multiple; 0 where all are 0."""
    known = list(values)
    numerator, denominator = 0, 1
    for value in known:
        denominator = lcm(denominator, value.denominator)
    for value in known:
        numerator = gcd(numerator, value.numerator * (denominator // value.denominator))
    return Fraction(numerator, denominator)
