"""The readers' forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learn.models import Report

TOO_LONG = _("Shorten this to %(limit_value)d characters at most; it has %(show_value)d.")


class ReportForm(forms.ModelForm):
    """A report as a reader writes it.

    `website` is a trap: people do not see it, programs fill it in. `version` is that of the
    question when the form was opened.
    """

    website = forms.CharField(label=_("Leave this empty"), required=False)

    class Meta:
        model = Report
        fields = ("kind", "text", "contact", "version")
        widgets = {
            "kind": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 6}),
            "contact": forms.TextInput(attrs={"autocomplete": "email"}),
            "version": forms.HiddenInput,
        }
        labels = {
            "kind": _("What is the matter?"),
            "text": _("What should we look at?"),
            "contact": _("How can we reach you? (if you want an answer)"),
        }
        error_messages = {
            "kind": dict.fromkeys(("required", "invalid_choice"), _("Choose what is the matter.")),
            "text": {
                "required": _("Say in a few words what we should look at."),
                "max_length": TOO_LONG,
            },
            "contact": {"max_length": TOO_LONG},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = Report.Kind.choices
        website = self.fields["website"].widget
        website.attrs |= {"tabindex": "-1", "autocomplete": "off"}

    def clean_version(self) -> int:
        """What an old form or somebody's hand made of it is not above the present version."""
        return max(1, min(self.cleaned_data["version"], self.initial["version"]))

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("website"))
