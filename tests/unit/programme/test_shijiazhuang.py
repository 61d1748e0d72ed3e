"""The pack of the Shijiazhuang plan: sound as committed, and refused in full where it is spoilt."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jiqun.base.industries import section_name
from jiqun.base.periods import Period
from jiqun.programme.check import check_pack
from jiqun.programme.load import load_pack
from jiqun.rules import parse_rule
from jiqun.rules.facts import Entry, Recognition, Subject, World
from jiqun.rules.reference import evaluate

ROOT = Path(__file__).resolve().parents[3] / "programmes" / "shijiazhuang-2025"
PACK = load_pack(ROOT)


def test_the_pack_is_sound_and_holds_the_whole_plan() -> None:
    report = check_pack(ROOT)
    assert [str(problem) for problem in report.problems] == []
    assert report.counts is not None
    assert report.counts.cases == report.counts.cases_passed > 0
    assert [task.number for task in PACK.programme.tasks] == list(range(1, 20))
    assert list(PACK.benefits) == [
        "leader-first-review", "leader-equipment", "smart-advanced", "smart-excellent", "smart-leading",
        "digital-leader", "factory-5g", "shared-carrier", "shared-l1", "shared-l2", "shared-l3",
        "cluster-provincial", "cluster-national",
    ]  # fmt: skip


def spoil(pack: Path, file: str, old: str, new: str) -> tuple[int, int]:
    """Replace the first occurrence; where `new` begins, as line and column."""
    text = (pack / file).read_text(encoding="utf-8")
    at = text.index(old)
    (pack / file).write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def test_every_kind_of_bad_input_at_once(tmp_path: Path) -> None:
    pack = shutil.copytree(ROOT, tmp_path / "pack")
    ladder = next(f for f in PACK.files if f.startswith("ladders/") and "cases" not in f)
    policy = PACK.benefits["leader-equipment"].place().file
    assert policy is not None
    spoilt = {
        "unknown key": ("targets.yaml", spoil(pack, "targets.yaml", "    due: ", "    duo: ")),
        "overlap": (ladder, spoil(pack, ladder, "          until: null\n", "          until: 2000-01-01\n")),
        "typo": (policy, spoil(pack, policy, '持有("领跑者企业")', '持有("领跑者企')),
        "wrong unit": (policy, spoil(pack, policy, "value: 500万元", "value: 500万圆")),
    }
    report = check_pack(pack)
    found = {(p.place.file, p.place.line): p.message for p in report.problems}
    for name, (file, (line, _)) in spoilt.items():
        assert (file, line) in found, f"{name}: {sorted(found)}"
    assert found["targets.yaml", spoilt["unknown key"][1][0]] == "不认识的键“duo”"
    # Nothing else is blamed but the places spoilt and the target that now lacks its date.
    assert len(found) == len(spoilt) + 1, found


def _measured(target_id: str, firms: dict[str, tuple[str | None, bool]]) -> tuple[object, tuple[str, ...]]:
    """A target over above-size firms of one key cluster: industry code, and whether it is transformed and green."""
    done = {"数字化改造": (Entry(date(2026, 1, 1), {"状态": "完成"}),)}
    green = {"省级绿色工厂": (Recognition(date(2025, 1, 1)),)}
    output = {("工业总产值", Period.parse("2025")): Decimal("100.00")}
    cluster = Subject("cluster", "c", {"name": "集群", "provincial_key": True}, county="130102")
    parties = [
        Subject(
            "party", name,
            {"name": name, "kind": "enterprise", "above_size": True, "industry": code, "industry_section": section_name(code)},
            "c", "130102", output, recognitions=green if well else {}, entries=done if well else {},
        )
        for name, (code, well) in firms.items()
    ]  # fmt: skip
    rule = parse_rule(PACK.targets[target_id].measure, PACK.vocabulary, subject="programme")
    answer = evaluate(rule, World([cluster, *parties]), None, date(2026, 9, 30))
    return answer.value, answer.missing


@pytest.mark.parametrize("target", ["digital-above-size", "green-output-share"])
def test_targets_about_manufacturing_count_no_other_industry(target: str) -> None:
    firms = {"纺纱": ("C1711", True), "机械": ("3511", False), "煤矿": ("B0610", False), "建筑": ("E4710", True)}
    assert _measured(target, firms) == (0.5, ())
    value, missing = _measured(target, {**firms, "行业不明": (None, True)})
    assert value is None and missing
