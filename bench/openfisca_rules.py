"""The Shijiazhuang pack's benefits and rungs as OpenFisca-Core variables, written as an OpenFisca user would.

Every figure is an input variable of a year, every title or register fact a boolean input, every rule a formula. There
is no missing value in OpenFisca: what was not reported is 0 or false. Criteria that the pack marks 待补充 have no
counterpart and are left out; `PARTIAL` names the rules that they leave incomplete.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import YEAR
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Formula = Callable[..., Any]

FIGURES = {
    # money and numbers: how many years back from the last complete year are read
    "营业收入": 4, "主营业务收入": 3, "总收入": 1, "高新技术产品收入": 1, "净利润": 3, "经营活动现金流净额": 3,
    "加权平均净资产收益率": 2, "预计市值": 1, "资产总额": 1, "负债总额": 1, "成本费用支出": 1, "从业人员": 1,
    "研发费用": 3, "境内研发费用": 3, "研发投入": 3, "科技人员": 1, "研发人员": 1, "一类知识产权": 1, "二类知识产权": 1,
    "主导产品一类知识产权": 1, "主导产品自有一类知识产权": 1, "主营业务发明专利": 1, "从事细分市场年限": 1,
    "主导产品市场占有率": 1, "主导产品全球排名": 1, "主导产品全国排名": 1, "主导产品全省排名": 1,
    "高企创新能力评价得分": 1, "创新型评价创新能力得分": 1, "创新型评价成长性得分": 1, "创新型评价专业化得分": 1,
    "专精特新发展评价得分": 1,
}  # fmt: skip
MONEY = {
    "营业收入", "主营业务收入", "总收入", "高新技术产品收入", "净利润", "经营活动现金流净额", "预计市值", "资产总额",
    "负债总额", "成本费用支出", "研发费用", "境内研发费用", "研发投入",
}  # fmt: skip
FLAGS = (
    "协作协同作用明显", "境内居民企业", "产品属禁限淘汰类", "核心知识产权支持主要产品", "核心技术属重点支持领域", "市场地位靠前",
    "属六基或关键环节", "与小巨人存在关联", "申请产品为新产品", "技术工艺能耗先进", "研发机构与核心知识产权", "聚焦细分产品市场",
    "具备领跑者特征", "从事实际生产", "有绿色工厂负面情形", "四项管理体系健全", "排污许可且达标排放", "基础级要素条件自评达标",
    "获部级数字化试点示范", "整合开放共享资源", "国家批准且取得阶段性成果",
)  # fmt: skip
TITLES = (
    "科技型中小企业", "创新型中小企业", "科技和创新型中小企业", "专精特新中小企业", "专精特新“小巨人”企业", "高新技术企业",
    "国家级技术创新示范企业", "国家知识产权优势企业", "国家知识产权示范企业", "国家级制造业单项冠军企业", "领跑者企业",
    "基础级智能工厂", "先进级智能工厂", "卓越级智能工厂", "市级绿色工厂", "省级绿色工厂", "国家级数字领航企业", "市级工业设计中心",
)  # fmt: skip
BONUSES = {
    # benefit -> title, yuan: paid once for a new award
    "smart-advanced": ("先进级智能工厂", 100_000),
    "smart-excellent": ("卓越级智能工厂", 300_000),
    "smart-leading": ("领航级智能工厂", 500_000),
    "digital-leader": ("数字领航企业", 100_000),
    "factory-5g": ("国家级5G工厂", 300_000),
    "shared-carrier": ("共享载体", 200_000),
    "shared-l1": ("L1级共享工厂", 100_000),
    "shared-l2": ("L2级共享工厂", 200_000),
    "shared-l3": ("L3级共享工厂", 300_000),
}
WITHIN_CLUSTERS = {
    "smart-advanced",
    "smart-excellent",
    "smart-leading",
    "digital-leader",
    "factory-5g",
    "shared-carrier",
}
"""Bonuses for members of a cluster only (集群内)."""
CLUSTER_BONUSES = {
    "cluster-provincial": ("省级中小企业特色产业集群", 500_000),
    "cluster-national": ("国家级中小企业特色产业集群", 1_000_000),
}
IPO = ("入库培育", "完成股改", "辅导备案", "审核受理", "上市")
REGISTER_FACTS = (
    "重大事故今年去年", "重大事故一年", "较大事故三年", "在名单", "在严重名单", "在绿色名单", "国家奖五年前三", "省部奖三年", "省部奖三年前三",
    "国家奖三年前三", "省部平台", "主导标准五年",
)  # fmt: skip
PARTIAL = {
    "rung-hebei-leader", "rung-smart-advanced", "rung-smart-excellent", "rung-smart-leading", "rung-green-provincial",
    "rung-green-national", "rung-shared-carrier", "rung-cluster-national",
}  # fmt: skip
"""Rules of which the pack leaves a criterion open (待补充): OpenFisca answers by the others alone."""


def _system(entity: str) -> tuple[TaxBenefitSystem, Any]:
    made = build_entity(key=entity, plural=entity + "s", label=entity, is_person=True)
    system = TaxBenefitSystem([made])
    amounts = {b: v for b, (_, v) in (BONUSES | CLUSTER_BONUSES).items()} | {"leader-first-review": 100_000}
    data: dict[str, Any] = {
        "bonus": {k.replace("-", "_"): {"values": {"2025-01-01": {"value": v}}} for k, v in amounts.items()},
        "renewal": {
            "rate": {"values": {"2025-01-01": {"value": 0.2}}},
            "ceiling": {"values": {"2025-01-01": {"value": 5_000_000}}},
        },
    }
    system.parameters = ParameterNode("", data=data)
    return system, made


def _adder(system: TaxBenefitSystem, entity: Any) -> Callable[..., None]:
    def add(name: str, kind: type = float, formula: Formula | None = None) -> None:
        body: dict[str, Any] = {"value_type": kind, "entity": entity, "definition_period": YEAR, "label": name}
        if formula is not None:
            body["formula"] = formula
        system.add_variable(type(name, (Variable,), body))

    return add


def _all(*conditions: Any) -> Any:
    result = conditions[0]
    for condition in conditions[1:]:
        result = result & condition
    return result


def _ratio(a: Any, b: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return a / b


def _both(*names: str) -> Formula:
    return lambda e, p: _all(*(e(name, p) for name in names))


def _bonus(benefit: str, who: str, due: str) -> Formula:
    key = benefit.replace("-", "_")
    return lambda e, p, q: e(who, p) * e(due, p) * getattr(q(p).bonus, key)


def party_system() -> TaxBenefitSystem:
    """Inputs and formulas of firms; formulas are asked for the year of the as-of date."""
    system, entity = _system("firm")
    add = _adder(system, entity)
    for name in FIGURES:
        add(name)
    for name in (*FLAGS, *(f"hold_{t}" for t in TITLES), *(f"new_{t}" for t, _ in BONUSES.values()), *REGISTER_FACTS):
        add(name, bool)
    for name in (
        *(f"ipo_{s}" for s in IPO),
        "enterprise",
        "anybody",
        "member",
        "host",
        "leader_review_passed",
        "sme",
        "aged",
    ):
        add(name, bool)
    for name in ("renewal", "equity_3y", "equity_2y", "maturity_5g", "next_tier_years"):
        add(name)
    _benefits(add)
    _quality(add)
    _champions_and_leaders(add)
    _factories(add)
    _boards(add)
    return system


def _last(name: str, back: int = 0) -> Formula:
    return lambda e, p: e(name, p.offset(-1 - back))


def _benefits(add: Callable[..., None]) -> None:
    for benefit, (title, _) in BONUSES.items():
        add(benefit, float, _bonus(benefit, "member" if benefit in WITHIN_CLUSTERS else "anybody", f"new_{title}"))
    add("leader-first-review", float, lambda e, p, q: e("leader_review_passed", p) * q(p).bonus.leader_first_review)
    add(
        "leader-equipment",
        float,
        lambda e, p, q: (
            e("hold_领跑者企业", p)
            * e("协作协同作用明显", p.offset(-1))
            * np.minimum(np.round(e("renewal", p.offset(-1)) * q(p).renewal.rate, 2), q(p).renewal.ceiling)
        ),
    )


def _quality(add: Callable[..., None]) -> None:
    def y(name: str) -> Formula:
        return _last(name)

    def tech_score(e: Any, p: Any, research: Any, cost: bool) -> Any:
        staff = _ratio(y("科技人员")(e, p), y("从业人员")(e, p))
        points = np.select([staff >= b for b in (0.3, 0.25, 0.2, 0.15, 0.1)], [20, 16, 12, 8, 4], 0)
        bands = (0.3, 0.25, 0.2, 0.15, 0.1) if cost else (0.06, 0.05, 0.04, 0.03, 0.02)
        points = points + np.select([research >= b for b in bands], [50, 40, 30, 20, 10], 0)
        second = y("二类知识产权")(e, p)
        results = np.select([second >= k for k in (4, 3, 2, 1)], [24, 18, 12, 6], 0)
        return points + np.where(y("一类知识产权")(e, p) >= 1, 30, results)

    def tech_sme(e: Any, p: Any) -> Any:
        direct = e("hold_高新技术企业", p) | e("国家奖五年前三", p) | e("省部平台", p) | e("主导标准五年", p)
        rd = y("研发费用")(e, p)
        staffed = _ratio(y("科技人员")(e, p), y("从业人员")(e, p)) >= 0.1
        by_sales = tech_score(e, p, _ratio(rd, y("营业收入")(e, p)), False) >= 60
        by_cost = tech_score(e, p, _ratio(rd, y("成本费用支出")(e, p)), True) >= 60
        return _all(
            e("enterprise", p),
            y("境内居民企业")(e, p),
            (y("从业人员")(e, p) <= 500) & (y("营业收入")(e, p) <= 2e8) & (y("资产总额")(e, p) <= 2e8),
            ~y("产品属禁限淘汰类")(e, p),
            ~e("重大事故今年去年", p) & ~e("在严重名单", p),
            direct | (staffed & (by_sales | by_cost)),
        )

    def innovative(e: Any, p: Any) -> Any:
        honours = [
            e(f"hold_{t}", p)
            for t in ("高新技术企业", "国家级技术创新示范企业", "国家知识产权优势企业", "国家知识产权示范企业")
        ]
        direct = e("省部奖三年", p) | e("省部平台", p) | (e("equity_3y", p) >= 5e6) | np.any(honours, axis=0)
        a, b, c = (y(f"创新型评价{part}得分")(e, p) for part in ("创新能力", "成长性", "专业化"))
        scored = (a >= 20) & (b >= 15) & (c >= 15) & (a + b + c >= 60)
        return _all(e("enterprise", p), e("sme", p), ~e("在名单", p) & ~e("较大事故三年", p), direct | scored)

    def srdi(e: Any, p: Any) -> Any:
        titled = e("hold_科技和创新型中小企业", p) | e("hold_科技型中小企业", p) | e("hold_创新型中小企业", p)
        years = [
            (e("研发费用", q) >= 1e6) & (_ratio(e("研发费用", q), e("营业收入", q)) >= 0.03)
            for q in (p.offset(-1), p.offset(-2))
        ]
        return _all(
            e("enterprise", p),
            e("sme", p),
            ~e("在名单", p) & ~e("较大事故三年", p),
            titled & (y("从事细分市场年限")(e, p) >= 3),
            (y("营业收入")(e, p) >= 1.5e7) | (e("equity_2y", p) >= 2e7),
            _ratio(y("主营业务收入")(e, p), y("营业收入")(e, p)) >= 0.8,
            _ratio(y("负债总额")(e, p), y("资产总额")(e, p)) <= 0.8,
            years[0] & years[1],
            (y("主导产品一类知识产权")(e, p) >= 1) | e("省部奖三年前三", p) | e("省部平台", p),
            y("市场地位靠前")(e, p),
            y("专精特新发展评价得分")(e, p) >= 50,
        )

    def giant(e: Any, p: Any) -> Any:
        revenue = [e("营业收入", p.offset(-k)) for k in (1, 2, 3)]
        rd = [e("研发费用", p.offset(-k)) for k in (1, 2)]
        growth = np.sqrt(np.maximum(_ratio(revenue[0], revenue[2]), 0)) - 1
        return _all(
            e("enterprise", p),
            e("hold_专精特新中小企业", p) & (y("从事细分市场年限")(e, p) >= 3),
            revenue[0] >= 5e7,
            _ratio(y("主营业务收入")(e, p), revenue[0]) >= 0.9,
            growth >= 0.05,
            _ratio(y("负债总额")(e, p), y("资产总额")(e, p)) <= 0.75,
            (rd[0] + rd[1] >= 1.2e7) & (_ratio(rd[0], revenue[0]) >= 0.03) & (_ratio(rd[1], revenue[1]) >= 0.03),
            (y("主导产品自有一类知识产权")(e, p) >= 4) | e("国家奖三年前三", p),
            (y("主导产品市场占有率")(e, p) >= 0.1) | (y("主导产品全国排名")(e, p) <= 3),
            y("属六基或关键环节")(e, p),
            y("专精特新发展评价得分")(e, p) >= 60,
            ~e("hold_国家级制造业单项冠军企业", p) & ~y("与小巨人存在关联")(e, p),
        )

    def hnte(e: Any, p: Any) -> Any:
        rd = sum(e("研发费用", p.offset(-k)) for k in (1, 2, 3))
        sales = sum(e("营业收入", p.offset(-k)) for k in (1, 2, 3))
        domestic = sum(e("境内研发费用", p.offset(-k)) for k in (1, 2, 3))
        last = y("营业收入")(e, p)
        limit = np.select([last <= 5e7, last <= 2e8], [0.05, 0.04], 0.03)
        return _all(
            e("enterprise", p),
            e("aged", p),
            y("核心知识产权支持主要产品")(e, p),
            y("核心技术属重点支持领域")(e, p),
            _ratio(y("科技人员")(e, p), y("从业人员")(e, p)) >= 0.1,
            (_ratio(rd, sales) >= limit) & (_ratio(domestic, rd) >= 0.6),
            _ratio(y("高新技术产品收入")(e, p), y("总收入")(e, p)) >= 0.6,
            y("高企创新能力评价得分")(e, p) > 70,
            ~e("重大事故一年", p),
        )

    for name, formula in (
        ("rung-tech-sme", tech_sme),
        ("rung-innovative-sme", innovative),
        ("rung-srdi-sme", srdi),
        ("rung-little-giant", giant),
        ("rung-hnte", hnte),
    ):
        add(name, bool, formula)


def _champions_and_leaders(add: Callable[..., None]) -> None:
    y = _last

    def hebei(e: Any, p: Any) -> Any:
        years, fresh = y("从事细分市场年限")(e, p), y("申请产品为新产品")(e, p)
        rank = (y("主导产品全国排名")(e, p) <= 5) | (y("主导产品全省排名")(e, p) == 1)
        return _all(e("enterprise", p), y("聚焦细分产品市场")(e, p), rank, (years >= 10) | (fresh & (years >= 3)))

    def national(e: Any, p: Any) -> Any:
        years, fresh = y("从事细分市场年限")(e, p), y("申请产品为新产品")(e, p)
        mean = sum(e("主营业务收入", p.offset(-k)) for k in (1, 2, 3)) / 3
        limit = np.where(e("hold_专精特新中小企业", p) | e("hold_专精特新“小巨人”企业", p), 2e8, 4e8)
        return _all(
            e("enterprise", p),
            (years >= 10) | (fresh & (years >= 5)),
            mean >= limit,
            y("主导产品全球排名")(e, p) <= 3,
            y("技术工艺能耗先进")(e, p),
            y("研发机构与核心知识产权")(e, p),
        )

    add("rung-hebei-champion", bool, hebei)
    add("rung-national-champion", bool, national)
    add("rung-hebei-leader", bool, lambda e, p: e("enterprise", p) & e("member", p) & y("具备领跑者特征")(e, p))


def _factories(add: Callable[..., None]) -> None:
    y = _last

    def firm(e: Any, p: Any) -> Any:
        return e("enterprise", p)

    add("rung-smart-basic", bool, lambda e, p: firm(e, p) & y("基础级要素条件自评达标")(e, p))
    for rung, title in (
        ("rung-smart-advanced", "基础级智能工厂"),
        ("rung-smart-excellent", "先进级智能工厂"),
        ("rung-smart-leading", "卓越级智能工厂"),
        ("rung-green-provincial", "市级绿色工厂"),
    ):
        add(rung, bool, _both("enterprise", f"hold_{title}"))
    add(
        "rung-green-national",
        bool,
        lambda e, p: _all(
            firm(e, p),
            y("从事实际生产")(e, p),
            e("hold_省级绿色工厂", p),
            ~e("在绿色名单", p) & ~e("较大事故三年", p) & ~y("有绿色工厂负面情形")(e, p),
            y("四项管理体系健全")(e, p),
            y("排污许可且达标排放")(e, p),
        ),
    )
    add(
        "rung-digital-leader-national",
        bool,
        lambda e, p: _all(
            firm(e, p), y("从事实际生产")(e, p) & y("获部级数字化试点示范")(e, p), ~e("hold_国家级数字领航企业", p)
        ),
    )
    add("rung-factory-5g", bool, lambda e, p: firm(e, p) & (y("maturity_5g")(e, p) >= 1))
    add("rung-shared-carrier", bool, lambda e, p: e("host", p) & y("整合开放共享资源")(e, p))
    add("rung-ipo-reserve", bool, lambda e, p: firm(e, p) & e("ipo_入库培育", p))
    for rung, stage, before in (
        ("rung-ipo-joint-stock", "完成股改", "入库培育"),
        ("rung-ipo-tutoring", "辅导备案", "完成股改"),
        ("rung-ipo-review", "审核受理", "辅导备案"),
        ("rung-ipo-listed", "上市", "审核受理"),
    ):
        add(rung, bool, _both("enterprise", f"ipo_{stage}", f"ipo_{before}"))


def _boards(add: Callable[..., None]) -> None:
    def years(e: Any, p: Any, name: str, n: int) -> list[Any]:
        return [e(name, p.offset(-k)) for k in range(1, n + 1)]

    def bse(e: Any, p: Any) -> Any:
        (worth,) = years(e, p, "预计市值", 1)
        profit, roe = years(e, p, "净利润", 2), years(e, p, "加权平均净资产收益率", 2)
        revenue, research = years(e, p, "营业收入", 2), years(e, p, "研发投入", 2)
        (cash,) = years(e, p, "经营活动现金流净额", 1)
        first = (profit[0] >= 1.5e7) & (profit[1] >= 1.5e7) & ((roe[0] + roe[1]) / 2 >= 0.08)
        one = (worth >= 2e8) & (first | ((profit[0] >= 2.5e7) & (roe[0] >= 0.08)))
        grown = _ratio(revenue[0], revenue[1]) - 1 >= 0.3
        two = (worth >= 4e8) & ((revenue[0] + revenue[1]) / 2 >= 1e8) & grown & (cash > 0)
        intense = _ratio(research[0] + research[1], revenue[0] + revenue[1]) >= 0.08
        three = (worth >= 8e8) & (revenue[0] >= 2e8) & intense
        four = (worth >= 1.5e9) & (research[0] + research[1] >= 5e7)
        return _all(e("enterprise", p), e("next_tier_years", p) >= 1, one | two | three | four)

    def star(e: Any, p: Any) -> Any:
        (worth,) = years(e, p, "预计市值", 1)
        profit, revenue = years(e, p, "净利润", 2), years(e, p, "营业收入", 4)
        research, cash = sum(years(e, p, "研发投入", 3)), sum(years(e, p, "经营活动现金流净额", 3))
        last, sales = revenue[0], revenue[0] + revenue[1] + revenue[2]
        growth = np.cbrt(np.maximum(_ratio(last, revenue[3]), 0)) - 1
        staff = _ratio(years(e, p, "研发人员", 1)[0], years(e, p, "从业人员", 1)[0])
        science = _all(
            (_ratio(research, sales) >= 0.05) | (research >= 8e7),
            staff >= 0.1,
            years(e, p, "主营业务发明专利", 1)[0] >= 7,
            (growth >= 0.25) | (last >= 3e8),
        )
        twice = (profit[0] > 0) & (profit[1] > 0) & (profit[0] + profit[1] >= 5e7)
        one = (worth >= 1e9) & (twice | ((profit[0] > 0) & (last >= 1e8)))
        two = (worth >= 1.5e9) & (last >= 2e8) & (_ratio(research, sales) >= 0.15)
        three = (worth >= 2e9) & (last >= 3e8) & (cash >= 1e8)
        four = (worth >= 3e9) & (last >= 3e8)
        five = (worth >= 4e9) & years(e, p, "国家批准且取得阶段性成果", 1)[0]
        return _all(e("enterprise", p), science, one | two | three | four | five)

    def main(e: Any, p: Any) -> Any:
        (worth,) = years(e, p, "预计市值", 1)
        profit, revenue = years(e, p, "净利润", 3), years(e, p, "营业收入", 3)
        cash, sales = sum(years(e, p, "经营活动现金流净额", 3)), sum(revenue)
        positive = (profit[0] > 0) & (profit[1] > 0) & (profit[2] > 0)
        one = positive & (sum(profit) >= 2e8) & (profit[0] >= 1e8) & ((cash >= 2e8) | (sales >= 1.5e9))
        two = (worth >= 5e9) & (profit[0] > 0) & (revenue[0] >= 6e8) & (cash >= 2.5e8)
        three = (worth >= 1e10) & (profit[0] > 0) & (revenue[0] >= 1e9)
        return e("enterprise", p) & (one | two | three)

    add("rung-list-bse", bool, bse)
    add("rung-list-star", bool, star)
    add("rung-list-main", bool, main)


CLUSTER_FIGURES = {"工业总产值": 4, "中小企业产值": 1, "主导产业产值": 1, "占地面积": 1}


def cluster_system() -> TaxBenefitSystem:
    """Inputs and formulas of clusters."""
    system, entity = _system("cluster")
    add = _adder(system, entity)
    for name in CLUSTER_FIGURES:
        add(name)
    for name in ("位于县级区划内", "较大事故三年", *(f"due_{t}" for t, _ in CLUSTER_BONUSES.values())):
        add(name, bool)
    for benefit, (title, _) in CLUSTER_BONUSES.items():
        add(benefit, float, _bonus(benefit, f"due_{title}", f"due_{title}"))

    def national(e: Any, p: Any) -> Any:
        output = [e("工业总产值", p.offset(-k)) for k in (1, 2, 3, 4)]
        growth = np.cbrt(np.maximum(_ratio(output[0], output[3]), 0)) - 1
        return _all(
            e("位于县级区划内", p.offset(-1)),
            e("占地面积", p.offset(-1)) <= 1e8,
            (output[0] >= 4e9) & (output[1] >= 4e9) & (output[2] >= 4e9),
            _ratio(e("中小企业产值", p.offset(-1)), output[0]) >= 0.7,
            _ratio(e("主导产业产值", p.offset(-1)), output[0]) >= 0.7,
            growth > 0.1,
            ~e("较大事故三年", p),
        )

    add("rung-cluster-national", bool, national)
    return system


PARTY_RULES = (
    *BONUSES, "leader-first-review", "leader-equipment",
    "rung-tech-sme", "rung-innovative-sme", "rung-srdi-sme", "rung-little-giant", "rung-hnte",
    "rung-hebei-champion", "rung-national-champion", "rung-hebei-leader",
    "rung-smart-basic", "rung-smart-advanced", "rung-smart-excellent", "rung-smart-leading",
    "rung-green-provincial", "rung-green-national", "rung-digital-leader-national", "rung-factory-5g", "rung-shared-carrier",
    "rung-ipo-reserve", "rung-ipo-joint-stock", "rung-ipo-tutoring", "rung-ipo-review", "rung-ipo-listed",
    "rung-list-bse", "rung-list-star", "rung-list-main",
)  # fmt: skip
CLUSTER_RULES = (*CLUSTER_BONUSES, "rung-cluster-national")
