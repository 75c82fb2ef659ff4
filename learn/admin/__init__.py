"""The editors' desk: Django's own admin, tuned for a large table of questions."""

import django.contrib.auth.admin  # noqa: F401 - its groups are registered first, whoever comes first
import django_otp.plugins.otp_static.admin
import django_otp.plugins.otp_totp.admin  # noqa: F401 - as taggit's
import taggit.admin  # noqa: F401 - it registers taggit's own tags, which the site does not use
from django.contrib import admin
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from taggit.models import Tag as UnusedTag

from learn.admin.audit import LogEntryAdmin
from learn.admin.author import AuthorAdmin
from learn.admin.fault import FaultAdmin
from learn.admin.mass_edit import MassEditAdmin
from learn.admin.pending import PendingStepAdmin
from learn.admin.permissions import DeskGroupAdmin
from learn.admin.question import QuestionAdmin
from learn.admin.redirect import RedirectAdmin
from learn.admin.report import ReportAdmin
from learn.admin.revision import RevisionAdmin
from learn.admin.subject import SubjectAdmin
from learn.admin.tag import TagAdmin
from learn.admin.upload import UploadAdmin
from learn.admin.user import DeskUserAdmin

__all__ = [
    "AuthorAdmin",
    "DeskGroupAdmin",
    "DeskUserAdmin",
    "FaultAdmin",
    "LogEntryAdmin",
    "MassEditAdmin",
    "PendingStepAdmin",
    "QuestionAdmin",
    "RedirectAdmin",
    "ReportAdmin",
    "RevisionAdmin",
    "SubjectAdmin",
    "TagAdmin",
    "UploadAdmin",
]

admin.site.unregister(UnusedTag)
# Their pages show the secrets; the desk has its own (learn.admin.two_factor).
admin.site.unregister([StaticDevice, TOTPDevice])
DESK = gettext_lazy("QuickTakes desk")
admin.site.site_header = DESK
admin.site.site_title = DESK
admin.site.index_title = DESK
