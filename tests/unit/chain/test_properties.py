"""What holds of any chain and any table: cuts by trying every set, the Leontief inverse by its definition."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiqun.chain.critical import cascade, critical_links, critical_nodes, smallest_cut
from jiqun.chain.errors import ChainError
from jiqun.chain.graph import ChainGraph
from jiqun.chain.inputoutput import Sectors, extraction_loss
from jiqun.programme.models import Chain

SEEDS = st.integers(0, 2**32 - 1)


def graph(seed: int, size: int) -> ChainGraph:
    """Nodes in a row; each may supply any later one."""
    random = np.random.default_rng(seed)
    nodes = [{"id": f"n{i}", "name": f"节点{i}", "stage": "s", "codes": ["C1910"]} for i in range(size)]
    pairs = [(i, j) for i, j in combinations(range(size), 2) if random.random() < 0.35]
    links = [
        {"from": f"n{i}", "to": f"n{j}", "weight": float(random.random()), "substitutable": float(random.random())}
        for i, j in pairs
    ]
    body = {"id": "c", "name": "链", "chains": ["链"], "source": "例", "stages": [{"id": "s", "name": "段"}]}
    return ChainGraph(Chain.model_validate({**body, "nodes": nodes, "links": links}, strict=False))


def ways(chain: ChainGraph, without: frozenset[str] = frozenset(), cut: tuple[str, str] | None = None) -> bool:
    """Whether any way from a source to an end is left."""
    reached, waiting = set[str](), [n for n in chain.sources if n not in without]
    while waiting:
        node = waiting.pop()
        if node in chain.ends:
            return True
        reached.add(node)
        waiting += [
            b for a, b in chain.graph.edges if a == node and b not in without and b not in reached and (a, b) != cut
        ]
    return False


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(2, 7))
def test_cuts_are_those_that_trying_finds(seed: int, size: int) -> None:
    chain = graph(seed, size)
    nodes = tuple(chain.nodes)
    assert {c.node for c in critical_nodes(chain, {}) if c.cut} == {n for n in nodes if not ways(chain, frozenset({n}))}
    assert {(c.supplier, c.buyer) for c in critical_links(chain, {}) if c.cut} == {
        edge for edge in chain.graph.edges if not ways(chain, cut=edge)
    }
    least = next(k for k in range(1, size + 1) if any(not ways(chain, frozenset(s)) for s in combinations(nodes, k)))
    found = smallest_cut(chain)
    assert len(found) == least and not ways(chain, frozenset(found))


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(2, 7))
def test_a_loss_is_a_share_and_all_of_what_is_lost(seed: int, size: int) -> None:
    chain = graph(seed, size)
    for node in chain.nodes:
        stopped = cascade(chain, node)
        assert stopped[node] == 1.0 and all(0 <= loss <= 1 + 1e-12 for loss in stopped.values())


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(1, 12))
def test_the_inverse_undoes_its_matrix_and_gives_back_output(seed: int, size: int) -> None:
    random = np.random.default_rng(seed)
    output = random.uniform(1, 100, size)
    shares = random.random((size, size)) * (random.random((size, size)) < 0.7)
    flows = shares / np.maximum(shares.sum(axis=0), 1e-9) * random.uniform(0, 0.9, size) * output
    codes = tuple(map(str, range(size)))
    table = Sectors(codes, codes, flows, output)
    np.testing.assert_allclose((np.eye(size) - table.a) @ table.leontief, np.eye(size), atol=1e-9)
    np.testing.assert_allclose((np.eye(size) - table.b) @ table.ghosh, np.eye(size), atol=1e-8)
    np.testing.assert_allclose(table.leontief @ table.final, output, rtol=1e-9)
    assert (table.leontief >= -1e-12).all()
    left = list(range(1, size))
    rest = np.linalg.solve(np.eye(size - 1) - table.a[np.ix_(left, left)], table.final[left]).sum() if left else 0.0
    np.testing.assert_allclose(extraction_loss(table)[0], output.sum() - rest, rtol=1e-8)


@settings(deadline=None, max_examples=80)
@given(SEEDS, st.integers(1, 8), st.floats(0.2, 3.0), st.booleans())
def test_a_table_has_an_inverse_exactly_where_its_radius_is_below_one(
    seed: int, size: int, scale: float, mixed: bool
) -> None:
    random = np.random.default_rng(seed)
    coefficients = random.random((size, size)) * (random.random((size, size)) < 0.6) * scale / size
    if mixed:
        coefficients *= np.where(random.random((size, size)) < 0.2, -1, 1)
    radius = float(np.abs(np.linalg.eigvals(coefficients)).max())
    assume(abs(radius - 1) > 1e-6)
    codes = tuple(map(str, range(size)))
    table = Sectors(codes, codes, coefficients, np.ones(size))
    if radius < 1:
        np.testing.assert_allclose((np.eye(size) - coefficients) @ table.leontief, np.eye(size), atol=1e-8)
        return
    with pytest.raises(ChainError):
        table.leontief  # noqa: B018
