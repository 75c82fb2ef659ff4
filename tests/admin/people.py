"""Accounts in the roles that the migration makes."""

from django.contrib.auth.models import Group, User
from django.test import Client

from learn.models import Subject, SubjectAccess


def make_user(name: str, role: str = "", *subjects: Subject, **values: str) -> User:
    """A member of the staff; with subjects the rights end at these."""
    user = User.objects.create_user(name, is_staff=True, email=f"{name}@site.example", **values)
    if role:
        user.groups.add(Group.objects.get(name=role))
    if subjects:
        SubjectAccess.objects.create(user=user).subjects.set(subjects)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
