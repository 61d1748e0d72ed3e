"""The text format of the public instances, and every fault of a file at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiqun.base.errors import InputError
from jiqun.exchange.schedule.fjs import load_fjs, parse_fjs
from jiqun.exchange.schedule.problem import plain_problem

PUBLIC = Path(__file__).resolve().parents[4] / "bench" / "data" / "fjsp"


def test_machines_count_from_one() -> None:
    text = "2 3 1.5\n2 2 1 5 3 4 1 2 6\n1 1 3 7\n"
    expected = plain_problem([[[(0, 5), (2, 4)], [(1, 6)]], [[(2, 7)]]], 3, "x")
    assert parse_fjs(text, name="x") == expected


def test_machines_count_from_nought_where_one_is_numbered_so_or_it_is_said() -> None:
    assert parse_fjs("1 2\n1 2 0 5 1 4\n") == plain_problem([[[(0, 5), (1, 4)]]], 2)
    assert parse_fjs("1 3\n1 2 1 5 2 4\n", first=0) == plain_problem([[[(1, 5), (2, 4)]]], 3)


def test_a_public_instance_has_its_published_size() -> None:
    mk01 = load_fjs(PUBLIC / "brandimarte" / "mk01.txt")
    assert (len(mk01.jobs), len(mk01.machines), len(mk01.operations)) == (10, 6, 55)


def test_every_fault_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.fjs"
    path.write_text("3 2\n2 1 1 5 1 1 x\n1 2 1 3 7 0\n2 1 1 4\n1 1 1 2 9 9\n1 0\n1 2 1 3 1 4\n")
    with pytest.raises(InputError) as raised:
        load_fjs(path)
    assert [str(p).removeprefix(str(path)).strip() for p in raised.value.problems] == [
        "第 1 行：首行说有 3 个工件，文件里有 6 行。请核对文件是否完整",
        "第 2 行：应为整数（现为“x”）",
        "第 4 行：这一行在第 2 道工序处断了。请核对工序数、机器数与后面的数是否相符",
        "第 5 行：这一行多出 2 个数。请核对工序数和机器数",
        "第 3 行：第 1 道工序的机器编号超出 1—2（现为“7”）",
        "第 3 行：第 1 道工序的加工时间应大于零（现为“0”）",
        "第 6 行：第 1 道工序没有任何机器能做。请给它至少一台机器",
        "第 7 行：第 1 道工序有机器写了两次。请只保留一次",
    ]


@pytest.mark.parametrize("text", ["", "abc\n", "5\n1 1 1 1\n"])
def test_a_file_without_a_head(text: str) -> None:
    with pytest.raises(InputError, match="首行应写工件数和机器数"):
        parse_fjs(text)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="文件不存在"):
        load_fjs(tmp_path / "no.fjs")
