"""The evaluation engine: Monte Carlo, Sobol, decision methods beside their oracles, changes and roadmaps.

    uv run python bench/evaluation.py [--repeat 5]

Medians over the repeats. scikit-criteria and pymcdm do the same work in the same run; a replication of theirs is a flat
weighted sum, ours draws weights, normalisation and the mean of every level. COINr's own figures are quoted, not run.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator

import numpy as np

from bench._report import machine, median, publish, row
from jiqun.evaluation.decide.distance import topsis, vikor
from jiqun.evaluation.decide.outranking import Preference, promethee
from jiqun.evaluation.framework import Aggregate, Framework, Indicator
from jiqun.evaluation.improve.change import explain_change
from jiqun.evaluation.improve.roadmap import roadmap
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Aggregation, Impute, Normalise, Plan, Treat
from jiqun.evaluation.robust.sensitivity import analyse
from jiqun.evaluation.robust.uncertainty import Uncertainty, simulate
from jiqun.evaluation.run import Result, run
from jiqun.evaluation.weights.data import critic, entropy
from tests.unit.evaluation.asem_example import panel as asem_panel
from tests.unit.evaluation.asem_example import tree as asem_tree

NORMS = (Normalise(low=1), Normalise(how="z_score", low=10, high=2))
MEANS = (Aggregation(), Aggregation(how="geometric"))


def generated(units: int, indicators: int, pillars: int, seed: int = 1) -> tuple[Framework, Panel]:
    """Log-normal figures in a tree of three levels above the indicators."""
    random = np.random.default_rng(seed)
    values = np.abs(random.lognormal(0, 0.5, (units, indicators)) + random.normal(0, 0.1, (units, 1))) + 0.01
    each, groups = indicators // pillars, max(1, pillars // 4)
    leaves = tuple(Indicator(f"i{j}", f"i{j}", f"p{j // each}") for j in range(indicators))
    middle = tuple(Aggregate(f"p{j}", f"p{j}", f"g{j * groups // pillars}") for j in range(pillars))
    upper = tuple(Aggregate(f"g{j}", f"g{j}", "index") for j in range(groups))
    tree = Framework(leaves, (*middle, *upper, Aggregate("index", "index", None)))
    return tree, Panel(tuple(f"u{i}" for i in range(units)), tree.leaves, values)


def report(repeat: int) -> Iterator[str]:
    """The lines of the report."""
    yield f"{machine()}; medians of {repeat}."
    yield ""
    yield row("work", "time", "beside", "its time", "times slower")
    yield row("---", "---:", "---", "---:", "---:")
    yield from _monte_carlo(repeat)
    yield from _sobol(repeat)
    yield from _methods(repeat)
    yield from _improve(repeat)
    yield ""
    yield from _seeds()
    yield ""
    yield "COINr 1.1.14 on the same kinds of work, as found earlier on a machine like this one: over 400 s for the Monte"
    yield "Carlo, 1,307 s for the Sobol analysis."


def _line(what: str, ours: float, peer: str = "", theirs: float | None = None) -> str:
    unit = f"{ours:.3f} s" if ours >= 0.1 else f"{ours * 1e3:.1f} ms"
    if theirs is None:
        return row(what, unit, "", "", "")
    return row(
        what, unit, peer, f"{theirs:.2f} s" if theirs >= 0.1 else f"{theirs * 1e3:.1f} ms", f"{theirs / ours:.1f} ×"
    )


def _monte_carlo(repeat: int) -> Iterator[str]:
    import pymcdm.methods as pm
    import pymcdm.normalizations as pn

    tree, panel = generated(150, 60, 12)
    base = run(Plan(normalise=Normalise(low=1)), tree, panel)
    ways = Uncertainty(
        0.25, normalisations=(*NORMS, Normalise(how="rank")),
        aggregations=(*MEANS, Aggregation(how="harmonic")), each_level=True,
    )  # fmt: skip
    ours = median(lambda: simulate(base, ways, 10_000, 0).quantile(0.95), repeat)
    weights = np.random.default_rng(0).dirichlet(np.ones(60), 10_000)
    sample, table, signs, flat = weights[:200], base.treated, np.ones(60), pm.WSM(pn.minmax_normalization)
    each = median(lambda: [flat(table, w, signs) for w in sample], max(1, repeat // 2)) / len(sample)
    what = "Monte Carlo, 10,000 × 150 units × 60 indicators, with rank distributions"
    yield _line(what, ours, "pymcdm, flat sums without ranks", each * 10_000)


def _sobol(repeat: int) -> Iterator[str]:
    base = _asem()
    ways = _asem_ways()
    yield _line(
        "Sobol, ASEM, N = 1,000 at random (6,000 runs), as COINr ran it",
        median(lambda: analyse(base, ways, 1000, quasi=False), repeat),
    )
    yield _line(
        "Sobol, ASEM, N = 1,024 (6,144 runs), index and every unit's rank",
        median(lambda: analyse(base, ways, 1024), repeat),
    )


def _methods(repeat: int) -> Iterator[str]:
    import pymcdm.methods as pm
    import pymcdm.weights as pw
    import skcriteria as skc
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.preprocessing.scalers import VectorScaler

    random = np.random.default_rng(2)
    table, weights, signs = random.lognormal(0, 0.5, (10_000, 50)), np.full(50, 0.02), np.ones(50)
    matrix = skc.mkdm(table, [1] * 50, weights=weights)
    size = "10,000 × 50"

    def their_topsis() -> object:
        return TOPSIS().evaluate(VectorScaler("matrix").transform(matrix))

    yield _line(
        f"TOPSIS, {size}",
        median(lambda: topsis(table, weights, signs), repeat),
        "scikit-criteria",
        median(their_topsis, repeat),
    )
    yield _line(
        f"VIKOR, {size}",
        median(lambda: vikor(table, weights, signs), repeat),
        "pymcdm",
        median(lambda: pm.VIKOR()(table, weights, signs), repeat),
    )
    yield _line(
        f"entropy weights, {size}",
        median(lambda: entropy(table), repeat),
        "pymcdm",
        median(lambda: pw.entropy_weights(table), repeat),
    )
    yield _line(
        f"CRITIC weights, {size}",
        median(lambda: critic(table), repeat),
        "pymcdm",
        median(lambda: pw.critic_weights(table), repeat),
    )
    ways = (Preference("linear", q=0.1, p=1.0),) * 50
    few, all_alike = table[:2000], np.full(50, 1.0)
    their_promethee = pm.PROMETHEE_II("vshape_2", p=all_alike, q=all_alike * 0.1)
    yield _line(
        "PROMETHEE II (linear preference), 2,000 × 50",
        median(lambda: promethee(few, weights, signs, ways), repeat),
        "pymcdm",
        median(lambda: their_promethee(few, weights, signs), 1, warm_up=False),
    )
    large = random.lognormal(0, 0.5, (100_000, 50))
    yield _line(
        "PROMETHEE II (linear preference), 100,000 × 50",
        median(lambda: promethee(large, weights, signs, ways), max(1, repeat // 2)),
    )


def _improve(repeat: int) -> Iterator[str]:
    tree, before = generated(46, 48, 8, seed=3)
    flat = Framework(
        tree.indicators, (*(Aggregate(f"p{j}", "", "index") for j in range(8)), Aggregate("index", "", None))
    )
    after = Panel(
        before.units, before.columns, before.values * np.random.default_rng(4).lognormal(0, 0.2, before.values.shape)
    )
    one, two = run(Plan(), flat, before), run(Plan(), flat, after)
    yield _line(
        "Shapley explanation of rank changes, 46 units × 8 pillars", median(lambda: explain_change(one, two), repeat)
    )
    tree, panel = generated(50, 48, 12, seed=5)
    base = run(Plan(), tree, panel)
    yield _line("roadmaps of 50 units, each to the next ten ranks", median(lambda: _all_roadmaps(base), repeat))
    mixed = Plan(normalise=Normalise(low=1), aggregate_special={"index": Aggregation(how="geometric")})
    bent = run(mixed, tree, panel)
    yield _line(
        "the same under a geometric root, each certified",
        median(lambda: _all_roadmaps(bent), max(1, repeat // 2)),
    )


def _all_roadmaps(base: Result) -> None:
    ranks = base.ranks[:, -1].astype(int)
    for unit, rank in zip(base.panel.units, ranks, strict=True):
        roadmap(base, unit, max(1, rank - 10))


def _seeds() -> Iterator[str]:
    base, ways = _asem(), _asem_ways()
    found = [analyse(base, ways, 1024, seed) for seed in range(10)]
    shift = np.std([np.r_[f.shift.first, f.shift.total] for f in found], axis=0).max()
    units = np.nanmedian(np.nanstd([f.unit_total for f in found], axis=0))
    yield f"Standard deviation over ten seeds, N = 1,024: {shift:.3f} at most for the indices of the mean shift;"
    yield f"median {units:.3f} over the total indices of all units' ranks."


def _asem() -> Result:
    return run(Plan(impute=Impute(how="group_mean", group="EurAsia_group")), asem_tree(), asem_panel())


def _asem_ways() -> Uncertainty:
    return Uncertainty(0.25, tuple(Treat(winsorise=k) for k in range(1, 6)), NORMS, MEANS)


def main() -> None:
    """Run and publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peers' own
        lines = []
        for line in report(options.repeat):
            print(line, flush=True)
            lines.append(line)
    publish("bench/evaluation.py", lines)


if __name__ == "__main__":
    main()
