"""What officials really send is read; every fault is said with its cell."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from jiqun.base.bounds import Bounds
from jiqun.base.codes import uscc_check_digit
from jiqun.base.errors import InputError
from jiqun.base.periods import Period
from jiqun.workbook import Column, Limits, Reading, Sheet, read_workbook
from jiqun.workbook.values import is_missing, read_ahead, read_text

CODE = "91130102" + "MA0ABCDE1"
CODE += uscc_check_digit(CODE)
OTHER = "91130102" + "MA0ABCDE2"
OTHER += uscc_check_digit(OTHER)
FIRMS = Sheet(
    "企业",
    (
        Column("统一社会信用代码", "uscc", required=True, key=True, aliases=("信用代码",)),
        Column("企业名称", required=True, aliases=("名称",)),
        Column("县区", "choice", choices={"正定县": "130123", "长安区": "130102"}),
        Column("营业收入", "money"),
        Column("研发占比", "share"),
        Column("从业人数", "number", unit="人"),
        Column("成立日期", "date"),
        Column("规上", "bool"),
    ),
)  # fmt: skip


def book(rows: Sequence[Sequence[Any]], merges: Sequence[tuple[Any, ...]] = (), **options: Any) -> bytes:
    """An .xlsx with one worksheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, **options}) as made:
        page = made.add_worksheet("表1")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    page.write(r, c, value)
        for merge in merges:
            page.merge_range(*merge)
    return target.getvalue()


def read(rows: Sequence[Sequence[Any]], sheet: Sheet = FIRMS, **more: Any) -> Reading:
    """Read rows through a workbook."""
    return read_workbook(book(rows, **more), [sheet], name="上报.xlsx")


def one(column: Column, *cells: Any, header: str | None = None) -> tuple[list[Any], list[str]]:
    """The values of one column, and the faults in words."""
    sheet = Sheet("表", (Column("名称", key=True), column))
    found = read([["名称", header or column.name], *([f"甲{i}", cell] for i, cell in enumerate(cells))], sheet)
    return found.sheets["表"].columns[column.name], [str(p) for p in found.problems]


def test_a_sheet_with_titles_two_header_levels_totals_and_a_foot() -> None:
    found = read(
        [
            ["2025年企业情况表"],
            ["单位：万元"],
            ["企业名称", "信用代码", "经济指标", None, "从业人数（万人）", "备注"],
            [None, None, "营业收入", "研发占比（%）"],
            ["甲", "乙", 1, 2, 3],
            ["河北（石家庄）机械有限公司", f" {CODE[:8]} {CODE[8:].lower()}", "１，２３４.５", 12.5, 0.012, "重点"],
            [],
            ["乙公司", OTHER, "—", "3%", "/", ""],
            ["长安区小计", None, 1234.5],
            ["合  计", None, 1234.5],
            ["填表人：张三", None, None, "审核人：李四"],
        ],
        merges=[(2, 0, 3, 0, "企业名称"), (2, 1, 3, 1, "信用代码"), (2, 2, 2, 3, "经济指标"), (2, 4, 3, 4, "从业人数（万人）"), (2, 5, 3, 5, "备注")],
    )  # fmt: skip
    firms = found.sheets["企业"]
    assert [str(p) for p in found.problems] == []
    assert list(firms.rows()) == [
        {"统一社会信用代码": CODE, "企业名称": "河北（石家庄）机械有限公司", "营业收入": Decimal(12345000),
         "研发占比": Decimal("0.125"), "从业人数": Decimal(120)},
        {"统一社会信用代码": OTHER, "企业名称": "乙公司", "营业收入": None, "研发占比": Decimal("0.03"), "从业人数": None},
    ]  # fmt: skip
    assert str(firms.cell(1, "营业收入")) == "工作表“表1”C8（营业收入）"
    assert found.notices == [
        "工作表“表1”有多余的列，没有读取：备注",
        "工作表“表1”按表头的单位换算：从业人数（万人）",
        "工作表“表1”表头上方注明单位：万元，表头没写单位的同类列按此换算",
        "工作表“表1”跳过合计、小计 2 行（第 9、10 行）",
        "工作表“表1”跳过表尾说明 1 行（第 11 行）",
        "“统一社会信用代码”有 1 处自动更正：去掉了空格等，或改为大写",
    ]


def test_every_fault_names_its_cell_and_how_to_mend_it() -> None:
    found = read(
        [
            ["名称", "统一社会信用代码", "县区", "营业收入", "成立日期", "规上"],
            ["甲公司", float(911301020000000000), "正定", "约800", "2025年2月30日", "大概"],
            [None, CODE[:17] + ("1" if CODE[17] != "1" else "2"), "长安区", "5人", 0.5, "√"],
        ]
    )
    assert [str(p) for p in found.problems] == [
        "工作表“表1”B2（统一社会信用代码）：统一社会信用代码被 Excel 变成了数，末几位已丢失，无法还原（现为“9.1130102e+17”）。"
        "请把这一列设为“文本”格式，按营业执照重新填写 18 位代码",
        "工作表“表1”C2（县区）：“县区”没有这个选项（现为“正定”）。您是否要写 正定县？",
        "工作表“表1”D2（营业收入）：“营业收入”应填金额（现为“约800”）。请只填数字",
        "工作表“表1”E2（成立日期）：没有这一天（现为“2025年2月30日”）。请核对年、月、日",
        "工作表“表1”F2（规上）：这里应填 是 或 否（现为“大概”）。请从下拉列表中选",
        "工作表“表1”A3（企业名称）：没有填写。这一列必填",
        f"工作表“表1”B3（统一社会信用代码）：统一社会信用代码校验位不符，按前 17 位应为 {CODE[17]}"
        f"（现为“{CODE[:17]}{'1' if CODE[17] != '1' else '2'}”）。请按营业执照核对",
        "工作表“表1”D3（营业收入）：单位“人”与这一列的单位“元”不能换算（现为“5人”）。请按 元 填写",
        "工作表“表1”E3（成立日期）：这里应填日期，不是小数（现为“0.5”）。请写成 2025-03-01",
    ]
    assert found.sheets["企业"].wrong == {0, 1}
    assert list(found.sheets["企业"].columns["县区"]) == [None, "130102"]


@pytest.mark.parametrize(
    ("header", "cell", "yuan"),
    [
        ("营业收入（万元）", 0.1 + 0.2, "3000"),
        ("营业收入（亿元）", "1.23", "123000000"),
        ("营业收入/千元", 5, "5000"),
        ("营业收入（单位：万元，含税）", "(12.5)", "-125000"),
        ("营业收入", "800万元", "8000000"),
        ("营业收入", "￥1,234.50", "1234.50"),
        ("营业收入", 123456789012.34, "123456789012.34"),
    ],
)
def test_money_is_converted_exactly(header: str, cell: Any, yuan: str) -> None:
    values, faults = one(Column("营业收入", "money"), cell, header=header)
    assert (values, faults) == ([Decimal(yuan)], [])


def test_a_share_is_read_by_its_header_its_format_or_its_sign() -> None:
    share = Column("占比", "share")
    assert one(share, "12.5%", 12.5, header="占比（%）")[0] == [Decimal("0.125"), Decimal("0.125")]
    assert one(share, 0.125, "12.5％")[0] == [Decimal("0.125"), Decimal("0.125")]
    assert one(share, 12.5)[1] == [
        "工作表“表1”B2（占比）：比例大于 1，却没有百分号，表头也没有写（%）（现为“12.5”）。请写成 12.5%"
    ]


def test_a_percent_format_says_what_a_number_means() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, ["名称", "占比（%）"])
        page.write_row(1, 0, ["甲", 0.125])
        page.write(2, 0, "乙")
        page.write(2, 1, 0.125, made.add_format({"num_format": "0.00%"}))
    sheet = Sheet("表", (Column("名称", key=True), Column("占比", "share")))
    found = read_workbook(target.getvalue(), [sheet], name="a.xlsx")
    assert found.sheets["表"].columns["占比"] == [Decimal("0.00125"), Decimal("0.125")]


def test_an_old_workbook_does_not_say_which_numbers_are_percentages() -> None:
    made = xlwt.Workbook()
    page = made.add_sheet("表1")
    for c, value in enumerate(["名称", "占比（%）"]):
        page.write(0, c, value)
    page.write(1, 0, "甲")
    page.write(1, 1, 0.125)
    target = io.BytesIO()
    made.save(target)
    sheet = Sheet("表", (Column("名称", key=True), Column("占比", "share")))
    found = read_workbook(target.getvalue(), [sheet], name="旧.xls")
    assert [p.message for p in found.problems] == ["无法判断 0.125 是 12.5% 还是 0.125%"]


@pytest.mark.parametrize(
    "cell",
    ["2025年3月1日", "2025.3.1", "20250301", 20250301, "2025/3/1", "２０２５－０３－０１", 45717, datetime(2025, 3, 1, 0, 0), "2025-03-01 00:00:00"],
)  # fmt: skip
def test_dates_in_all_their_forms(cell: Any) -> None:
    assert one(Column("日期", "date"), cell, header="日期") == ([date(2025, 3, 1)], [])


def test_a_serial_of_the_1904_system() -> None:
    sheet = Sheet("表", (Column("名称", key=True), Column("日期", "date")))
    found = read_workbook(book([["名称", "日期"], ["甲", 44255]], date_1904=True), [sheet], name="a.xlsx")
    assert found.sheets["表"].columns["日期"] == [date(2025, 3, 1)]


def test_a_month_is_no_day() -> None:
    assert one(Column("日期", "date"), "2025/3")[1] == [
        "工作表“表1”B2（日期）：只写了年月，缺少日（现为“2025/3”）。请补上日，如 2025-03-01；只知道月份时请填当月最后一天"
    ]


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2025", "2025"), (2025, "2025"), ("2025年度", "2025"), ("2025年三季度", "2025Q3"), ("2025年上半年", "2025Q2"),
        ("2025年前三季度", "2025Q3"), ("2025年1-9月", "2025-09"), ("202509", "2025-09"), (202509, "2025-09"), ("2025/9", "2025-09"),
        ("2025年９月", "2025-09"),
    ],
)  # fmt: skip
def test_periods_in_all_their_forms(cell: Any, period: str) -> None:
    assert one(Column("期间", "period"), cell) == ([Period.parse(period)], [])


def test_a_period_as_a_decimal_number_is_never_guessed() -> None:
    assert one(Column("期间", "period"), 2025.1)[1] == [
        "工作表“表1”B2（期间）：期间写成了小数，无法区分 1 月和 10 月（现为“2025.1”）。请写成 2025-01 或 2025年10月"
    ]


def test_letters_o_and_i_in_a_code_are_mended_only_where_the_check_digit_agrees() -> None:
    wrong = CODE.replace("0", "O")
    values, faults = one(Column("代码", "uscc"), wrong, "9113O10X")
    assert values == [CODE, None]
    assert faults == [
        "工作表“表1”B3（代码）：统一社会信用代码应为 18 位，现为 8 位（现为“9113O10X”）。请按营业执照核对"
    ]


def test_a_formula_without_a_result_and_one_with_an_error_are_named() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        page = made.add_worksheet("表1")
        page.write_row(0, 0, ["名称", "人数"])
        for row, (text, value) in enumerate([("=1+1", 2), ("=1+1", ""), ("=1/0", "#DIV/0!")], 1):
            page.write(row, 0, f"甲{row}")
            page.write_formula(row, 1, text, None, value)
    sheet = Sheet("表", (Column("名称", key=True), Column("人数", "number", unit="人")))
    found = read_workbook(target.getvalue(), [sheet], name="a.xlsx")
    assert found.sheets["表"].columns["人数"] == [2, None, None]
    assert [str(p) for p in found.problems] == [
        "工作表“表1”B3（人数）：公式没有保存计算结果。请在 Excel 中打开并保存一次，或粘贴为数值",
        "工作表“表1”B4（人数）：公式的结果是错误值 #DIV/0!。请改正公式，或直接填写数值",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_its_encodings(encoding: str, delimiter: str) -> None:
    lines = [["信用代码", "企业名称", "规上"], [f'="{CODE}"', "甲公司", "是"], [OTHER, "乙公司"]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    found = read_workbook(text.encode(encoding), [FIRMS], name="上报.csv")
    assert list(found.sheets["企业"].rows()) == [
        {"统一社会信用代码": CODE, "企业名称": "甲公司", "规上": True},
        {"统一社会信用代码": OTHER, "企业名称": "乙公司", "规上": None},
    ]


def test_an_old_workbook_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    made = xlwt.Workbook(encoding="utf-8")
    page = made.add_sheet("企业")
    for r, row in enumerate([["统一社会信用代码", "企业名称", "成立日期"], [CODE, "甲公司", 45717]]):
        for c, value in enumerate(row):
            page.write(r, c, value)
    path = tmp_path / "旧.xls"
    made.save(str(path))
    found = read_workbook(path, [FIRMS])
    assert list(found.sheets["企业"].rows()) == [
        {"统一社会信用代码": CODE, "企业名称": "甲公司", "成立日期": date(2025, 3, 1)}
    ]


def test_worksheets_of_one_kind_are_joined_and_others_passed_over() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        for name, code in (("正定县", CODE), ("长安区", OTHER)):
            page = made.add_worksheet(name)
            page.write_row(0, 0, ["名称", "信用代码"])
            page.write_row(1, 0, [f"{name}公司", code])
        made.add_worksheet("说明").write(0, 0, "请填写")
    found = read_workbook(target.getvalue(), [FIRMS], name="各县.xlsx")
    firms = found.sheets["企业"]
    assert firms.columns["企业名称"] == ["正定县公司", "长安区公司"]
    assert str(firms.cell(1)) == "工作表“长安区”第 2 行"
    assert found.notices == [
        "工作表“长安区”与前面的表合并读取为“企业”",
        "工作表“说明”没有能识别的表头，已跳过",
    ]


def test_columns_in_which_something_is_missing_are_named() -> None:
    sheet = Sheet(
        "表",
        (*(Column(name, key=name == "甲") for name in "甲乙丙丁戊"), Column("己", "code"), Column("庚", "date")),
    )
    sheets = [
        [
            ["甲", "乙", "丙", "丁", "己", "庚"],
            ["甲公司", "a", "", "x", "\u2003", "2025-01-01"],
            ["乙公司", "b", "c", "y", "C1", "何时"],
        ],
        [["甲", "乙", "丙", "戊"], ["丙公司", "c", "d", "z"]],
    ]
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        for rows in sheets:
            page = made.add_worksheet()
            for row, cells in enumerate(rows):
                page.write_row(row, 0, cells)
    found = read_workbook(target.getvalue(), [sheet], name="a.xlsx").sheets["表"]
    assert found.columns == {
        "甲": ["甲公司", "乙公司", "丙公司"], "乙": ["a", "b", "c"], "丙": [None, "c", "d"], "丁": ["x", "y", None],
        "戊": [None, None, "z"], "己": ["", "C1", None], "庚": [date(2025, 1, 1), None, None],
    }  # fmt: skip
    assert found.partial == set("丙丁戊己庚")


def test_a_missing_column_and_a_doubled_one() -> None:
    found = read([["统一社会信用代码", "企业名称全称", "营业收入", "营业收入（万元）"], [CODE, "甲", 1, 2]])
    assert [str(p) for p in found.problems] == [
        "工作表“表1”第 1 行（企业名称）：缺少“企业名称”一列。您是否要写 企业名称全称？",
        "工作表“表1”第 1 行（营业收入）：“营业收入”有 2 列（C1、D1）。请只保留一列",
    ]


def test_a_workbook_without_a_header_that_fits() -> None:
    with pytest.raises(InputError) as refused:
        read([["单位全称", "电话"], ["甲", "123"]])
    assert [str(p) for p in refused.value.problems] == [
        "上报.xlsx：没有找到能识别的表头（现为“单位全称、电话、甲、123”）。"
        "表头里至少要有：统一社会信用代码、企业名称。请使用下载的模板"
    ]


def test_faults_beyond_the_limit_are_counted() -> None:
    rows = [["名称", "信用代码"], *(["甲", "x"] for _ in range(30))]
    found = read_workbook(book(rows), [FIRMS], Limits(problems=10), name="a.xlsx")
    assert (len(found.problems), found.problem_count) == (10, 30)


def test_numbers_outside_the_limits_of_their_column() -> None:
    columns = (
        Column("金额", "money", unit="元", bounds=Bounds.of(Decimal(0), None, "元")),
        Column("比例", "share", unit="%", bounds=Bounds.of(Decimal(0), Decimal(100), "%")),
        Column("年限", "number", unit="年", bounds=Bounds.of(None, Decimal(30), "年")),
    )
    rows = [("金额（万元）", "比例", "年限"), (0, "100%", 30), (-1, "101%", 31)]
    reading = read_workbook(book(rows), [Sheet("表", columns)], name="表.xlsx")
    assert [str(problem) for problem in reading.problems] == [
        "工作表“表1”A3（金额）：超出允许的范围（现为“-1”）。应不小于 0元；请核对数值和单位",
        "工作表“表1”B3（比例）：超出允许的范围（现为“101%”）。应不小于 0%、不大于 100%；请核对数值和单位",
        "工作表“表1”C3（年限）：超出允许的范围（现为“31”）。应不大于 30年；请核对数值和单位",
    ]


@given(
    st.lists(st.text(st.sampled_from("甲乙a1 \t\r\n\u3000\u00a0\u200b\u2003\x1f-无0"), max_size=6), max_size=6),
    st.sampled_from([None, 3]),
)
def test_texts_read_ahead_are_those_read_one_by_one(cells: list[str], most: int | None) -> None:
    column = Column("备注", max_length=most)
    found = read_ahead(column, cells)
    for cell, value in found.items() if found is not None else zip(cells, cells, strict=True):
        assert not is_missing(cell)
        assert value == read_text(cell, column)
