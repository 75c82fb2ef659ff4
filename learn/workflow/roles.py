"""The roles: groups that a migration makes, each with the permissions of the one before."""

from typing import Any

AUTHOR = "author"
EDITOR = "editor"
PUBLISHER = "publisher"
ADMINISTRATOR = "administrator"

# Writes and hands in; sees all that the desk shows of its subjects.
_AUTHOR = {
    "learn.view_question",
    "learn.add_question",
    "learn.change_question",
    "learn.submit_question",
    "learn.view_relatedquestion",
    "learn.add_relatedquestion",
    "learn.change_relatedquestion",
    "learn.delete_relatedquestion",
    "learn.view_subject",
    "learn.view_author",
    "learn.view_tag",
    "learn.view_revision",
    "learn.view_report",
    "learn.view_missingpage",
    "learn.view_emptysearch",
    "learn.view_fault",
    "learn.view_upload",
}
# Decides on what was handed in, corrects what is live, answers readers' reports.
_EDITOR = _AUTHOR | {
    "learn.review_question",
    "learn.change_published_question",
    "learn.change_report",
    "learn.view_redirect",
    "learn.delete_missingpage",
    "learn.delete_emptysearch",
}
# Decides what readers see, and when.
_PUBLISHER = _EDITOR | {
    "learn.schedule_question",
    "learn.publish_question",
    "learn.unpublish_question",
    "learn.trash_question",
    "learn.restore_question",
    "learn.view_pendingstep",
    "learn.add_redirect",
    "learn.change_redirect",
    "learn.delete_redirect",
    "learn.change_tag",
    "learn.view_massedit",
    "learn.add_massedit",
    "learn.add_seedupload",
    "admin.view_logentry",
}
# Besides: subjects, authors, people and their roles.
_ADMINISTRATOR = _PUBLISHER | {
    f"{app}.{act}_{model}"
    for app, model in (
        ("learn", "subject"),
        ("learn", "author"),
        ("learn", "subjectaccess"),
        ("auth", "user"),
    )
    for act in ("view", "add", "change", "delete")
}
ROLES = {
    AUTHOR: _AUTHOR,
    EDITOR: _EDITOR,
    PUBLISHER: _PUBLISHER,
    ADMINISTRATOR: _ADMINISTRATOR,
}

# Whoever had Django's own permission could do all of this before there were roles.
FORMERLY_IMPLIED = {
    "learn.change_question": {
        "learn.submit_question",
        "learn.review_question",
        "learn.change_published_question",
        "learn.schedule_question",
        "learn.publish_question",
        "learn.unpublish_question",
        "learn.trash_question",
        "learn.restore_question",
        "learn.view_missingpage",
        "learn.delete_missingpage",
        "learn.view_emptysearch",
        "learn.delete_emptysearch",
    }
}


def grant_roles(apps: Any) -> None:
    """Make the groups, and give each of them what it lacks; nothing is ever taken away.

    `apps` is Django's registry or a migration's. What a registry does not know yet is left to
    the migration that adds it, which calls this again.
    """
    known = _permissions(apps)
    for name, wanted in ROLES.items():
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*(known[permission] for permission in wanted & known.keys()))


def grant_formerly_implied(apps: Any) -> None:
    """Users and groups from before there were roles keep what they could do."""
    known = _permissions(apps)
    for old, implied in FORMERLY_IMPLIED.items():
        if old not in known:
            continue
        permissions = [known[name] for name in implied]
        for group in apps.get_model("auth", "Group").objects.filter(permissions=known[old]):
            group.permissions.add(*permissions)
        for user in apps.get_model("auth", "User").objects.filter(user_permissions=known[old]):
            user.user_permissions.add(*permissions)


def _permissions(apps: Any) -> dict[str, Any]:
    """“app.codename” -> permission."""
    permissions = apps.get_model("auth", "Permission").objects.select_related("content_type")
    return {f"{item.content_type.app_label}.{item.codename}": item for item in permissions}
