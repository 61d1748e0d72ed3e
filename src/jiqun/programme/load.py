"""Reading a pack's folder: every structural fault at once, or one frozen `Pack`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from jiqun.base.errors import Place, Problems, nearest
from jiqun.programme.diagnose import problems_of
from jiqun.programme.duplicates import add_duplicates
from jiqun.programme.models import Part, Programme
from jiqun.programme.pack import FOREIGN, PART_KINDS, Pack, PartKind
from jiqun.programme.places import PlaceRow, read_places
from jiqun.programme.salvage import names_in_text, salvage, stand_in_programme
from jiqun.programme.source import Document, read_document


@dataclass(frozen=True)
class Reading:
    """What could be read of a pack: the sound parts, the faults, and the names of what was left out."""

    pack: Pack | None
    """The sound parts; None where the folder has no programme at all."""
    problems: Problems
    broken: frozenset[str]
    """Ids, names and titles in parts that were left out: who mentions them is not to blame."""


def load_pack(root: Path) -> Pack:
    """Read a pack; `InputError` lists every structural fault."""
    reading = read_pack(root)
    reading.problems.raise_if_any("方案包有误")
    assert reading.pack is not None, "a pack without problems has a programme"
    return reading.pack


def read_pack(root: Path) -> Reading:
    """Read what can be read of a pack and collect every fault, so that a check can go on with the sound parts."""
    return _Reader(root).read()


class _Reader:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._problems = Problems()
        self._broken: set[str] = set()
        self._digest = hashlib.sha256()

    def read(self) -> Reading:
        if not self._root.is_dir():
            self._problems.add("找不到方案包文件夹", Place(str(self._root)), mend="请检查路径")
            return self._reading(None)
        missing = [kind.pattern for kind in PART_KINDS if kind.required and not (self._root / kind.pattern).is_file()]
        for pattern in missing:
            self._problems.add("方案包缺少这个文件", Place(pattern), mend="请检查方案包路径，或补上这个文件")
        if missing:
            return self._reading(None)
        files = {file: part for file in self._yaml_files() if (part := self._read_file(file)) is not None}
        programme = files.get("programme.yaml")
        if not isinstance(programme, Programme):
            programme = stand_in_programme()
        places = self._beside(programme)
        pack = Pack(self._root, self._digest.hexdigest(), programme, MappingProxyType(files), places)
        add_duplicates(pack, self._problems)
        return self._reading(pack)

    def _reading(self, pack: Pack | None) -> Reading:
        return Reading(pack, self._problems, frozenset(self._broken))

    def _yaml_files(self) -> list[str]:
        found = (p for p in self._root.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
        names = sorted(p.relative_to(self._root).as_posix() for p in found)
        return [n for n in names if not _fits(n, FOREIGN) and not any(s.startswith(".") for s in n.split("/"))]

    def _read_file(self, file: str) -> Part | None:
        kind = kind_of(file)
        if kind is None:
            self._refuse_unknown(file)
            return None
        self._remember(file)
        document = read_document(self._root / file, file, self._problems)
        if document is None:
            self._broken |= names_in_text((self._root / file).read_bytes())
            return None
        part = self._validate(document, kind)
        if part is not None:
            part.locate(document)
        return part

    def _refuse_unknown(self, file: str) -> None:
        patterns = [kind.pattern for kind in PART_KINDS]
        folders = [p.rpartition("/")[0] for p in patterns]
        near = nearest(file, [f"{f}/{Path(file).name}" if f else p for f, p in zip(folders, patterns, strict=True)], 1)
        mend = f"方案包中的 YAML 文件：{'、'.join((*patterns, FOREIGN[0]))}"
        mend = f"您是否要写 {near[0]}？{mend}" if near else mend
        self._problems.add("方案包中没有这种文件", Place(file), mend=mend)

    def _remember(self, file: str) -> None:
        content = (self._root / file).read_bytes()
        self._digest.update(f"{file}\0{len(content)}\0".encode())
        self._digest.update(content)

    def _beside(self, programme: Programme) -> tuple[PlaceRow, ...]:
        """The files that programme.yaml names: all must exist, the places are read."""
        if programme.origin is None:
            return ()
        named = [(("places",), programme.places), (("map",), programme.map), (("source",), programme.source)]
        for loc, file in named:
            if file is None:
                continue
            if not (self._root / file).is_file():
                self._problems.add("找不到文件", programme.place(*loc), found=file, mend="路径从方案包文件夹算起")
            else:
                self._remember(file)
        path = self._root / programme.places
        return read_places(path, programme.places, self._problems) if path.is_file() else ()

    def _validate(self, document: Document, kind: PartKind) -> Part | None:
        """The file's model; with faults, the model of what remains when the faulty items are taken out."""
        try:
            return kind.model.model_validate(document.value)
        except ValidationError as error:
            self._problems.extend(problems_of(error, document, kind.model))
            part, lost = salvage(document.value, kind.model, error)
            self._broken |= lost
            return part


def kind_of(file: str) -> PartKind | None:
    """Which kind of part a file of a pack holds, by its path below the root."""
    return next((kind for kind in PART_KINDS if _fits(file, (kind.pattern,))), None)


def _fits(file: str, patterns: tuple[str, ...]) -> bool:
    # fnmatch lets * cross folders, so the depth is compared too; ** means any depth.
    return any(fnmatchcase(file, p) and ("**" in p or file.count("/") == p.count("/")) for p in patterns)
