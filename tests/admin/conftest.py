import pytest
from django.contrib.auth.models import User

from learn.admin.choices import forget_choices


@pytest.fixture(autouse=True)
def no_remembered_choices() -> None:
    """Lists of subjects and authors that another test left in the cache."""
    forget_choices()


@pytest.fixture
def admin_user(db: None) -> User:
    """Without a password: hashing one takes longer than most of these tests."""
    return User.objects.create_superuser("ada")
