"""A boundary as a file or pasted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grids.shapes import LARGEST_TEXT


class BoundaryForm(forms.Form):
    """GeoJSON from a file or as text; `cleaned_data["geojson"]` is the text of either."""

    file = forms.FileField(
        label=_("GeoJSON 文件"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,.geojson,application/geo+json,application/json"}),
    )
    text = forms.CharField(
        label=_("或粘贴内容"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("一个多边形，坐标为经纬度（WGS 84 或 CGCS2000），经度在前，纬度在后。"),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file = given.get("file")
        if file is not None and file.size > LARGEST_TEXT:
            raise forms.ValidationError(_("文件太大，最多 512 KB。"))
        words = (
            file.read().decode("utf-8-sig", errors="replace") if file is not None else given.get("text", "")
        )
        if not words.strip():
            raise forms.ValidationError(_("请选择文件，或粘贴内容。"))
        return {**given, "geojson": words}
