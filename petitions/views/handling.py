"""The door to the pages of those who handle matters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.duties import Power
from grids.views.door import FieldRequest, field_page

HandlingRequest = FieldRequest
"""A request of somebody whose current post lets them handle matters; `at` is its moment."""

handling_page = field_page(
    Power.PETITION_HANDLE, _("这里是办理诉求的工作人员用的页面，您现在没有这样的任职。"), branded=False
)
