"""The form of a change of many: what to change, and to what."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learn.mass_edits.changes import parameters_of
from learn.models import Author, MassEdit, Subject
from learn.workflow.transitions import Action

Kind = MassEdit.Kind
# What each kind needs.
NEEDED = {
    Kind.REPLACE: "find",
    Kind.SUBJECT: "subject",
    Kind.AUTHOR: "author",
    Kind.ADD_KEYWORDS: "keywords",
    Kind.REMOVE_KEYWORDS: "keywords",
    Kind.STATUS: "action",
}
ACTIONS = (Action.PUBLISH, Action.UNPUBLISH, Action.TRASH)


class MassEditForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What to change"), choices=[(kind, kind.label) for kind in NEEDED]
    )
    find = forms.CharField(
        label=gettext_lazy("Find"),
        required=False,
        strip=False,
        max_length=1000,
        help_text=gettext_lazy(
            "Just these characters, wherever they stand: in formulas and links too."
        ),
    )
    replacement = forms.CharField(
        label=gettext_lazy("Replace with"), required=False, strip=False, max_length=1000
    )
    in_answer = forms.BooleanField(
        label=gettext_lazy("In the answer"), required=False, initial=True
    )
    in_title = forms.BooleanField(label=gettext_lazy("In the title"), required=False)
    match_case = forms.BooleanField(
        label=gettext_lazy("Capitals as written"), required=False, initial=True
    )
    whole_words = forms.BooleanField(label=gettext_lazy("Whole words only"), required=False)
    subject = forms.ModelChoiceField(Subject.objects, label=gettext_lazy("Subject"), required=False)
    author = forms.ModelChoiceField(Author.objects, label=gettext_lazy("Author"), required=False)
    keywords = forms.CharField(
        label=gettext_lazy("Keywords"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Parted by commas."),
    )
    action = forms.ChoiceField(
        label=gettext_lazy("Act"),
        required=False,
        choices=[(action.value, action.label) for action in ACTIONS],
    )

    def __init__(self, *args: Any, edit: MassEdit, **kwargs: Any) -> None:
        if edit.kind:
            kwargs.setdefault("initial", {"kind": edit.kind, **edit.parameters})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind = values.get("kind")
        needed = NEEDED.get(kind) if kind else None
        if needed and not values.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Say what, or choose another change."))
        if kind == Kind.REPLACE and not (values.get("in_answer") or values.get("in_title")):
            self.add_error("in_answer", _("Choose where: in the answer, in the title, or in both."))
        return values

    @property
    def parameters(self) -> dict[str, Any]:
        return parameters_of(self.cleaned_data["kind"], self.cleaned_data)
