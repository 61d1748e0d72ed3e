"""Reading demo.yaml and checking its names against the pack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pydantic import ValidationError

from jiqun.base.errors import Place, Problems, did_you_mean
from jiqun.programme.diagnose import problems_of
from jiqun.programme.pack import Pack
from jiqun.programme.source import Document, Loc, read_document
from jiqun.sample.model import Demo, FigureSpec

FILE = "demo.yaml"


def load_demo(pack: Pack) -> Demo:
    """The pack's demo.yaml; `InputError` lists every fault."""
    problems = Problems()
    path = pack.root / FILE
    if not path.is_file():
        problems.add(
            "方案包没有演示数据说明", Place(FILE), mend="演示数据由 demo.yaml 说明，写法见 docs/demo-format.md"
        )
        problems.raise_if_any("无法生成演示数据")
    document = read_document(path, FILE, problems)
    problems.raise_if_any("演示数据说明有误")
    document = cast(Document, document)
    try:
        demo = Demo.model_validate(document.value)
    except ValidationError as error:
        problems.extend(problems_of(error, document, Demo))
        problems.raise_if_any("演示数据说明有误")
        raise
    _Check(demo, pack, document, problems).run()
    problems.raise_if_any("演示数据说明有误")
    return demo


class _Check:
    """Every name in demo.yaml must be one of the pack's."""

    def __init__(self, demo: Demo, pack: Pack, document: Document, problems: Problems) -> None:
        self._demo, self._pack, self._document, self._problems = demo, pack, document, problems

    def run(self) -> None:
        self._places()
        for key in ("figures", "cluster_figures", "place_figures"):
            self._figures(key, getattr(self._demo, key))
        titles = self._pack.vocabulary.titles
        for i, title in enumerate(self._demo.titles):
            self._known(title.title, titles, "称号", ("titles", i, "title"))
            for name in (*title.among.holds, *title.among.lacks):
                self._known(name, titles, "称号", ("titles", i, "among"))
        for i, entry in enumerate(self._demo.entries):
            for name in (*entry.among.holds, *entry.among.lacks):
                self._known(name, titles, "称号", ("entries", i, "among"))
            if entry.follows is not None:
                self._known(entry.follows, [t.title for t in self._demo.titles], "称号", ("entries", i, "follows"))
            self._entry(i)
        for i in range(len(self._demo.exchange)):
            self._exchange(i)

    def _exchange(self, i: int) -> None:
        spec, kinds = self._demo.exchange[i], self._pack.kinds
        self._known(spec.kind, kinds, "供需种类", ("exchange", i, "kind"))
        if spec.kind not in kinds:
            return
        kind = kinds[spec.kind]
        fields = {f.name: f for f in (*kind.need, *kind.offer)}
        for n, theme in enumerate(spec.themes):
            for name, words in theme.items():
                loc = ("exchange", i, "themes", n, name)
                self._known(name, fields, "字段", loc)
                for word in words if name in fields and fields[name].choices else ():
                    self._known(word, fields[name].choices, "取值", loc)
        cases = [c for c in self._pack.pair_cases if c.kind == spec.kind]
        if not cases:
            mend = "数和日期取自用例，请先为这个种类写 *.cases.yaml"
            self._problems.add("供需种类没有用例", self._document.place(("exchange", i)), found=spec.kind, mend=mend)

    def _known(self, name: str, known: Iterable[str], what: str, loc: Loc) -> None:
        if name not in known:
            self._problems.add(
                f"方案包中没有这个{what}", self._document.place(loc), found=name, mend=did_you_mean(name, known)
            )

    def _places(self) -> None:
        codes = self._pack.place_by_code
        for i, cluster in enumerate(self._demo.clusters):
            self._known(cluster.county, codes, "地方代码", ("clusters", i, "county"))
        for code in self._demo.outside.places:
            self._known(code, codes, "地方代码", ("outside", "places", code))

    def _figures(self, key: str, figures: Iterable[FigureSpec]) -> None:
        earlier: set[str] = set()
        for i, figure in enumerate(figures):
            if not figure.hidden:
                self._known(figure.indicator, self._pack.vocabulary.indicators, "指标", (key, i, "indicator"))
            for name in figure.uses:
                if name not in earlier:
                    where = self._document.place((key, i))
                    self._problems.add("用到的指标应写在前面", where, found=name, mend=did_you_mean(name, earlier))
            earlier.add(figure.indicator)

    def _entry(self, i: int) -> None:
        entry = self._demo.entries[i]
        register = self._pack.vocabulary.registers.get(entry.into)
        if register is None:
            self._known(entry.into, self._pack.vocabulary.registers, "台账", ("entries", i, "register"))
            return
        names = [f.name for f in register.fields]
        for name, way in entry.fields.items():
            self._known(name, names, "字段", ("entries", i, "fields", name))
            others = [*way.only, *([way.part.of] if way.part else [])]
            for other in others:
                self._known(other, entry.fields, "字段", ("entries", i, "fields", name))
            if way.party is not None:
                self._known(
                    way.party, [o.kind for o in self._demo.organisations], "机构类型", ("entries", i, "fields", name)
                )
            field = register.field(name)
            if field is not None and field.choices and way.choice is not None:
                for choice in way.choice:
                    self._known(choice, field.choices, "取值", ("entries", i, "fields", name))
        for field in register.fields:
            if field.required and field.name not in entry.fields:
                self._problems.add(
                    f"缺少必填字段“{field.name}”", self._document.place(("entries", i)), mend="请写明怎样填写"
                )
