"""The stock admin, on our own site."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "community.admin_site.PortalAdminSite"
