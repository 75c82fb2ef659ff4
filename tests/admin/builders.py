"""Small content for the desk's tests, and forms filled in as a browser would send them."""

import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from learn import publishing
from learn.models import Author, Question, RelatedQuestion, Subject

PUBLISHED_AT = datetime.datetime(2025, 2, 6, tzinfo=datetime.UTC)


def make_subject(slug: str = "biology", **values: Any) -> Subject:
    defaults = {"title": slug.replace("-", " ").capitalize(), **values}
    return Subject.objects.get_or_create(slug=slug, defaults=defaults)[0]


def make_question(slug: str = "what-is-osmosis", **values: Any) -> Question:
    """A published question, saved as an import would: with tags, without a revision."""
    title = values.pop("title", f"{slug.replace('-', ' ').capitalize()}?")
    question = Question(
        slug=slug,
        title=title,
        subject=values.pop("subject", None) or make_subject(),
        author=Author.objects.get_or_create(name="QuickTakes")[0],
        **{
            "answer": f"The answer to {title}\n\nIn two parts.",
            "article_title": title,
            "question": title,
            "date": PUBLISHED_AT.date(),
            "status": Question.Status.PUBLISHED,
            "publish_at": PUBLISHED_AT,
            **values,
        },
    )
    question.save()
    return question


def make_related(question: Question, *urls: str) -> None:
    for position, url in enumerate(urls, start=1):
        RelatedQuestion.objects.create(
            question=question, position=position, title=f"Related {position}", url=url
        )
    publishing.settle_references()


def make_copy(question: Question, subject: str = "zoology") -> Question:
    """A page of another subject with the same question and answer."""
    copy = make_question(
        question.slug,
        title=question.title,
        answer=question.answer,
        subject=make_subject(subject),
    )
    publishing.settle_references()
    copy.refresh_from_db()
    assert copy.canonical == question
    return copy


def list_url(model: str, query: str = "") -> str:
    return reverse(f"admin:learn_{model}_changelist") + query


def add_url(model: str) -> str:
    return reverse(f"admin:learn_{model}_add")


def change_url(model: str, pk: Any) -> str:
    return reverse(f"admin:learn_{model}_change", args=[pk])


def opened_form(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send if nothing were changed on this page."""
    context = client.get(url).context
    data = _values(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        for form in (inline.formset.management_form, *inline.formset.forms):
            data |= _values(form)
    return data


def _values(form: forms.BaseForm) -> dict[str, Any]:
    data = {}
    for bound in form:
        value, widget = bound.value(), bound.field.widget
        if isinstance(widget, forms.MultiWidget):
            data |= {
                f"{bound.html_name}_{number}": "" if part is None else str(part)
                for number, part in enumerate(widget.decompress(value))
            }
        elif isinstance(widget, forms.CheckboxInput):
            data |= {bound.html_name: "on"} if value else {}
        else:
            # As browsers do.
            text = "" if value is None else str(value)
            data[bound.html_name] = text.replace("\n", "\r\n")
    return data


def send(client: Client, url: str, /, **changes: Any) -> HttpResponse:
    """Open the page, change these values, press “Save”."""
    return client.post(url, opened_form(client, url) | changes)


def errors_of(response: HttpResponse) -> dict[str, list[str]]:
    """Field -> messages, of a form that was refused."""
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors.items())


def messages_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def moment(days: int) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=days)
