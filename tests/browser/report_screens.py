"""Take the screenshots of the two reports of the insight engines, of a demonstration made for it.

uv run python tests/browser/report_screens.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # so that it may be run as a script

from jiqun.cli import program  # noqa: E402
from tests.browser.chromium import WIDTHS, browser, open_page  # noqa: E402
from tests.browser.screens import FIRMS, OUT, take  # noqa: E402

PACK = ROOT / "programmes" / "shijiazhuang-2025"
AS_OF, CLUSTER = "2026-09-30", "C06"


def main() -> None:
    """Make the demonstration and both reports, take every picture; exit code 1 where a page had a fault."""
    faults = []
    with tempfile.TemporaryDirectory() as home, browser() as running:
        pages = reports(Path(home))
        for width in WIDTHS:
            for name, page in pages.items():
                watched = open_page(running, width)
                faults += take(watched.page, page.as_uri(), OUT / f"{name}-{width}.png", width)
                faults += [f"{width}: {fault}" for fault in watched.faults]
    print("\n".join(faults) or "no faults")
    raise SystemExit(1 if faults else 0)


def reports(home: Path) -> dict[str, Path]:
    """The pages of a ranking and of a chain, by the name of their picture."""
    facts, snapshot, pack = str(home / "facts"), str(home / "snapshot"), str(PACK)
    run("sample", "--firms", str(FIRMS), "--out", facts, "--pack", pack)
    run("snapshot", facts, "--pack", pack, "--out", snapshot)
    run("rank", snapshot, "--pack", pack, "--as-of", AS_OF, "--out", str(home / "ranking"))
    run("chain", snapshot, "--pack", pack, "--as-of", AS_OF, "--cluster", CLUSTER, "--out", str(home / "chain"))
    return {"ranking": home / "ranking" / "ranking.html", "chain": home / "chain" / "chain.html"}


def run(*arguments: str) -> None:
    """Run a command of Jiqun; SystemExit with what it said where it fails."""
    result = CliRunner().invoke(program, list(arguments))
    if result.exit_code:
        raise SystemExit(result.output)


if __name__ == "__main__":
    main()
