"""The answer's field: markdownx's field and widget, with the desk's own script."""

from typing import Any

from django import forms
from django.forms.widgets import Script
from markdownx.fields import MarkdownxFormField
from markdownx.widgets import AdminMarkdownxWidget


class LinesField(forms.CharField):
    """Text of several lines, with the line ends that are stored: browsers send CR LF."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if isinstance(text, str):
            text = text.replace("\r\n", "\n")
            return text if text.strip() else self.empty_value
        return text


class MarkdownEditor(AdminMarkdownxWidget):
    """A text area with a tool bar. Where markdownx's addresses are is said in the settings.

    markdownx's own script is left out: it traps the Tab key, breaks undo, and shows late replies
    over newer ones.
    """

    template_name = "admin/learn/question/widgets/editor.html"

    class Media:
        extend = False
        css = {"all": ["learn/css/desk_writing.css"]}
        js = [Script("learn/js/desk/writing.js", type="module")]


class MarkdownField(LinesField, MarkdownxFormField):
    widget = MarkdownEditor
