"""Permissions as boxes, model by model, and the answer to whoever lacks one."""

import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from learn.admin.permissions import WITHOUT_PAGES
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["user", "group"])
def test_boxes_of_each_model_stand_under_its_name_and_those_ticked_are_kept(
    admin_client: Client, kind: str
) -> None:
    chosen = Permission.objects.get(codename="view_report")
    if kind == "group":
        one, field = Group.objects.create(name="readers"), "permissions"
        values = {"name": "readers"}
    else:
        one, field = User.objects.create_user("kim"), "user_permissions"
        values = {"username": "kim", "is_active": "on"}
        values |= {"subject_access-TOTAL_FORMS": "0", "subject_access-INITIAL_FORMS": "0"}
    getattr(one, field).set([chosen])
    address = f"/admin/auth/{kind}/{one.pk}/change/"
    page = admin_client.get(address).content.decode()
    boxes = page[page.index('class="permissions"') :]
    legends = re.findall(r"<legend>(.*?)</legend>", boxes)
    with_pages = Permission.objects.exclude(content_type__app_label__in=WITHOUT_PAGES)
    assert len(legends) == len(set(legends)) == with_pages.values("content_type").distinct().count()
    ticked = re.findall(rf'name="{field}" value="(\d+)"[^>]*checked', boxes)
    assert ticked == [str(chosen.pk)]
    both = [chosen.pk, Permission.objects.get(codename="view_upload").pk]
    assert admin_client.post(address, values | {field: both}).status_code == 302
    assert set(getattr(one, field).values_list("pk", flat=True)) == set(both)


def test_refusal_stands_in_the_frame_of_the_desk() -> None:
    response = client_of(make_user("staff")).get("/admin/learn/question/")
    assert response.status_code == 403
    page = response.content.decode()
    assert "<h1>You may not do this</h1>" in page
    assert 'href="/admin/">Back to the desk</a>' in page
