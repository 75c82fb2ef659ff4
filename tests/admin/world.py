"""One of each thing that the desk knows, and one person in each role."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache

from learn import mass_edits, previews, publishing, schedules
from learn.models import (
    Author,
    Draft,
    Fault,
    MassEdit,
    MissingPage,
    PendingStep,
    Question,
    Redirect,
    Report,
    SavedView,
    SeedUpload,
    Tag,
    Upload,
)
from learn.tagging import TagWriter
from learn.workflow.transitions import Action
from tests.admin.builders import make_question, make_subject, moment
from tests.admin.people import make_user
from tests.seeds.builders import seed_file

World = dict[str, Any]


def make_members() -> dict[str, User]:
    """A person in each role; the last two have their rights in biology only."""
    people = {
        role: make_user(role, role) for role in ("author", "editor", "publisher", "administrator")
    }
    biology = make_subject("biology")
    people["staff"] = make_user("staff")
    people["elsewhere"] = make_user("elsewhere", "editor", biology)
    people["publisher_elsewhere"] = make_user("publisher_elsewhere", "publisher", biology)
    return people


def make_world(members: dict[str, User]) -> World:
    """One of each thing, of physics; what belongs to a person is the publisher's."""
    cache.clear()
    publisher = members["publisher"]
    physics = make_subject("physics")

    def make(slug: str, **values: Any) -> Question:
        question = make_question(slug, subject=physics, seo_keywords="tide", **values)
        TagWriter().write({question.pk: "tide"}, are_new=True)
        return question

    live = make("live")
    for number in range(5):  # enough for a topic
        make(f"live-{number}")
    draft = make("draft", status="draft")
    in_review = make("in-review", status="draft")
    writer = make_user("writer", "author")
    publishing.perform(Action.SUBMIT, Question.objects.filter(pk=in_review.pk), by=writer)
    publishing.settle_references()
    publishing.record_revision(live, reason="written")
    edited = make("edited", title="Before?")
    publishing.record_revision(edited, reason="written")
    edited.title = "After?"
    publishing.save_question(edited, reason="edited")
    kept = make("kept", status="draft")
    return {
        "subject": physics.pk,
        "empty": make_subject("empty").pk,
        "author": Author.objects.create(name="Nobody").pk,
        "tag": Tag.objects.get().pk,
        "other_tag": Tag.objects.create(name="ebb", key="ebb", slug="ebb").pk,
        "live": live.pk,
        "path": live.path,
        "draft": draft.pk,
        "draft_uid": draft.uid,
        "in_review": in_review.pk,
        "planned": make("planned", status="unpublished", publish_at=moment(days=1)).pk,
        "trashed": make("trashed", status="trashed").pk,
        "edited": edited.pk,
        "foreign": make_question("foreign", status="draft").pk,
        "uid": uuid.uuid4(),
        "kept_draft": Draft.objects.create(person=publisher, question=kept).uid,
        "kept": kept.pk,
        "revision": live.revisions.get().pk,
        "report": Report.objects.create(question=live, version=1, kind="wrong", text="No.").pk,
        "redirect": Redirect.objects.create(
            old_path="/learn/physics/questions/old", question=live
        ).pk,
        "update": schedules.schedule_update(live, {"title": "New?"}, apply_at=moment(days=1)).pk,
        "missing": MissingPage.objects.create(path="/learn/physics/questions/none").pk,
        "step": PendingStep.objects.create(step="topics").pk,
        "user": User.objects.create_user("somebody").pk,
        "root": User.objects.create_superuser("root").pk,
        "group": Group.objects.get(name="author").pk,
        "act": writer.logentry_set.get().pk,
        "view": SavedView.objects.create(owner=publisher, name="v", query="q=a", is_shared=True).pk,
        "seed_upload": SeedUpload.objects.create(
            name="new.md", data=seed_file("new", subject="physics"), created_by=publisher
        ).pk,
        "fault": Fault.objects.create(question=live, code="short", is_error=False, field="").pk,
        "picture": Upload.objects.create(
            name="0123456789abcdef0123-1x1.png", width=1, height=1, size=1
        ).pk,
        **share_links(draft, publisher),
        **mass_edits_of(publisher, kept, make("submitted", status="draft")),
        "question_type": ContentType.objects.get_for_model(Question).pk,
    }


def share_links(draft: Question, publisher: User) -> dict[str, Any]:
    link = previews.share(draft, previews.Typed({}), by=publisher, days=1)
    return {"link": link.pk, "shared": previews.share_address(link).removeprefix(settings.SITE_URL)}


def mass_edits_of(publisher: User, kept: Question, submitted: Question) -> dict[str, int]:
    """Changes of many in three stages."""
    ready = mass_edits.choose([kept.pk], publisher)
    mass_edits.begin_checking(ready, MassEdit.Kind.ADD_KEYWORDS, {"keywords": "ebb"})
    mass_edits.advance(ready)
    begun = mass_edits.choose([kept.pk], publisher)
    mass_edits.begin_checking(begun, MassEdit.Kind.ADD_KEYWORDS, {"keywords": "flow"})
    done = mass_edits.take_action([submitted.pk], Action.SUBMIT, publisher)
    return {"ready": ready.pk, "begun": begun.pk, "done": done.pk}
