"""Forms of the desk for programs."""

from __future__ import annotations

from django import forms

from jiqun.web.api.models import Event, Permission


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(label="用途", max_length=60, help_text="由什么程序使用，如“统计系统同步”")
    permissions = forms.MultipleChoiceField(
        label="可读取", choices=Permission.choices, widget=forms.CheckboxSelectMultiple, initial=["registry", "results"]
    )
    days = forms.IntegerField(label="有效天数", min_value=1, max_value=366, initial=90)


class WebhookForm(forms.Form):
    """A new webhook."""

    url = forms.URLField(label="接收地址", max_length=400, assume_scheme="https", help_text="以 https:// 开头")
    events = forms.MultipleChoiceField(label="事件", choices=Event.choices, widget=forms.CheckboxSelectMultiple)
