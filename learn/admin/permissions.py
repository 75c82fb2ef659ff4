"""Permissions as boxes to tick, those of each model together under its name."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest

# What the desk has no pages for: the guards of the login and their libraries' own tables.
WITHOUT_PAGES = ("axes", "otp_static", "otp_totp")


class _ByModel(ModelChoiceIterator):
    def __iter__(self) -> Iterator[Any]:
        for kind, permissions in groupby(self.queryset, lambda permission: permission.content_type):
            yield str(kind), [self.choice(permission) for permission in permissions]


class PermissionBoxes(forms.CheckboxSelectMultiple):
    """Each model's boxes are a group with a legend: what the stock double list, which scripts
    build, does not tell a screen reader."""

    template_name = "admin/widgets/permissions.html"


class PermissionsField(forms.ModelMultipleChoiceField):
    widget = PermissionBoxes
    iterator = _ByModel

    def label_from_instance(self, obj: Permission) -> str:
        return obj.name


def as_boxes(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a form's field of permissions, with which they are shown as boxes."""
    permissions = Permission.objects.select_related("content_type").exclude(
        content_type__app_label__in=WITHOUT_PAGES
    )
    return kwargs | {
        "form_class": PermissionsField,
        "queryset": permissions.order_by("content_type__app_label", "content_type__model", "pk"),
        "widget": PermissionBoxes,
    }


class DeskGroupAdmin(GroupAdmin):
    filter_horizontal = ()

    def formfield_for_manytomany(  # type: ignore[override]
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "permissions":
            kwargs = as_boxes(kwargs)
        # Past the stock class, which sets a queryset of its own.
        return super(GroupAdmin, self).formfield_for_manytomany(db_field, request, **kwargs)


admin.site.unregister(Group)
admin.site.register(Group, DeskGroupAdmin)
