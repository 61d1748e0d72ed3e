"""chains/*.yaml: an industrial chain as stages, nodes and links, with the industry codes that place firms on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from jiqun.programme.models.base import Clause, Id, NonEmpty, Part, Text, Whole

Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-T]\d{2,4}$")]
"""GB/T 4754-2017 with the letter of its section: C19, C191, C1910."""
Degree = Annotated[float, Field(ge=0, le=1)]


class Stage(Part):
    """A column of the chain, from raw materials to what is sold."""

    model_config = ConfigDict(title="环节")

    id: Id = Field(description="编号")
    name: Text = Field(description="名称")


class Offer(Part):
    """Something that a new project needs of the place: land, energy, environmental capacity."""

    model_config = ConfigDict(title="要素")

    id: Id = Field(description="编号")
    name: Text = Field(description="名称，如 用地")
    measure: Clause = Field(description="可供多少，条文语言，范围为集群所在的县（市、区）或集群")
    subject: Literal["place", "cluster"] = Field(default="place", description="place 县（市、区），cluster 集群")


class ChainNode(Part):
    """A part of the chain that firms fill."""

    model_config = ConfigDict(title="节点")

    id: Id = Field(description="编号")
    name: Text = Field(description="名称")
    stage: Id = Field(description="所在环节的编号")
    products: tuple[Text, ...] = Field(default=(), description="产品或服务")
    codes: Annotated[tuple[Code, ...], NonEmpty] = Field(description="国民经济行业代码（GB/T 4754-2017）")
    words: tuple[Text, ...] = Field(default=(), description="企业名称中表明属于本节点的词")
    needs: dict[Id, Clause] = Field(
        default={}, description="一个典型项目需要多少要素，如 land: 30亩；不写为待补充，不需要写 0亩"
    )
    note: Text | None = Field(default=None, description="说明")


class ChainLink(Part):
    """What one node supplies to another."""

    model_config = ConfigDict(title="供应关系")

    from_: Id = Field(alias="from", description="供方节点")
    to: Id = Field(description="需方节点")
    weight: Degree = Field(default=0.5, description="对需方的重要程度，0—1")
    substitutable: Degree = Field(default=0.5, description="从外地或以他物替代的容易程度，0—1")


class ChainThresholds(Part):
    """When a node counts as weak."""

    model_config = ConfigDict(title="判定界限")

    thin_firms: Annotated[Whole, Field(ge=1)] = Field(default=3, description="企业少于几家为薄弱")
    thin_supply: Degree = Field(default=0.5, description="产能不足本地需求的多少为薄弱")
    single_share: Degree = Field(default=0.8, description="一家占产能多少以上为单一供应")
    import_share: Degree = Field(default=0.2, description="全国同类产品使用中进口占多少以上为进口依赖")
    concentrated: Degree = Field(default=0.25, description="赫芬达尔指数（0—1）多少以上为过度集中")


class Chain(Part):
    """An industrial chain."""

    model_config = ConfigDict(title="产业链")

    id: Id = Field(description="编号")
    name: Text = Field(description="名称")
    chains: Annotated[tuple[Text, ...], NonEmpty] = Field(description="集群资料中“产业链”一栏的取值")
    source: Text = Field(description="依据")
    stages: Annotated[tuple[Stage, ...], NonEmpty] = Field(description="环节，由上游到下游")
    nodes: Annotated[tuple[ChainNode, ...], NonEmpty] = Field(description="节点")
    links: tuple[ChainLink, ...] = Field(default=(), description="供应关系")
    offers: tuple[Offer, ...] = Field(default=(), description="土地、能耗、环境等要素；空表示适配待补充")
    thresholds: ChainThresholds = Field(default=ChainThresholds(), description="判定界限")


class ChainFile(Part):
    """chains/*.yaml."""

    model_config = ConfigDict(title="产业链文件")

    chain: Chain = Field(description="产业链")
