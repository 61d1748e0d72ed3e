"""The peer of bench/rules.py: the same decisions from the same snapshot by OpenFisca-Core, in a process of its own.

    uv run --no-project --with openfisca-core --with pyarrow python bench/rules_peer_openfisca.py SNAP \
        --as-of 2026-09-30 --out DECISIONS.parquet [--compare RESULTS/decisions.parquet] [--repeat 3]

Prints one JSON object: seconds to read, to calculate and to write, the greatest memory, how many decisions, and (with
--compare) for each rule how often OpenFisca says otherwise. Benefits and rungs are those of openfisca_rules.py.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import openfisca_rules as rules
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_inputs import Snapshot, fill_clusters, fill_parties


def decide(sim: Simulation, snap: Snapshot, names: tuple[str, ...]) -> pa.Table:
    """Every rule for every subject: outcome and amount, in the form of decisions.parquet."""
    ids = snap.subjects["uscc" if snap.kind == "party" else "id"].combine_chunks()
    outcomes, tables = pa.array(["不符合", "符合"]), []
    for name in names:
        values = sim.calculate(name, str(snap.as_of.year))
        met = values > 0 if values.dtype != bool else values
        amount = pa.nulls(len(ids), pa.float64())
        if values.dtype != bool:
            amount = pa.array(np.where(met, values.astype(float), np.nan), from_pandas=True)
        tables.append(
            pa.table(
                {
                    "subject_kind": pa.repeat(snap.kind, len(ids)),
                    "subject": ids,
                    "rule": pa.repeat(name, len(ids)),
                    "outcome": outcomes.take(pa.array(met.astype(np.int8))),
                    "amount": amount,
                }
            )
        )
    return pa.concat_tables(tables)


def simulation(system: TaxBenefitSystem, size: int) -> Simulation:
    """An empty simulation of so many subjects."""
    return SimulationBuilder().build_default_simulation(system, size)


def run(folder: Path, as_of: date, out: Path) -> dict[str, float]:
    """One whole run: snapshot to decisions; seconds of each step."""
    start, worked = time.perf_counter(), time.process_time()
    parties, clusters = Snapshot(folder, "party", as_of), Snapshot(folder, "cluster", as_of)
    firms = simulation(rules.party_system(), len(parties))
    groups = simulation(rules.cluster_system(), len(clusters))
    fill_parties(firms, parties)
    fill_clusters(groups, clusters, parties)
    read = time.perf_counter()
    table = pa.concat_tables([decide(firms, parties, rules.PARTY_RULES), decide(groups, clusters, rules.CLUSTER_RULES)])
    calculated = time.perf_counter()
    pq.write_table(table, out, compression="zstd", compression_level=1)
    end = time.perf_counter()
    return {
        "read": read - start,
        "calculate": calculated - read,
        "write": end - calculated,
        "total": end - start,
        "cpu": time.process_time() - worked,
        "decisions": table.num_rows,
    }


OUTCOMES = ("不符合", "符合", "待定")


def outcomes(path: Path, ids: dict[str, pa.Array]) -> dict[str, tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    """For each rule the outcomes (positions in OUTCOMES) and amounts of all subjects, in the order of `ids`."""
    parts: dict[str, list[pa.Table]] = {}
    columns = ["subject_kind", "subject", "rule", "outcome", "amount"]
    for batch in pq.ParquetFile(path).iter_batches(1 << 18, columns=columns):
        table = pa.table({name: _plain(batch.column(name)) for name in columns})
        codes = pc.index_in(table["outcome"], pa.array(OUTCOMES)).cast(pa.int8())
        table = table.set_column(3, "outcome", codes).set_column(4, "amount", table["amount"].cast(pa.float64()))
        for name in pc.unique(table["rule"]).to_pylist():
            parts.setdefault(name, []).append(table.filter(pc.equal(table["rule"], name)).drop_columns("rule"))
    result = {}
    for name in sorted(parts):
        own = pa.concat_tables(parts.pop(name))
        known = ids[own["subject_kind"][0].as_py()]
        rows = pc.index_in(own["subject"], known).to_numpy()
        codes, amounts = np.full(len(known), -1, dtype=np.int8), np.full(len(known), np.nan)
        codes[rows], amounts[rows] = own["outcome"].to_numpy(), own["amount"].to_numpy()
        assert own.num_rows == len(known) and (codes >= 0).all(), f"{path}: {name} does not decide every subject once"
        result[name] = (codes, amounts)
    return result


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def compare(snapshot: Path, ours: Path, theirs: Path) -> dict[str, dict[str, int]]:
    """For each rule: how often both agree, what OpenFisca says where we say 待定, and where it contradicts."""
    keys = {"party": "uscc", "cluster": "id"}
    ids = {kind: pq.read_table(snapshot / f"{kind}.parquet", columns=[key])[key] for kind, key in keys.items()}
    plain = {kind: _plain(column.combine_chunks()) for kind, column in ids.items()}
    left, right = outcomes(ours, plain), outcomes(theirs, plain)
    result: dict[str, dict[str, int]] = {}
    for name in sorted(left.keys() & right.keys()):
        (a, paid), (b, paid_2) = left[name], right[name]
        counts = np.bincount(a.astype(np.int64) * len(OUTCOMES) + b, minlength=len(OUTCOMES) ** 2)
        pairs = [f"{x}→{y}" for x in OUTCOMES for y in OUTCOMES]
        result[name] = {pair: int(n) for pair, n in zip(pairs, counts, strict=True) if n}
        apart = int(np.sum(np.abs(paid - paid_2) > 0.005))  # a missing amount is not apart
        if apart:
            result[name]["amount differs"] = apart
    return result


def summary(by_rule: dict[str, dict[str, int]], ours: Path) -> dict[str, Any]:
    """The comparison in a few numbers, and the rules of ours that the peer does not do."""
    totals: dict[str, int] = {}
    for counts in by_rule.values():
        for pair, n in counts.items():
            totals[pair] = totals.get(pair, 0) + n
    named = set(pc.unique(pq.read_table(ours, columns=["rule"], read_dictionary=["rule"])["rule"]).to_pylist())
    return {
        "agree": totals.get("符合→符合", 0) + totals.get("不符合→不符合", 0),
        "contradict": totals.get("符合→不符合", 0) + totals.get("不符合→符合", 0),
        "undecided here, yes there": totals.get("待定→符合", 0),
        "undecided here, no there": totals.get("待定→不符合", 0),
        "amount differs": totals.get("amount differs", 0),
        "rules not done": sorted(named - by_rule.keys()),
    }


def main() -> None:
    """Run as told on the command line and print one JSON object."""
    warnings.filterwarnings("ignore")  # OpenFisca warns of its own memory use
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("snapshot", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--compare", type=Path)
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    runs = [run(options.snapshot, options.as_of, options.out) for _ in range(options.repeat)]
    report: dict[str, Any] = {
        "rules": len(rules.PARTY_RULES) + len(rules.CLUSTER_RULES),
        "partial": sorted(rules.PARTIAL),
        "runs": [{k: round(v, 3) for k, v in one.items()} for one in runs],
        "best_total": round(min(one["total"] for one in runs), 3),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if options.compare:
        by_rule = compare(options.snapshot, options.compare, options.out)
        report |= {"summary": summary(by_rule, options.compare), "compare": by_rule}
    print(json.dumps(report, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
