"""Forms of the publishing desk."""

from __future__ import annotations

from django import forms


class DraftForm(forms.Form):
    """A draft to be worked out."""

    as_of = forms.DateField(label="数据截至", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    note = forms.CharField(label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
