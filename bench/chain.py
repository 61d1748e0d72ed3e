"""The chain engine: complexity, proximity and density of a large matrix; the Leontief inverse of 153 sectors.

uv run --with ecomplexity --with pymrio python -m bench.chain [--repeat 5]

ecomplexity and pymrio do the same work in the same run; where they are not installed their columns stay empty. Both are
held against our results first.
"""

from __future__ import annotations

import argparse
import csv
import time
import warnings

import numpy as np
import numpy.typing as npt

from bench._report import ROOT, machine, median, publish, row
from jiqun.chain.inputoutput import Sectors, extraction_loss, linkages
from jiqun.chain.space import Complexity, complexity, density, location_quotients, presence, proximity

Floats = npt.NDArray[np.float64]
TABLE = ROOT / "tests" / "unit" / "chain" / "tables" / "io_china_2020_153.csv"


def matrix(places: int, activities: int) -> Floats:
    """A generated matrix of places and activities."""
    random = np.random.default_rng(0)
    latent = random.normal(0, 1.2, (places, 4)) @ random.normal(0, 1, (4, activities))
    values: Floats = np.exp(latent + random.normal(0, 1.5, latent.shape)) * (random.random(latent.shape) < 0.6)
    return values


def space(values: Floats) -> tuple[Complexity, Floats]:
    """Everything about a matrix: complexity of places and activities, proximity, density."""
    present = presence(location_quotients(values))
    near = proximity(present)
    return complexity(present), density(present, near)


def their_space(values: Floats) -> tuple[float | None, float | None]:
    """ecomplexity's seconds for the same matrix, and how its index correlates with ours; None where it is missing."""
    try:
        import pandas as pd
        from ecomplexity import ecomplexity
    except ImportError:
        return None, None
    places, activities = values.shape
    frame = pd.DataFrame(
        {"year": 2020, "place": np.repeat(np.arange(places), activities), "activity": np.tile(np.arange(activities), places),
         "value": values.ravel()}
    )  # fmt: skip
    columns = {"time": "year", "loc": "place", "prod": "activity", "val": "value"}
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = ecomplexity(frame, columns)
    seconds = time.perf_counter() - start
    theirs = found.groupby("place")["eci"].first().to_numpy()
    return seconds, float(np.corrcoef(theirs, space(values)[0].places)[0, 1])


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


def fresh() -> Sectors:
    """The table with nothing worked out yet."""
    table = sectors_of_2020
    return Sectors(table.codes, table.names, table.flows, table.output, table.imports)


def everything() -> object:
    """Both inverses, all linkages, the extraction of every sector."""
    table = fresh()
    return linkages(table), extraction_loss(table)


def their_inverse(repeat: int) -> tuple[float | None, float | None]:
    """pymrio's seconds for A and L, and the largest difference from ours; None where it is missing."""
    try:
        import pandas as pd
        import pymrio
    except ImportError:
        return None, None
    flows, output = pd.DataFrame(sectors_of_2020.flows), pd.Series(sectors_of_2020.output)

    def work() -> Floats:
        return np.asarray(pymrio.calc_L(pymrio.calc_A(flows, output)))

    return median(work, repeat), float(np.abs(work() - sectors_of_2020.leontief).max())


sectors_of_2020 = sectors()


def line(what: str, ours: float, peer: str, theirs: float | None) -> str:
    """A row; empty cells where the peer was not there."""

    def shown(seconds: float) -> str:
        return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1e3:.1f} ms"

    if theirs is None:
        return row(what, shown(ours), "", "", "")
    return row(what, shown(ours), peer, shown(theirs), f"{theirs / ours:.1f} ×")


def main() -> None:
    """Run and publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    heads = row("work", "time", "beside", "its time", "times slower"), row("---", "---:", "---", "---:", "---:")
    lines = [f"{machine()}; medians of {repeat}, ecomplexity once.", "", *heads]
    values = matrix(2850, 1380)
    seconds, alike = their_space(values)
    what = "complexity, proximity and density, 2,850 × 1,380"
    lines.append(line(what, median(lambda: space(values), repeat), "ecomplexity", seconds))
    theirs, apart = their_inverse(repeat)
    lines.append(
        line("A and Leontief inverse, 153 sectors", median(lambda: fresh().leontief, repeat), "pymrio", theirs)
    )
    lines.append(line("both inverses, linkages and extraction, 153 sectors", median(everything, repeat), "", None))
    lines.append("")
    if alike is not None and apart is not None:
        lines.append(
            f"Correlation of ecomplexity's index with ours {alike:.9f}; largest difference from pymrio's inverse {apart:.1e}."
        )
    print("\n".join(lines))
    publish("bench/chain.py", lines)


if __name__ == "__main__":
    main()
