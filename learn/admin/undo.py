"""What is said after an act that can be undone: the sentence, and a button."""

from django.contrib import messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from learn.models import MassEdit


def tell_with_undo(request: HttpRequest, text: str, edit: MassEdit, level: int) -> None:
    """A message with a button that undoes the act. The form's token lives as long as the login."""
    undo = reverse("admin:learn_massedit_undo", args=[edit.pk])
    form = format_html(
        '{} <form method="post" action="{}" class="undo">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button type="submit">{}</button></form>',
        text,
        undo,
        get_token(request),
        _("Undo"),
    )
    messages.add_message(request, level, form, extra_tags="undoable")
