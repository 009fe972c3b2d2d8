"""Addresses below `/account/`: only those of allauth that the portal uses, under allauth's names."""

from allauth.account import views as account
from django.urls import include, path

from community.views import account as own
from community.views import personal

urlpatterns = [
    # allauth leads to `account_email` as the page about oneself; ours stands there.
    path("", own.account_home, name="account_email"),
    path("data/", personal.personal_data, name="personal_data"),
    path("data/export/", personal.personal_export, name="personal_export"),
    path("data/export/<uuid:job_id>.zip", personal.personal_file, name="personal_file"),
    path("data/erase/", personal.personal_erase, name="personal_erase"),
    path("data/erased/", personal.personal_erased, name="personal_erased"),
    path("login/", account.request_login_code, name="account_login"),
    path("login/code/", account.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", account.confirm_login_code, name="account_confirm_login_code"),
    path("signup/", own.sign_up_closed, name="account_signup"),
    path("set-password/<str:token>/", own.password_set, name="password_set"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("2fa/", include("allauth.mfa.urls")),
]
