"""The form of an upload."""

from __future__ import annotations

from django import forms

from jiqun.workbook.guard import SUFFIXES


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="文件",
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES), "class": "form-control"}),
        error_messages={
            "required": "请选择要上传的文件",
            "empty": "文件是空的，请重新导出",
            "max_length": "文件名过长，请改短后再上传",
        },
    )
