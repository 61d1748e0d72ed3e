"""Files that cannot be read, and forms of files that can."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jiqun.base.errors import InputError
from jiqun.snapshot import csvfile
from jiqun.snapshot.build import PackMark, build
from tests.unit.snapshot.folder import (
    BASE,
    CLUSTER,
    OBSERVATION,
    PARTY,
    PLACE,
    RECOGNITION,
    RENEWAL,
    VOCABULARY,
    A,
    faults,
    snapshot,
    table,
    write,
)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        build(tmp_path / "nothing", tmp_path / "snapshot", VOCABULARY, PackMark("示例", "1"))
    assert [str(p) for p in refused.value.problems] == [f"{tmp_path}/nothing：找不到数据文件夹。请检查路径"]
    assert list(tmp_path.iterdir()) == []


def test_files_that_do_not_belong(tmp_path: Path) -> None:
    files = {
        "party.csv": None,
        "cluster.parquet": b"",
        "entry/设备跟新.csv": "x\n",
        "entry/旧/设备更新.csv": "x\n",
        "notes.xlsx": b"PK",
        "observations.csv": "a\n",
        "review.txt": "x",
        "README.md": "说明",
        ".hidden": "x",
        "~$party.csv": "x",
        "备份/party.csv": "x",
    }
    every = "place、cluster、party、observation、recognition、review、entry/设备更新、entry/活动"
    assert faults(tmp_path, files) == [
        "entry/旧：数据文件夹里没有这种子文件夹。台账放在 entry 文件夹里，其他表直接放在数据文件夹里",
        "entry/设备跟新.csv：方案包里没有这个台账（现为“entry/设备跟新”）。您是否要写 entry/设备更新、entry/活动？",
        f"notes.xlsx：数据文件夹里没有这种表（现为“notes”）。可用的表：{every}",
        "observations.csv：数据文件夹里没有这种表（现为“observations”）。您是否要写 observation？",
        "review.txt：数据文件只能是 CSV 或 Parquet（现为“.txt”）。请另存为 CSV UTF-8（.csv）或 Parquet（.parquet）",
        "备份：数据文件夹里没有这种子文件夹。台账放在 entry 文件夹里，其他表直接放在数据文件夹里",
        "cluster：产业集群有两个文件（现为“cluster.csv、cluster.parquet”）。请只保留一个",
        "party：缺少企业和机构表。请放入 party.csv 或 party.parquet",
    ]


def test_linked_folders_are_read(tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "elsewhere", {"设备更新.csv": RENEWAL + f"party,{A},2025-01-01,生产,1,,,\n"})
    facts = write(tmp_path / "facts", BASE)
    (facts / "entry").symlink_to(elsewhere)
    assert build(facts, tmp_path / "out", VOCABULARY, PackMark("示例", "1"))["tables"]["entry/设备更新"]["rows"] == 1


def test_files_of_the_wrong_shape(tmp_path: Path) -> None:
    files = {
        "place.csv": "",
        "cluster.csv": CLUSTER + "C3,坏\nC4,甲,,,,,\n",
        "party.csv": PARTY + f'"{A},甲\n',
        "observation.csv": "subject_kind,subject,indicater,period,value,state,备注\n",
        "recognition.csv": (RECOGNITION + f"party,{A},领跑者企业,2024-01-01,\n").encode("gb18030"),
        "review.parquet": b"PAR1 and then nothing",
        "entry/设备更新.csv": b"PK\x03\x04",
    }
    assert faults(tmp_path, files) == [
        "place.csv：文件是空的，连标题行也没有。请重新导出，或删去这个文件",
        "cluster.csv 第 4 行：这一行只有 2 列，应有 5 列。请补齐这一行，或重新导出文件",
        "cluster.csv 第 5 行：这一行有 7 列，应有 5 列。含逗号的内容要用英文双引号括起来",
        "party.csv 第 5 行：引号没有闭合或位置不对。请检查这一行的英文双引号；文件可能被截断，请重新导出",
        "observation.csv 第 1 行 “indicator”：缺少这一列。是否写成了 indicater？",
        "observation.csv 第 1 行：没有这一列（现为“indicater”）。您是否要写 indicator、state？",
        "observation.csv 第 1 行：没有这一列（现为“备注”）。可用的列：subject_kind、subject、indicator、period、value、state",
        "recognition.csv 第 2 行：文件编码是 GB18030（GBK），不是 UTF-8。请在 Excel 中另存为“CSV UTF-8（逗号分隔）”",
        "review.parquet：不是完整的 Parquet 文件，文件尾缺失或损坏。文件可能没有传完，请重新导出或重新传送",
        "entry/设备更新.csv：这是 Excel 工作簿，不是 CSV 文件。请在 Excel 中另存为“CSV UTF-8（逗号分隔）”",
    ]


def test_other_separators_encodings_and_headers(tmp_path: Path) -> None:
    files = {
        "place.csv": PLACE.encode("utf-16"),
        "cluster.csv": CLUSTER.replace(",", ";"),
        "party.csv": PARTY.replace("above_size", "kind"),
        "recognition.csv": b"subject_kind,subject,title,awarded_on,valid_until\nparty,\xff\xff,x,y,\n",
        "observation.csv": 'subject_kind,"subject',
        "review.csv": "subject_kind,subject,title,reviewed_on,outcome,\n",
    }
    assert faults(tmp_path, files) == [
        "place.csv：文件编码是 UTF-16，不是 UTF-8。请在 Excel 中另存为“CSV UTF-8（逗号分隔）”",
        "cluster.csv 第 1 行：列之间没有用英文逗号分隔（现为“id;name;county;chain;provincial_key”）。"
        "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”",
        "party.csv 第 1 行 “above_size”：缺少这一列。请补上这一列",
        "party.csv 第 1 行 “kind”：这一列出现了两次。请只保留一列",
        "observation.csv 第 1 行：标题行的引号没有闭合。请检查标题行，或重新导出文件",
        "recognition.csv 第 2 行：文件编码不是 UTF-8。请在 Excel 中另存为“CSV UTF-8（逗号分隔）”",
        "review.csv 第 1 行：标题行有空的列名。可用的列：subject_kind、subject、title、reviewed_on、outcome",
    ]


def test_rows_beside_a_misshapen_one_are_checked_and_what_refers_to_it_is_not_blamed(tmp_path: Path) -> None:
    files = {
        "cluster.csv": CLUSTER + "C3,坏\nC4,甲,999999,,是\n",
        "observation.csv": OBSERVATION + f"cluster,C3,集群产值,2024,1,\nparty,{A},营业收入,2024,约,\n",
    }
    assert faults(tmp_path, files) == [
        "cluster.csv 第 4 行：这一行只有 2 列，应有 5 列。请补齐这一行，或重新导出文件",
        "cluster.csv 第 5 行 “county”：行政区划表里没有这个代码（现为“999999”）。请先在 place 表里补上，或改正这里",
        "observation.csv 第 3 行 “value”：金额应为数字（现为“约”）。请只写以元为单位的数字，不带单位；没有数据请留空",
    ]


def test_a_file_cut_short_says_so(tmp_path: Path) -> None:
    cut = OBSERVATION + f"party,{A},营业收入,2024,1,approved\nparty,{A},营业"
    assert faults(tmp_path, {"observation.csv": cut}) == [
        "observation.csv 第 3 行：这一行只有 3 列，应有 6 列。文件可能被截断，请重新导出"
    ]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    lines = (
        f'\nparty,{A},主导产品,2023,"泵\n和阀",\n\n,,,,,\nparty,{A},从业人员,2024,x,\n\nparty,{A},从业人员,2025,y,\n'
    )
    assert faults(tmp_path, {"observation.csv": OBSERVATION + lines}) == [
        "observation.csv 第 6 行 “value”：应为数字（现为“x”）。请只写数字，如 1234.5；没有数据请留空",
        "observation.csv 第 8 行 “value”：应为数字（现为“y”）。请只写数字，如 1234.5；没有数据请留空",
    ]


def test_a_sound_file_may_have_a_mark_crlf_blank_lines_and_spaces(tmp_path: Path) -> None:
    party = PARTY.replace("\n", "\r\n") + ",,,,,,,,\r\n\r\n"
    snap = snapshot(
        tmp_path, {"party.csv": "\ufeff" + party.replace("甲公司", " 甲公司　").replace("uscc,name", " uscc , name")}
    )
    assert [r["name"] for r in table(snap, "party")] == ["甲公司", "乙公司", "丙研究院"]


def test_line_ends_may_be_mixed(tmp_path: Path) -> None:
    snap = snapshot(
        tmp_path, {"place.csv": 'code,name,parent,kind\r\n130100,"石""家""庄",,city\n\n130102,长安区,,district\r\n'}
    )
    assert [r["name"] for r in table(snap, "place")] == ['石"家"庄', "长安区"]


def test_a_quote_that_swallows_a_large_file_is_one_fault(tmp_path: Path) -> None:
    lines = "".join(f"party,{A},营业收入,{y},1,\n" for y in range(1900, 2100)) * 60
    found = faults(tmp_path, {"observation.csv": OBSERVATION + f'party,{A},营业收入,2024,1,"\n' + lines})
    assert found == [
        "observation.csv 第 2 行：引号没有闭合或位置不对。请检查这一行的英文双引号；文件可能被截断，请重新导出"
    ]


def test_parquet_whose_data_is_damaged(tmp_path: Path) -> None:
    names = [f"第{n}区" for n in range(5000)]
    whole = io.BytesIO()
    codes = pa.array([f"1301{n:04d}" for n in range(5000)])
    pq.write_table(pa.table({"code": codes, "name": names, "parent": codes, "kind": codes}), whole, compression="zstd")
    data = bytearray(whole.getvalue())
    data[200:4000] = bytes(3800)
    assert faults(tmp_path, {"place.csv": None, "place.parquet": bytes(data)}) == [
        "place.parquet：Parquet 文件内容损坏，读不完整。请重新导出或重新传送这个文件"
    ]


def test_what_refers_to_a_broken_table_is_not_blamed(tmp_path: Path) -> None:
    files = {
        "party.csv": "",
        "observation.csv": OBSERVATION + f"party,{A},营业收入,2024,1,\ncluster,C9,营业收入,2024,1,\n",
    }
    assert faults(tmp_path, files) == [
        "party.csv：文件是空的，连标题行也没有。请重新导出，或删去这个文件",
        "observation.csv 第 3 行 “subject”：集群表里没有这个主体（现为“C9”）。您是否要写 C2、C1？",
    ]


def test_blank_lines_are_counted_by_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n\n1,"x\n\ny"\n\n\n2,3\n', encoding="utf-8")
    assert csvfile.blank_lines(path) == [2, 4, 5]
