"""Mail to the people of the desk. A mail that cannot be sent never undoes what it tells of."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import mail_admins, send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from learn.models import Question, Review, ScheduledUpdate

logger = logging.getLogger(__name__)


def mail_return(review: Review) -> bool:
    """Send the note to whoever handed the text in; False if they have no address, or it failed."""
    author = review.submitted_by
    if author is None or not author.email:
        return False
    question = review.question
    form = "propose" if question.status in Question.PUBLIC_STATUSES else "change"
    context = {"review": review, "question": question, "url": _form_url(question, form)}
    subject = _("Changes requested: %s") % review.question.title
    return _send(
        subject, render_to_string("admin/learn/question/returned.txt", context), author.email
    )


def mail_failed_update(update: ScheduledUpdate) -> bool:
    """Tell whoever scheduled the update why it could not be applied."""
    author = update.created_by
    if author is None or not author.email:
        return False
    context = {"update": update, "question": update.question, "url": _form_url(update.question)}
    subject = _("Scheduled update failed: %s") % update.question.title
    template = "admin/learn/question/update_failed.txt"
    return _send(subject, render_to_string(template, context), author.email)


def tell_of_failure(subject: str, text: str) -> None:
    """To the administrators."""
    try:
        mail_admins(subject, text)
    except (OSError, smtplib.SMTPException):
        logger.exception("The mail “%s” could not be sent", subject)


def _send(subject: str, text: str, address: str) -> bool:
    try:
        return bool(send_mail(" ".join(subject.split()), text, None, [address]))
    except (OSError, smtplib.SMTPException):
        logger.exception("The mail “%s” could not be sent", subject)
        return False


def _form_url(question: Question, form: str = "change") -> str:
    return settings.SITE_URL + reverse(f"admin:learn_question_{form}", args=[question.pk])
