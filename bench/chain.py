"""The chain engine: complexity, proximity and density of a large matrix; the Leontief inverse of 153 sectors.

uv run python -m bench.chain [--repeat 5]
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable

import numpy as np

from bench._report import ROOT, machine, median, publish, row
from jiqun.chain.inputoutput import Sectors, extraction_loss, linkages
from jiqun.chain.space import complexity, density, location_quotients, presence, proximity

TABLE = ROOT / "tests" / "unit" / "chain" / "tables" / "io_china_2020_153.csv"


def space(places: int, activities: int) -> Callable[[], object]:
    """Everything about a generated matrix of places and activities."""
    random = np.random.default_rng(0)
    latent = random.normal(0, 1.2, (places, 4)) @ random.normal(0, 1, (4, activities))
    values = np.exp(latent + random.normal(0, 1.5, latent.shape)) * (random.random(latent.shape) < 0.6)

    def work() -> object:
        present = presence(location_quotients(values))
        near = proximity(present)
        return complexity(present), density(present, near)

    return work


def sectors() -> Sectors:
    """The national table of 2020 with 153 sectors, imports split by proportion."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = tuple(r["Code"] for r in rows if r["Code"].isdigit())
    body = [r for r in rows if r["Code"].isdigit()]
    flows = np.array([[float(r[c]) for c in codes] for r in body])
    column = {key: np.array([float(r[key]) for r in body]) for key in ("GO", "IM", "EX")}
    names = tuple(r["DescriptionInChinese"] for r in body)
    return Sectors.of_competitive(codes, names, flows, column["GO"], np.abs(column["IM"]), column["EX"])


def inverse() -> object:
    """Both inverses, all linkages, the extraction of every sector."""
    table = sectors_of_2020
    fresh = Sectors(table.codes, table.names, table.flows, table.output, table.imports)
    return linkages(fresh), extraction_loss(fresh)


sectors_of_2020 = sectors()


def main() -> None:
    """Run and publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    lines = [f"{machine()}; medians of {repeat}.", "", row("work", "time"), row("---", "---:")]
    large = median(space(2850, 1380), repeat)
    lines.append(row("complexity, proximity and density, 2,850 × 1,380", f"{large:.2f} s"))
    all_sectors = median(inverse, repeat)
    what = "Leontief and Ghosh inverses, linkages and extraction of 153 sectors"
    lines += [row(what, f"{all_sectors * 1e3:.1f} ms"), ""]
    lines += ["ecomplexity took 72 s for the complexity index of the first alone, as found earlier on such a machine."]
    print("\n".join(lines))
    publish("bench/chain.py", lines)


if __name__ == "__main__":
    main()
