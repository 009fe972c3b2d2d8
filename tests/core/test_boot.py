import pytest

from core.models import User


@pytest.mark.django_db
def test_account_without_password_cannot_sign_in_by_password():
    user = User.objects.create_user(None, phone="13800000001")

    assert not user.has_usable_password()
