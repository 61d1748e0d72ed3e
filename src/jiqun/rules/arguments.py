"""How many arguments a function takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jiqun.rules.syntax import SyntaxTree

if TYPE_CHECKING:
    from jiqun.rules.build import Branch, Builder


def arity(b: Builder, tree: SyntaxTree, args: list[Branch], low: int, high: int | None, example: str) -> None:
    """A fault where a call has too few or too many arguments."""
    if len(args) < low or (high is not None and len(args) > high):
        wanted = f"{low}" if low == high else f"至少 {low}" if high is None else f"{low} 到 {high}"
        raise b.fault(tree, f"“{tree.children[0]}”需要 {wanted} 个参数，现有 {len(args)} 个", f"如 {example}")
