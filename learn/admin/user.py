"""The people of the desk: their roles, and the subjects that their rights end at."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learn import two_factor
from learn.admin.common import change_url
from learn.admin.permissions import as_boxes
from learn.models import SubjectAccess


class SubjectAccessInline(admin.StackedInline):
    model = SubjectAccess
    # Boxes to tick: the stock double list is no help to whoever uses a screen reader.
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    can_delete = True
    max_num = 1
    extra = 0


class DeskUserAdmin(UserAdmin):
    """Whoever is no superuser can neither make nor touch one, nor give what they have not."""

    inlines = (SubjectAccessInline,)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "second_factor")
    list_display = ("username", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "groups")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users = super().get_queryset(request)
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        if request.user.is_superuser:
            # After the name and the password.
            extra = (gettext_lazy("Two-factor login"), {"fields": ("second_factor",)})
            return [*fieldsets[:1], extra, *fieldsets[1:]]
        mine = ("is_active", "is_staff", "groups")
        return [
            (name, options | {"fields": mine} if "groups" in options["fields"] else options)
            for name, options in fieldsets
        ]

    def get_urls(self) -> list[URLPattern]:
        reset = path(
            "<id>/two-factor/reset/",
            self.admin_site.admin_view(self.reset_second_factor),
            name="auth_user_reset_two_factor",
        )
        return [reset, *super().get_urls()]

    @admin.display(description=gettext_lazy("second factor"))
    def second_factor(self, user: User) -> str:
        if not two_factor.has_device(user):
            return _("not set up")
        address = reverse("admin:auth_user_reset_two_factor", args=[user.pk])
        return format_html(
            '{} <a class="desk-link" href="{}">{}</a>', _("on."), address, _("Remove it")
        )

    def reset_second_factor(self, request: HttpRequest, id: str) -> HttpResponse:
        """For somebody who has lost the app and the recovery codes: superusers only."""
        if not request.user.is_superuser:
            raise PermissionDenied
        user = self.get_object(request, unquote(id))
        if user is None:
            raise Http404
        if request.method == "POST":
            two_factor.reset(user)
            self.log_change(request, user, "Removed the second factor.")
            done = _("The second factor of %(name)s is removed.") % {"name": user}
            messages.success(request, done)
            return HttpResponseRedirect(change_url(User, user.pk))
        context = self.admin_site.each_context(request) | {
            "title": _("Remove the second factor"),
            "original": user,
        }
        return render(request, "admin/auth/user/reset_two_factor.html", context)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            if not request.user.is_superuser:
                kwargs["queryset"] = _groups_within(request.user)  # type: ignore[arg-type]
        elif db_field.name == "user_permissions":
            kwargs = as_boxes(kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def _groups_within(user: User) -> QuerySet[Group]:
    """The groups that give nothing which the user does not have."""
    held = user.get_all_permissions()
    ids = [
        group.pk
        for group in Group.objects.prefetch_related("permissions__content_type")
        if {
            f"{permission.content_type.app_label}.{permission.codename}"
            for permission in group.permissions.all()
        }
        <= held
    ]
    return Group.objects.filter(pk__in=ids)


admin.site.unregister(User)
admin.site.register(User, DeskUserAdmin)
