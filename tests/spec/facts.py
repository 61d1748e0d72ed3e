"""The small world that the examples of the language reference are about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from jiqun.base.periods import Period
from jiqun.rules.facts import Entry, Recognition, Review, Subject, Value, World
from jiqun.rules.geo import Point
from tests.rules_vocabulary import UNCOUNTED

LEADER, KEY = "领跑者企业", "省级特色产业集群"
D = Decimal


def observed(**facts: dict[str, Value]) -> dict[tuple[str, Period], Value]:
    """Indicator → period → value."""
    return {(name, Period.parse(p)): value for name, periods in facts.items() for p, value in periods.items()}


WORLD = World(
    [
        Subject("place", "130100", {"name": "某市", "kind": "city"}),
        Subject("place", "130121", {"name": "东县", "kind": "county"}, observations=observed(常住人口={"2025": 30.0})),
        Subject("place", "130102", {"name": "中区", "kind": "district"}, entries={"开发区": (Entry(None, {"面积": 2.0}),)}),
        Subject("place", "130199", {"name": "外区", "kind": "zone"}),
        Subject(
            "cluster", "c1", {"name": "装备集群", "chain": "装备", "provincial_key": True}, county="130121",
            observations=observed(营业收入={"2025": D("6000000000.00")}, 月度产值={"2026-07": D("2.00"), "2026-08": D("3.00")}),
            recognitions={KEY: (Recognition(date(2025, 9, 1)),)},
            entries={"共享智造": (Entry(date(2025, 5, 1), {"实践": True, "投资": D("100.00")}),)},
        ),
        Subject("cluster", "c2", {"name": "食品集群", "chain": "食品", "provincial_key": True}, county="130102"),
        Subject("cluster", "c3", {"name": "外围集群", "provincial_key": False}, county="130199"),
        Subject(
            "party", "甲",
            {"name": "甲公司", "kind": "enterprise", "industry": "3511", "industry_section": "制造业", "founded_on": date(2020, 2, 29),
             "size_class": "中型", "above_size": True},
            cluster="c1", county="130121",
            observations=observed(
                营业收入={"2022": D("8000000.00"), "2023": D("8000000.00"), "2024": D("8000000.00"),
                      "2025": D("10000000.00"), "2026": D("12000000.00")},
                研发费用={"2025": D("300000.00")}, 净利润={"2024": D("100.00"), "2025": D("-0.05")},
                从业人员={"2025": 300.0}, 资产负债率={"2025": 0.5}, 用地面积={"2025": 30.0},
                协作协同作用明显={"2025": True}, 信用等级={"2025": "甲级"}, 股改日期={"2025": date(2025, 3, 31)},
                季度用电={"2026Q1": 40.0, "2026Q2": 50.0}, 月度产值={"2026-07": D("4.00"), "2026-08": D("5.00")},
            ),
            recognitions={LEADER: (Recognition(date(2023, 1, 1), date(2026, 9, 30)),)},
            reviews={LEADER: (Review(date(2025, 8, 1), "通过"), Review(date(2026, 8, 1), "不通过"))},
            entries={"设备更新": (
                Entry(date(2025, 5, 1), {"类别": "生产", "金额": D("25000000.01"), "台数": 3.0, "验收": True}),
                Entry(date(2025, 6, 1), {"类别": "其他", "金额": D("1.00")}),
                Entry(date(2024, 6, 1), {"类别": "研发", "金额": D("50.00"), "验收": False}),
            )},
        ),
        Subject(
            "party", "乙", {"name": "乙公司", "kind": "enterprise", "founded_on": date(2023, 10, 1), "above_size": True},
            county="130121",
            observations=observed(
                营业收入={"2024": D("0.00"), "2025": D("10000000.00")}, 研发费用={"2025": D("299999.99")},
                净利润={"2025": D("5.00")},
            ),
            recognitions={LEADER: (Recognition(date(2025, 9, 1), date(2026, 9, 29)),)},
            reviews={LEADER: (Review(date(2025, 8, 1), "整改"), Review(date(2026, 8, 1), "通过"))},
        ),
        Subject("party", "丙", {"name": "丙公司", "kind": "enterprise", "above_size": False}, cluster="c1", county="130121",
                entries={"设备更新": (Entry(date(2025, 5, 1), {"类别": "生产"}),)}),
        Subject("party", "丁", {"name": "丁实验室", "kind": "lab"}, cluster="c2", county="130199"),
        Subject("pair", "n1-o1", {
            "需.公差": 0.02, "需.预算": D("500.00"), "需.数量": 2.0, "需.急件": True, "需.材料": "不锈钢",
            "需.材料单": frozenset({"碳钢", "不锈钢"}), "需.说明": "高精度不锈钢零件车削", "需.最早开始": date(2026, 10, 1),
            "需.最晚结束": date(2026, 10, 31), "需.所在地": Point(114.5, 38.0),
            "供.公差": 0.02, "供.单价": D("450.00"), "供.台数": 1.0, "供.可加急": False, "供.材料": frozenset({"不锈钢", "碳钢"}),
            "供.说明": "不锈钢轴车削加工", "供.可用自": date(2026, 10, 20), "供.可用至": date(2026, 12, 31), "供.所在地": Point(114.5, 38.45),
        }),
        Subject("pair", "n1-o2", {
            "需.公差": 0.02, "需.材料单": frozenset(), "需.材料": "铝合金", "需.说明": "检", "供.说明": "——",
            "供.材料": frozenset(), "需.最早开始": date(2026, 10, 1), "需.最晚结束": date(2026, 10, 31),
            "供.可用自": date(2026, 11, 1), "供.可用至": date(2026, 12, 31), "需.所在地": Point(114.5, 38.0), "需.预算": D("500.00"),
        }),
    ],
    UNCOUNTED,
)  # fmt: skip
KIND_OF = {id_: kind for kind, id_ in WORLD.subjects}
