"""The related questions of a question, as rows below its form."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learn.admin.common import change_link, long_columns_of, pasted_path
from learn.models import Question, RelatedQuestion

# Higher than any position in use; still within a small integer.
OUT_OF_THE_WAY = 10_000


class RelatedQuestionForm(forms.ModelForm):
    class Meta:
        # Narrower than the stock ones: six columns stand side by side.
        widgets = {
            "title": forms.TextInput(attrs={"size": 32}),
            "url": forms.TextInput(attrs={"size": 32}),
            "subject": forms.TextInput(attrs={"size": 16}),
            "seed_id": forms.NumberInput(attrs={"class": "vIntegerField"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False
        for field in self.fields.values():
            # The table's headings name columns, not inputs.
            field.widget.attrs["aria-label"] = field.label

    def clean_position(self) -> int | None:
        position: int | None = self.cleaned_data["position"]
        if position is not None and not 0 < position < OUT_OF_THE_WAY:
            raise ValidationError(_("Positions count from 1; leave it empty to put it last."))
        return position

    def clean_url(self) -> str:
        path = pasted_path(self.cleaned_data["url"])
        if path is not None:
            return str(path)
        if "url" in self.changed_data:
            raise ValidationError(
                _(
                    "Write the address of a question as "
                    "/learn/<subject>/questions/<slug>, or paste it whole."
                )
            )
        return self.cleaned_data["url"]

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        if "url" in self.changed_data:
            # Another address means another question; it is found when everything is saved.
            self.instance.target = None
        return self.cleaned_data

    def validate_constraints(self) -> None:
        """Nothing here: rows are compared with each other, not with the rows as they were."""


class RelatedQuestionFormSet(forms.BaseInlineFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("delete")

    def clean(self) -> None:
        """Each position once; a row without one comes last."""
        if any(self.errors):
            return
        rows = [
            form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        taken: set[int] = set()
        without_position = []
        for form in rows:
            position = form.cleaned_data["position"]
            if position is None:
                without_position.append(form)
            elif position in taken:
                raise ValidationError(
                    _("Two related questions have position %d. Give each its own.") % position
                )
            else:
                taken.add(position)
        for number, form in enumerate(without_position, max(taken, default=0) + 1):
            form.instance.position = number

    def save(self, commit: bool = True) -> Any:
        """Free the old positions first, so that rows can change places."""
        moving = [
            form.instance.pk
            for form in self.initial_forms
            if "position" in form.changed_data or form in self.deleted_forms
        ]
        RelatedQuestion.objects.filter(pk__in=moving).update(
            position=F("position") + OUT_OF_THE_WAY
        )
        return super().save(commit)


class RelatedQuestionInline(admin.TabularInline):
    model = RelatedQuestion
    form = RelatedQuestionForm
    formset = RelatedQuestionFormSet
    fk_name = "question"
    extra = 0
    fields = ("position", "title", "url", "subject", "seed_id", "target_link")
    readonly_fields = ("target_link",)
    ordering = ("position",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RelatedQuestion]:
        related = super().get_queryset(request).select_related("target__subject")
        return related.defer(*long_columns_of("target"))

    @admin.display(description=gettext_lazy("leads to"))
    def target_link(self, related: RelatedQuestion) -> SafeString | str:
        if related.target is None:
            return "" if related.pk is None else _("nothing answers there")
        path = str(related.target.path)
        text = f"№ {related.target_id}"
        return change_link(
            Question, related.target_id, text if path == related.url else f"{text}: {path}"
        )
