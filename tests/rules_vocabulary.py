"""The names that rules of the spec and of the generated trees may use."""

from __future__ import annotations

from jiqun.rules.vocabulary import Field, Indicator, Register, Title, Vocabulary

UNCOUNTED = frozenset({"130199"})
_FIRMS_AND_CLUSTERS = frozenset({"party", "cluster"})

VOCABULARY = Vocabulary.of(
    [
        Indicator("营业收入", unit="元", subjects=_FIRMS_AND_CLUSTERS),
        Indicator("研发费用", unit="元"),
        Indicator("净利润", unit="元"),
        Indicator("从业人员", unit="人"),
        Indicator("资产负债率", unit="%"),
        Indicator("用地面积", unit="亩", subjects=_FIRMS_AND_CLUSTERS),
        Indicator("协作协同作用明显", kind="flag", subjects=_FIRMS_AND_CLUSTERS),
        Indicator("信用等级", kind="text", choices=("甲级", "乙级", "丙级")),
        Indicator("股改日期", kind="date"),
        Indicator("季度用电", unit="千瓦时", grain="quarter", subjects=_FIRMS_AND_CLUSTERS),
        Indicator("月度产值", unit="元", grain="month", subjects=_FIRMS_AND_CLUSTERS),
        Indicator("常住人口", unit="万人", subjects=frozenset({"place"})),
        Indicator("财政收入", unit="亿元", subjects=frozenset({"place"})),
    ],
    [
        Title("领跑者企业", aliases=("“领跑者”企业",)),
        Title("专精特新“小巨人”企业"),
        Title("省级特色产业集群", subjects=frozenset({"cluster"})),
    ],
    [
        Register(
            "设备更新",
            fields=(
                Field("类别", choices=("生产", "研发", "检测", "其他")),
                Field("金额", "number", "元"),
                Field("台数", "number", "台"),
                Field("验收", "flag"),
                Field("完成日期", "date"),
            ),
        ),
        Register("共享智造", "cluster", (Field("实践", "flag"), Field("投资", "number", "万元"))),
        Register("开发区", "place", (Field("面积", "number", "平方公里"),)),
    ],
    UNCOUNTED,
).with_sides(
    [
        Field("公差", "number", "毫米"), Field("预算", "number", "元"), Field("数量", "number", "台"), Field("上浮", "number", "%"),
        Field("急件", "flag"), Field("说明"), Field("材料", choices=("碳钢", "不锈钢", "铝合金")), Field("材料单", "set"),
        Field("最早开始", "date"), Field("最晚结束", "date"), Field("所在地", "point"),
    ],
    [
        Field("公差", "number", "毫米"), Field("单价", "number", "元"), Field("台数", "number", "台"), Field("好评率", "number", "%"),
        Field("可加急", "flag"), Field("说明"), Field("材料", "set", choices=("碳钢", "不锈钢", "铝合金")),
        Field("可用自", "date"), Field("可用至", "date"), Field("所在地", "point"),
    ],
)  # fmt: skip
