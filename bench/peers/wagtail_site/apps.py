from django.apps import AppConfig


class WagtailSiteConfig(AppConfig):
    name = "wagtail_site"
    default_auto_field = "django.db.models.BigAutoField"
