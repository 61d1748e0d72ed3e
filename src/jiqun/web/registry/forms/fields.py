"""Fields of forms in the terms of the registry: amounts in units, shares in percent, yes-no-unknown, subjects, files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from jiqun.base.money import MAX_YUAN, UNITS
from jiqun.rules.vocabulary import PARTY_KINDS
from jiqun.web.accounts.scope import Scope

REQUIRED = "此项必填"
MAX_FILE = 10 * 1024 * 1024
MAX_FILES = 5
SIGNATURES = {
    ".pdf": b"%PDF", ".png": b"\x89PNG", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff",
    ".docx": b"PK\x03\x04", ".xlsx": b"PK\x03\x04", ".ofd": b"PK\x03\x04",
}  # fmt: skip
"""The kinds of files taken, with the bytes that such a file begins with."""


class MoneyField(forms.MultiValueField):
    """An amount with its unit; its value is in yuan."""

    def __init__(self, **options: Any) -> None:
        units = [(unit, unit) for unit in UNITS]
        number = forms.DecimalField(max_digits=18, decimal_places=6, required=False)
        number.error_messages["invalid"] = "应填写数字，单位在右侧选择"
        unit = forms.ChoiceField(choices=units, required=False)
        label = str(options.get("label", "金额"))
        digits = {"class": "form-control form-control-sm", "inputmode": "decimal", "aria-label": label}
        choice = {"class": "form-select form-select-sm", "aria-label": f"{label}的单位"}
        widget = forms.MultiWidget(
            {"number": forms.TextInput(attrs=digits), "unit": forms.Select(choices=units, attrs=choice)}
        )
        widget.decompress = self.decompress  # type: ignore[method-assign]
        super().__init__((number, unit), widget=widget, require_all_fields=False, **options)

    @staticmethod
    def decompress(value: Any) -> list[Any]:
        """Shown in the greatest unit that leaves few digits."""
        if value in (None, ""):
            return ["", "万元"]
        amount = Decimal(str(value))
        unit = "万元" if amount % 100 == 0 and abs(amount) >= UNITS["万元"] else "元"
        return [f"{(amount / UNITS[unit]).normalize():f}", unit]

    def compress(self, data_list: list[Any]) -> Decimal | None:
        """In yuan."""
        if not data_list or data_list[0] is None:
            return None
        yuan: Decimal = data_list[0] * UNITS[data_list[1] or "元"]
        if abs(yuan) > MAX_YUAN:
            raise forms.ValidationError("金额超出范围，请检查单位")
        return yuan


class FlagField(forms.TypedChoiceField):
    """Yes, no or unknown."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        unknown = "请选择" if options["required"] else "待补充"
        super().__init__(
            choices=[("", unknown), ("1", "是"), ("0", "否")], coerce=lambda v: v == "1", empty_value=None, **options
        )

    def prepare_value(self, value: Any) -> Any:
        """The choice of a stored value."""
        return {True: "1", False: "0"}.get(value, value) if isinstance(value, bool) else value


class PercentField(forms.DecimalField):
    """A share, typed in percent, stored as a fraction."""

    def prepare_value(self, value: Any) -> Any:
        """In percent."""
        return f"{(Decimal(str(value)) * 100).normalize():f}" if isinstance(value, (int, float, Decimal)) else value

    def clean(self, value: Any) -> Any:
        """As a fraction."""
        found = super().clean(str(value).strip().rstrip("%") if value else value)
        return None if found is None else found / 100


class SubjectField(forms.CharField):
    """A party by its code or full name, within the person's scope."""

    def __init__(self, scope: Scope, **options: Any) -> None:
        self.scope = scope
        super().__init__(max_length=160, help_text="统一社会信用代码或完整名称", **options)

    def clean(self, value: Any) -> Any:
        """The party itself."""
        text = str(super().clean(value)).strip()
        parties = self.scope.parties()
        found = list(parties.filter(uscc=text.upper())) or list(parties.filter(kind__in=PARTY_KINDS, name=text)[:2])
        if len(found) == 1:
            return found[0]
        said = "有同名主体，请填写统一社会信用代码" if found else "没有找到这个主体，请核对代码或名称"
        raise forms.ValidationError(said)


class FilesField(forms.FileField):
    """Several bounded files of known kinds."""

    def __init__(self, **options: Any) -> None:
        class Several(forms.ClearableFileInput):
            allow_multiple_selected = True

        kinds = "、".join(kind.lstrip(".") for kind in SIGNATURES)
        super().__init__(
            widget=Several(attrs={"accept": ",".join(SIGNATURES), "class": "form-control form-control-sm"}),
            help_text=f"最多 {MAX_FILES} 个，每个不超过 {MAX_FILE // 1024 // 1024} MB：{kinds}", **options,
        )  # fmt: skip

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """The files, each checked."""
        files = [f for f in (data if isinstance(data, list) else [data]) if f]
        if len(files) > MAX_FILES:
            raise forms.ValidationError(f"一次最多上传 {MAX_FILES} 个文件，现为 {len(files)} 个")
        faults = [fault for file in files if (fault := file_fault(file))]
        if faults:
            raise forms.ValidationError(faults)
        return files


def file_fault(file: UploadedFile[Any]) -> str | None:
    """What is wrong with a file, in Chinese; None where it may be taken."""
    name, size = str(file.name), int(file.size or 0)
    kind = Path(name).suffix.lower()
    if kind not in SIGNATURES:
        return f"“{name}”不是可以上传的类型"
    if not 0 < size <= MAX_FILE:
        return f"“{name}”为空文件或超过 {MAX_FILE // 1024 // 1024} MB"
    head = file.read(8)
    file.seek(0)
    return None if head.startswith(SIGNATURES[kind]) else f"“{name}”的内容与扩展名不符"
