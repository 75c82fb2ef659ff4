from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from learn.admin.common import ViewOnlyAdmin
from learn.models import Upload


@admin.register(Upload)
class UploadAdmin(ViewOnlyAdmin):
    """Who sent which picture when."""

    list_display = ("picture", "name", "width", "height", "size", "created_by", "created_at")
    list_display_links = ("name",)
    list_select_related = ("created_by",)
    list_per_page = 50
    ordering = ("-pk",)
    search_fields = ("name__startswith",)

    @admin.display(description=_("picture"))
    def picture(self, upload: Upload) -> SafeString:
        return format_html(
            '<img src="{}" width="80" height="{}" alt="" loading="lazy">',
            upload.get_absolute_url(),
            max(1, round(80 * upload.height / upload.width)),
        )
