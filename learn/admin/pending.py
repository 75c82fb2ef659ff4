from django.contrib import admin

from learn.admin.common import ViewOnlyAdmin
from learn.models import PendingStep


@admin.register(PendingStep)
class PendingStepAdmin(ViewOnlyAdmin):
    list_display = ("__str__", "since")
    ordering = ("step",)
