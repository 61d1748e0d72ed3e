"""The form of a list's records: what it asks, what it shows of a record, and the values that it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from jiqun.base.bounds import OUTSIDE, Bounds
from jiqun.base.codes import uscc_problem
from jiqun.programme.models import FieldSpec, RegisterSpec
from jiqun.rules.vocabulary import PLACE_KINDS, SIZE_CLASSES, SUBJECT_NAMES
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.forms.fields import REQUIRED, FilesField, FlagField, MoneyField, PercentField, SubjectField
from jiqun.web.registry.lists.columns import ListSpec
from jiqun.web.registry.models.review import Outcome

MAX_TEXT = 400


class RecordForm(forms.Form):
    """A form whose fields are named as the attributes of the record, those of a register `d0`, `d1` …"""

    def __init__(
        self, spec: ListSpec, register: RegisterSpec | None, scope: Scope, *args: Any, new: bool, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.spec, self.register = spec, register
        fields = _register_fields(register, scope) if register else _model_fields(spec, scope, new)
        for name, field in fields:
            field.error_messages.setdefault("required", REQUIRED)
            field.error_messages["required"] = REQUIRED
            if isinstance(field, MoneyField):
                self.fields[name] = field
                continue
            css = (
                "form-select form-select-sm" if isinstance(field, forms.ChoiceField) else "form-control form-control-sm"
            )
            field.widget.attrs.setdefault("class", css)
            self.fields[name] = field

    def values(self) -> dict[str, Any]:
        """What the record is to hold; a register's fields without those that are unknown."""
        cleaned = dict(self.cleaned_data)
        if self.register is None:
            subject = cleaned.pop("party", None)
            return cleaned if subject is None else {**cleaned, "party": subject}
        cleaned.pop("files")
        data = {}
        for i, field in enumerate(self.register.fields):
            value = _stored(cleaned.pop(f"d{i}"))
            if value is not None:
                data[field.name] = value
        return {**cleaned, "data": data}


def initial_of(spec: ListSpec, register: RegisterSpec | None, row: Any) -> dict[str, Any]:
    """What the form shows of a record."""
    if register is None:
        names = [f.name for f in row._meta.concrete_fields]
        shown = {name: getattr(row, name) for name in names if name != "id"}
    else:
        shown = {"on": row.on, register.subject: getattr(row, register.subject)}
        shown |= {f"d{i}": row.data.get(field.name) for i, field in enumerate(register.fields)}
    party = shown.get("party")
    return {**shown, "party": party.uscc} if party is not None else shown


def _stored(value: Any) -> Any:
    """A value in the types of JSON; None where it is unknown."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value


def _day(label: str, *, required: bool = True) -> forms.DateField:
    field = forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field.error_messages["invalid"] = "日期应写成 2025-07-22"
    return field


def _text(label: str, length: int, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=required)


def _choice(label: str, choices: Iterable[tuple[str, str]], *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=required, choices=[("", "请选择" if required else "待补充"), *choices]
    )


def _place(label: str, scope: Scope, *, required: bool = False) -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(
        scope.own_places().order_by("code"), label=label, required=required, empty_label="待补充"
    )


def _cluster(scope: Scope, *, required: bool = False) -> forms.ModelChoiceField[Any]:
    found = scope.own_clusters().order_by("county__code", "name")
    return forms.ModelChoiceField(
        found, label="集群", required=required, empty_label="请选择" if required else "不属于集群"
    )


class _CodeField(forms.CharField):
    """A unified social credit code, checked with its last digit."""

    def clean(self, value: Any) -> str:
        code = str(super().clean(value)).strip().upper()
        if code and (wrong := uscc_problem(code)):
            raise forms.ValidationError(wrong)
        return code


def _model_fields(spec: ListSpec, scope: Scope, new: bool) -> list[tuple[str, forms.Field]]:
    titles = [(value, label) for value, label in (spec.column("title").options(scope) if spec.column("title") else ())]  # type: ignore[union-attr]
    by_key: dict[str, list[tuple[str, forms.Field]]] = {
        "clusters": [
            ("code", _text("编号", 40)), ("name", _text("名称", 120)), ("county", _place("县（市、区）", scope)),
            ("chain", _text("产业链", 60, required=False)), ("provincial_key", FlagField(label="省级重点")),
        ],
        "places": [
            ("code", forms.RegexField(r"^\d{4}[0-9A-Z]{2}$", label="代码", error_messages={"invalid": "代码为 6 位，如 130102"})),
            ("name", _text("名称", 60)), ("parent", _place("上级", scope)), ("kind", _choice("类型", PLACE_KINDS.items())),
        ],
        "recognitions": [
            ("party", SubjectField(scope, label="主体")), ("title", _choice("称号", titles)),
            ("awarded_on", _day("认定日期")), ("valid_until", _day("有效期至", required=False)),
        ],
        "reviews": [
            ("party", SubjectField(scope, label="主体")), ("title", _choice("称号", titles)),
            ("reviewed_on", _day("复核日期")), ("outcome", _choice("结果", Outcome.choices)),
        ],
    }  # fmt: skip
    if spec.key in by_key:
        return by_key[spec.key]
    identity: list[tuple[str, forms.Field]] = [
        ("uscc", _CodeField(label="统一社会信用代码", max_length=20)), ("name", _text("名称", 160)),
    ]  # fmt: skip
    return [
        *(identity if new else ()),
        ("county", _place("县（市、区）", scope, required=not scope.sees_all)),
        ("cluster", _cluster(scope)),
        ("industry", forms.RegexField(r"^[A-T]?(\d{2,4})?$", label="行业（GB/T 4754）", required=False, max_length=5,
                                      error_messages={"invalid": "行业代码如 C3360、C33"})),
        ("founded_on", _day("成立日期", required=False)),
        ("size_class", _choice("企业规模", [(s, s) for s in SIZE_CLASSES], required=False)),
        ("above_size", FlagField(label="规上")),
    ]  # fmt: skip


def _register_fields(register: RegisterSpec, scope: Scope) -> list[tuple[str, forms.Field]]:
    label = SUBJECT_NAMES[register.subject]
    subject: forms.Field
    if register.subject == "party":
        subject = SubjectField(scope, label=label)
    elif register.subject == "cluster":
        subject = _cluster(scope, required=True)
    else:
        subject = _place(label, scope, required=True)
    declared = [(f"d{i}", _declared(field)) for i, field in enumerate(register.fields)]
    return [
        (register.subject, subject),
        ("on", _day("日期")),
        *declared,
        ("files", FilesField(label="附件", required=False)),
    ]


def _declared(field: FieldSpec) -> forms.Field:
    """One declared field."""
    options: dict[str, Any] = {"label": field.name, "required": field.required, "help_text": field.note or ""}
    if bounds := Bounds.of(field.min, field.max, field.unit):
        options["validators"] = [_within(bounds, 100 if field.unit == "%" else 1)]
    if field.kind == "flag":
        return FlagField(**options)
    if field.kind == "date":
        return _day(field.name, required=field.required)
    if field.kind == "number" and field.unit in ("元", "万元", "亿元"):
        return MoneyField(**options)
    if field.kind == "number":
        made = PercentField if field.unit == "%" else forms.DecimalField
        number = made(**{**options, "label": f"{field.name}（{field.unit}）"}, max_digits=18, decimal_places=6)
        number.error_messages["invalid"] = "应填写数字"
        number.widget = forms.TextInput(attrs={"inputmode": "decimal"})
        return number
    if field.choices:
        return _choice(field.name, [(c, c) for c in field.choices], required=field.required)
    return forms.CharField(**options, max_length=MAX_TEXT)


def _within(bounds: Bounds, per: int) -> Callable[[Decimal], None]:
    """Refuses a value outside the limits; a share is still in percent here."""

    def check(value: Decimal) -> None:
        if not bounds.hold(value / per):
            raise forms.ValidationError(f"{OUTSIDE}：应{bounds.words}")

    return check
