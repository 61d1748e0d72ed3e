"""The vendored browser files are what their list says, and the list is what the npm lock says."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
VENDOR = ROOT / "src" / "jiqun" / "web" / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "versions.json").read_text())["packages"]
LICENCES = {"MIT", "Apache-2.0", "0BSD", "BSD-0-Clause"}


def test_every_file_has_the_listed_hash_and_no_other_file_lies_there() -> None:
    listed = {file["path"]: file["sha256"] for package in PACKAGES for file in package["files"]}
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "versions.json"
    }
    assert found == listed


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p["name"])
def test_version_and_integrity_are_those_of_the_lock(package: dict[str, str]) -> None:
    wanted = json.loads((ROOT / "frontend" / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    entry = locked[f"node_modules/{package['name']}"]
    assert (package["version"], package["integrity"]) == (entry["version"], entry["integrity"])
    assert wanted[package["name"]] == package["version"]
    assert package["licence"] in LICENCES


def test_no_vendored_file_names_a_source_map() -> None:
    texts = [p for p in VENDOR.rglob("*") if p.suffix in (".js", ".css")]
    assert [p.name for p in texts if "sourceMappingURL=" in p.read_text()[-300:]] == []


def test_every_icon_that_a_template_draws_is_in_the_sprite() -> None:
    drawn = set()
    for template in (ROOT / "src" / "jiqun" / "web").rglob("*.html"):
        drawn |= set(re.findall(r'{% icon "([a-z0-9-]+)"', template.read_text()))
        drawn |= set(re.findall(r'image="([a-z0-9-]+)"', template.read_text()))
    known = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (VENDOR / "icons" / "sprite.svg").read_text()))
    assert len(drawn) > 10
    assert drawn - known == set()
