"""What the pages of people send, read through what the sender manages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from jiqun.web.accounts.models import Organisation, OrganisationKind, Role, User
from jiqun.web.accounts.people.managed import Managed
from jiqun.web.registry.models import Party, Place

Choices = forms.ModelChoiceField


class PartyField(forms.CharField):
    """A party in the sender's scope, by its code."""

    def __init__(self, managed: Managed) -> None:
        super().__init__(label="统一社会信用代码", required=False, max_length=18, help_text="企业和服务机构必填。")
        self._managed = managed

    def clean(self, value: Any) -> Party | None:
        """The party; a fault where the sender's scope has none of this code."""
        code = super().clean(value).upper()
        found = self._managed.scope.parties().filter(uscc=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(f"您管理的范围内没有代码为 {code} 的主体。")
        return found


class OrganisationForm(forms.Form):
    """An organisation; its kind is chosen once."""

    name = forms.CharField(label="名称", max_length=120)
    kind = forms.ChoiceField(label="类型")
    place = Choices(
        Place.objects.none(), label="所属区划", required=False, empty_label="（无）", help_text="县级主管部门必填。"
    )

    def __init__(self, managed: Managed, organisation: Organisation | None, data: QueryDict | None) -> None:
        start = {}
        if organisation is not None:
            party = organisation.party
            start = {"name": organisation.name, "place": organisation.place_id, "party": party.uscc if party else ""}
        super().__init__(data, initial=start)
        self.fields["place"].queryset = managed.scope.own_places()  # type: ignore[attr-defined]
        self.fields["party"] = PartyField(managed)
        if organisation is not None:
            del self.fields["kind"]
        else:
            kind = self.fields["kind"]
            kind.choices = [(k.value, k.label) for k in managed.kinds]  # type: ignore[attr-defined]

    def clean_kind(self) -> OrganisationKind:
        """The kind itself."""
        return OrganisationKind(self.cleaned_data["kind"])


class RoleForm(forms.Form):
    """A role in an organisation."""

    role = forms.ChoiceField(label="角色")
    organisation = Choices(
        Organisation.objects.none(), label="机构", empty_label="请选择机构",
        widget=forms.Select(attrs={"data-searchable": ""}),
    )  # fmt: skip

    def __init__(
        self, managed: Managed, user: User | None, data: QueryDict | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        start = {"role": user.role, "organisation": user.organisation_id} if user else {}
        super().__init__(data, initial={**start, **(initial or {})})
        offered = [(role.value, role.label) for role in Role if role in managed.roles]
        self.fields["role"].choices = offered  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = managed.organisations()  # type: ignore[attr-defined]

    def clean_role(self) -> Role:
        """The role itself."""
        return Role(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    """Who is invited, and as what."""

    full_name = forms.CharField(label="姓名", max_length=60, required=False)
    email = forms.EmailField(label="电子邮箱", required=False, help_text="填写后把链接发到邮箱；不填则请自行转交链接。")
    field_order = ["full_name", "email", "role", "organisation"]


class JoinForm(forms.Form):
    """The invited person's own part."""

    username = forms.CharField(label="登录名", max_length=150, widget=forms.TextInput({"autocomplete": "username"}))
    full_name = forms.CharField(label="姓名", max_length=60)
    password = forms.CharField(label="密码", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}))
    again = forms.CharField(label="再输一次", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}))
