import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.core.management.base import BaseCommand

from learn.models import Question, Subject
from learn.workflow.roles import ADMINISTRATOR

EDITOR = "editor"


class Command(BaseCommand):
    help = (
        "Make a new site usable: load the sample content into an empty database, once, with its "
        "related questions, and create the account “editor” with a random password, shown once. "
        "Does nothing on a site that has both."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        fixtures = Path(settings.BASE_DIR, "fixtures")
        if not Subject.objects.exists():
            call_command("loaddata", fixtures / "subjects.json", verbosity=0)
        if not Question.objects.exists():
            self.stdout.write("Loading the sample content …")
            call_command("loadseeds", fixtures / "seeds", moved=fixtures / "moved.csv", verbosity=0)
            call_command("relatequestions", verbosity=0)
        self.create_editor()

    def create_editor(self) -> None:
        users = get_user_model().objects
        if users.filter(username=EDITOR).exists():
            return
        password = secrets.token_urlsafe(12)
        editor = users.create_user(EDITOR, password=password, is_staff=True)
        editor.user_permissions.set(
            Permission.objects.filter(content_type__app_label=Question._meta.app_label)
        )
        # Besides: the accounts of others, and the log of acts.
        editor.groups.add(Group.objects.get(name=ADMINISTRATOR))
        self.stdout.write(f"\n  Account       {EDITOR}\n  Password      {password}   (shown once)")
