"""Arithmetic that files write out, such as ``0.5*sqrt(58)+0.5*(sqrt(10)+sqrt(20))``, without running any code."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Final

from orchestration.errors import CaseNotRecognised

_OPERATORS: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS: Final[Mapping[str, Callable[..., float]]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "max": max,
    "min": min,
    "abs": abs,
}


def parse(text: str) -> ast.expr:
    """Read a formula.

    Raises
    ------
    CaseNotRecognised
        If the text is no formula.
    """
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise CaseNotRecognised(f"'{text}' is not a formula") from error


def evaluate(expression: ast.expr, names: Mapping[str, float] | None = None) -> float:
    """Work a formula out; it may hold numbers, the four operations, powers, sqrt, exp, max, min, abs and given names.

    Raises
    ------
    CaseNotRecognised
        If it holds anything else.
    """
    match expression:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name) if names and name in names:
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -evaluate(operand, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](evaluate(left, names), evaluate(right, names))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            return float(_FUNCTIONS[name](*(evaluate(each, names) for each in arguments)))
    raise CaseNotRecognised(f"'{ast.unparse(expression)}' is not arithmetic that is known here")


def terms(expression: ast.expr) -> list[ast.expr]:
    """Split a sum into its terms."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add):
        return [*terms(expression.left), *terms(expression.right)]
    return [expression]
