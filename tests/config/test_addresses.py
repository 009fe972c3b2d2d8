"""The addresses that belong to no app."""

from __future__ import annotations

import pytest
import yaml
from django.test import Client


@pytest.mark.django_db
def test_api_page_is_drawn_on_the_server_with_every_operation_of_the_schema(client: Client):
    page = client.get("/api/docs/").content.decode()

    schema = yaml.safe_load(client.get("/api/schema/").content)
    for path, methods in schema["paths"].items():
        assert path in page
        assert all(one["summary"] in page for one in methods.values())
    for name in schema["components"]["schemas"]:
        assert f'id="{name}"' in page


@pytest.mark.django_db
def test_schema_is_served_and_names_its_version(client: Client):
    answer = client.get("/api/schema/")

    assert answer.status_code == 200
    assert answer.content.startswith(b"openapi: 3.")


def test_secure_run_sends_plain_requests_to_https(client: Client, settings):
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get("/admin/login/")

    assert answer.status_code == 301
    assert answer["Location"] == "https://testserver/admin/login/"


@pytest.mark.django_db
def test_proxy_that_is_trusted_says_what_was_secure(client: Client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    answer = client.get("/admin/login/", headers={"x-forwarded-proto": "https"})

    assert answer.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kind"), [("/admin/login/", "text/html"), ("/api/v1/petitions/", "application/json")]
)
def test_request_that_announces_too_much_is_refused_unread(client: Client, settings, path: str, kind: str):
    settings.MAX_BODY_BYTES = 1000

    answer = client.post(path, b"x" * 1001, content_type="multipart/form-data; boundary=b")

    assert answer.status_code == 413
    assert answer["Content-Type"].startswith(kind)
