"""Every address of the site, asked for by every role: one table says what each of them gets.

An address without a line in the table fails, so whoever adds one says here who may have it.
A line is: route | request | the answers, in the order of ROLES. A request is a method, an
address and, for POST, the form's data, or JSON; names in braces are things of WORLD. An answer is a
status; `login` is the way to the login page, and `*` after a status says that the request
changed something: content, states, reports, accounts.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from learn.middleware import ANSWERED_FIRST
from learn.models import (
    Author,
    Draft,
    EmptySearch,
    MassEdit,
    MissingPage,
    Proposal,
    Question,
    Redirect,
    Report,
    Review,
    SavedView,
    ScheduledUpdate,
    SeedUpload,
    ShareLink,
    Subject,
    Tag,
    Upload,
)
from tests.admin.people import client_of
from tests.admin.world import World, make_members, make_world

# The last two are an editor and a publisher whose rights end at biology; all things of WORLD are
# of physics, but for `foreign`.
ROLES = (
    "anonymous",
    "staff",
    "author",
    "editor",
    "publisher",
    "administrator",
    "elsewhere",
    "publisher_elsewhere",
)

TABLE = """
admin | GET /admin | 301 301 301 301 301 301 301 301
admin/ | GET /admin/ | login 200 200 200 200 200 200 200
admin/login/ | GET /admin/login/ | 200 302 302 302 302 302 302 302
admin/logout/ | GET /admin/logout/ | 302 405 405 405 405 405 405 405
admin/logout/ | POST /admin/logout/ | 302 200 200 200 200 200 200 200
admin/password_change/ | GET /admin/password_change/ | login 200 200 200 200 200 200 200
admin/password_change/done/ | GET /admin/password_change/done/ | login 200 200 200 200 200 200 200
admin/jsi18n/ | GET /admin/jsi18n/ | login 200 200 200 200 200 200 200
admin/two-factor/ | GET /admin/two-factor/ | login 302 302 302 302 302 302 302
admin/two-factor/set-up/ | GET /admin/two-factor/set-up/ | login 200 200 200 200 200 200 200
admin/two-factor/set-up/ | POST /admin/two-factor/set-up/ code=000000 | login 400 400 400 400 400 400 400
admin/two-factor/codes/ | GET /admin/two-factor/codes/ | login 302 302 302 302 302 302 302
admin/two-factor/codes/ | POST /admin/two-factor/codes/ | login 302 302 302 302 302 302 302
re:admin/r/ | GET /admin/r/{question_type}/{draft}/ | 404 404 404 404 404 404 404 404
admin/r/<path:content_type_id>/<path:object_id>/ | GET /admin/r/{question_type}/{draft}/ | 404 404 404 404 404 404 404 404
admin/autocomplete/ | GET /admin/autocomplete/?app_label=learn&model_name=question&field_name=author | login 403 200 200 200 200 200 200
re:admin/^(?P<app_label>admin|learn|auth)/$ | GET /admin/learn/ | login 404 200 200 200 200 200 200
re:admin/(?P<url>.*)$ | GET /admin/none/ | login 404 404 404 404 404 404 404

# --- questions
admin/learn/question/ | GET /admin/learn/question/ | login 403 200 200 200 200 200 200
admin/learn/question/ | GET /admin/learn/question/?subject__id__exact={subject} | login 403 200 200 200 200 403 403
admin/learn/question/ | POST /admin/learn/question/ action=submit&_selected_action={draft} | login 403 302* 302* 302* 302* 403 403
admin/learn/question/ | POST /admin/learn/question/ action=withdraw&_selected_action={in_review} | login 403 302* 302* 302* 302* 403 403
admin/learn/question/ | POST /admin/learn/question/ action=publish&_selected_action={draft} | login 403 302 302 302* 302* 403 403
admin/learn/question/ | POST /admin/learn/question/ action=schedule&_selected_action={planned} | login 403 302 302 302* 302* 403 403
admin/learn/question/ | POST /admin/learn/question/ action=unpublish&_selected_action={live} | login 403 302 302 302* 302* 403 403
admin/learn/question/ | POST /admin/learn/question/ action=move_to_trash&_selected_action={live} | login 403 302 302 302* 302* 403 403
admin/learn/question/ | POST /admin/learn/question/?status__exact=trashed action=restore&_selected_action={trashed} | login 403 302 302 302* 302* 403 403
admin/learn/question/ | POST /admin/learn/question/ action=edit_many&_selected_action={draft} | login 403 302 302 302* 302* 403 403
admin/learn/question/ | POST /admin/learn/question/ action=download&_selected_action={draft} | login 403 200 200 200 200 403 403
admin/learn/question/add/ | GET /admin/learn/question/add/ | login 403 200 200 200 200 200 200
admin/learn/question/<path:object_id>/change/ | GET /admin/learn/question/{live}/change/ | login 403 200 200 200 200 403 403
admin/learn/question/<path:object_id>/change/ | POST /admin/learn/question/{draft}/change/ title=&opened_version=1&opened_status=draft | login 403 200 200 200 200 403 403
admin/learn/question/<path:object_id>/change/ | POST /admin/learn/question/{in_review}/change/ title=&opened_version=1&opened_status=in_review | login 403 403 200 200 200 403 403
admin/learn/question/<path:object_id>/change/ | POST /admin/learn/question/{live}/change/ title=&opened_version=1&opened_status=published | login 403 403 200 200 200 403 403
admin/learn/question/<path:object_id>/change/ | POST /admin/learn/question/{trashed}/change/ title=&opened_version=1&opened_status=trashed | login 403 403 403 200 200 403 403
admin/learn/question/<path:object_id>/history/ | GET /admin/learn/question/{live}/history/ | login 403 200 200 200 200 403 403
admin/learn/question/<path:object_id>/delete/ | POST /admin/learn/question/{live}/delete/ post=yes | login 403 403 403 302* 302* 404 404
admin/learn/question/<path:object_id>/ | GET /admin/learn/question/{live}/ | login 302 302 302 302 302 302 302
admin/learn/question/review/ | GET /admin/learn/question/review/ | login 403 403 200 200 200 200 200
admin/learn/question/review/next/ | POST /admin/learn/question/review/next/ | login 403 403 302 302 302 302 302
admin/learn/question/review/<int:pk>/ | GET /admin/learn/question/review/{in_review}/ | login 403 403 200 200 200 403 403
admin/learn/question/review/<int:pk>/ | POST /admin/learn/question/review/{in_review}/ action=approve&version=1 | login 403 403 302* 302* 302* 403 403
admin/learn/question/review/<int:pk>/ | POST /admin/learn/question/review/{in_review}/ action=request_changes&version=1&note=Why | login 403 403 302* 302* 302* 403 403
admin/learn/question/propose/<int:pk>/ | GET /admin/learn/question/propose/{live}/ | login 403 200 200 200 200 403 403
admin/learn/question/propose/<int:pk>/ | GET /admin/learn/question/propose/{draft}/ | login 403 403 403 403 403 403 403
admin/learn/question/propose/<int:pk>/ | POST /admin/learn/question/propose/{live}/ title=New&answer=New | login 403 302* 302* 302* 302* 403 403
admin/learn/question/propose/<int:pk>/ | POST /admin/learn/question/propose/{live}/ withdraw=1 | login 403 403 403 403 403 403 403
admin/learn/question/schedule/ | GET /admin/learn/question/schedule/ | login 403 200 200 200 200 200 200
admin/learn/question/schedule/<int:pk>/ | GET /admin/learn/question/schedule/{update}/ | login 403 200 200 200 200 403 403
admin/learn/question/schedule/<int:pk>/cancel/ | POST /admin/learn/question/schedule/{update}/cancel/ | login 403 403 403 302* 302* 403 403
admin/learn/question/desk/<slug:key>/ | GET /admin/learn/question/desk/aging/ | login 403 200 200 200 200 200 200
admin/learn/question/desk/<slug:key>/ | GET /admin/learn/question/desk/waiting/ | login 403 403 200 200 200 200 200
admin/learn/question/desk/<slug:key>.csv | GET /admin/learn/question/desk/aging.csv | login 403 200 200 200 200 200 200
admin/learn/question/desk/<slug:key>.csv | GET /admin/learn/question/desk/weeks.csv | login 404 200 200 200 200 200 200
admin/learn/question/desk/<slug:key>/<int:pk>/done/ | POST /admin/learn/question/desk/missing/{missing}/done/ | login 403 403 302* 302* 302* 302* 302*

# --- a question's drafts, versions, preview, duplicates, seed file, trash
admin/learn/question/drafts/ | POST /admin/learn/question/drafts/ {{"uid":"{uid}","question":null,"values":{{"title":"New"}}}} | login 403 200* 200* 200* 200* 200* 200*
admin/learn/question/drafts/ | POST /admin/learn/question/drafts/ {{"uid":"{uid}","question":{draft},"values":{{"title":"New"}}}} | login 403 200* 200* 200* 200* 403 403
admin/learn/question/drafts/ | POST /admin/learn/question/drafts/ {{"uid":"{uid}","question":{live},"values":{{"title":"New"}}}} | login 403 403 200* 200* 200* 403 403
admin/learn/question/drafts/ | POST /admin/learn/question/drafts/ {{"uid":"{uid}","question":{trashed},"values":{{"title":"New"}}}} | login 403 403 403 200* 200* 403 403
admin/learn/question/drafts/discard/ | POST /admin/learn/question/drafts/discard/ {{"draft":{{"uid":"{kept_draft}","version":1}}}} | login 200 200 200 200* 200 200 200
admin/learn/question/<int:pk>/versions/ | GET /admin/learn/question/{live}/versions/ | login 403 200 200 200 200 403 403
admin/learn/question/<int:pk>/compare/ | GET /admin/learn/question/{live}/compare/?old=1&new=live | login 403 200 200 200 200 403 403
admin/learn/question/<int:pk>/compare/ | GET /admin/learn/question/{kept}/compare/?old=draft&new=live | login 403 404 404 200 404 403 403
admin/learn/question/<int:pk>/compare/ | POST /admin/learn/question/{live}/compare/ values=%7B%7D | login 403 200 200 200 200 403 403
admin/learn/question/<int:pk>/restore-version/ | POST /admin/learn/question/{live}/restore-version/ version=1&field=title&as_draft=1 | login 403 403 302* 302* 302* 403 403
admin/learn/question/<int:pk>/restore-version/ | POST /admin/learn/question/{edited}/restore-version/ version=1&field=title&opened_version=2&opened_status=published | login 403 403 302* 302* 302* 403 403
admin/learn/question/<int:pk>/restore/ | GET /admin/learn/question/{trashed}/restore/ | login 403 403 403 200 200 404 404
admin/learn/question/<int:pk>/restore/ | POST /admin/learn/question/{trashed}/restore/ slug=again | login 403 403 403 302* 302* 404 404
admin/learn/question/<int:pk>/seed/ | GET /admin/learn/question/{draft}/seed/ | login 403 200 200 200 200 403 403
admin/learn/question/live/ | POST /admin/learn/question/live/ panel=page&panel=search | 403 403 200 200 200 200 200 200
admin/learn/question/<int:pk>/live/ | POST /admin/learn/question/{draft}/live/ panel=page | 403 403 200 200 200 200 403 403
admin/learn/question/<int:pk>/live/ | POST /admin/learn/question/{live}/live/ panel=page | 403 403 403 200 200 200 403 403
admin/learn/question/preview/ | GET /admin/learn/question/preview/ | 403 403 200 200 200 200 200 200
admin/learn/question/<int:pk>/preview/ | GET /admin/learn/question/{draft}/preview/ | 403 403 200 200 200 200 403 403
admin/learn/question/<int:pk>/preview/ | GET /admin/learn/question/{live}/preview/ | 403 403 403 200 200 200 403 403
admin/learn/question/<int:pk>/share/ | GET /admin/learn/question/{draft}/share/ | 403 403 200 200 200 200 403 403
admin/learn/question/<int:pk>/share/ | POST /admin/learn/question/{draft}/share/ share_days=3 | 403 403 200* 200* 200* 200* 403 403
admin/learn/question/<int:pk>/share/ | POST /admin/learn/question/{live}/share/ share_days=3 | 403 403 403 200* 200* 200* 403 403
admin/learn/question/<int:pk>/share/<int:link>/revoke/ | POST /admin/learn/question/{draft}/share/{link}/revoke/ | 403 403 200* 200* 200* 200* 403 403
admin/learn/question/card.png | GET /admin/learn/question/card.png?text=Tide | 403 403 200 200 200 200 200 200
admin/learn/question/markdownify/ | POST /admin/learn/question/markdownify/ content=*tide* | 403 403 200 200 200 200 200 200
admin/learn/question/upload/ | POST /admin/learn/question/upload/ | 403 403 400 400 400 400 400 400
admin/learn/question/lookalikes/ | GET /admin/learn/question/lookalikes/?title=Draft | 403 403 200 200 200 200 200 200
admin/learn/question/<int:pk>/lookalikes/ | GET /admin/learn/question/{draft}/lookalikes/?title=Draft | 403 403 200 200 200 200 403 403
admin/learn/question/<int:pk>/merge/<int:into>/ | GET /admin/learn/question/{draft}/merge/{live}/ | 403 403 403 403 200 200 403 403
admin/learn/question/<int:pk>/merge/<int:into>/ | POST /admin/learn/question/{draft}/merge/{live}/ | 403 403 403 403 302* 302* 403 403
admin/learn/question/<int:pk>/merge/<int:into>/ | POST /admin/learn/question/{foreign}/merge/{live}/ | 403 403 403 403 302* 302* 403 403
admin/learn/question/import/ | GET /admin/learn/question/import/ | login 403 403 403 200 200 403 200
admin/learn/question/import/ | POST /admin/learn/question/import/ | login 403 403 403 200 200 403 200
admin/learn/question/import/<int:pk>/ | GET /admin/learn/question/import/{seed_upload}/ | login 403 403 403 200 404 403 404
admin/learn/question/import/<int:pk>/ | POST /admin/learn/question/import/{seed_upload}/ file=new.md | login 403 403 403 302* 404 403 404
admin/learn/question/views/ | POST /admin/learn/question/views/ name=Drafts&query=status__exact%3Ddraft | login 403 302* 302* 302* 302* 302* 302*
admin/learn/question/views/counts/ | GET /admin/learn/question/views/counts/ | login 403 200 200 200 200 200 200
admin/learn/question/views/<int:pk>/delete/ | POST /admin/learn/question/views/{view}/delete/ | login 403 403 403 302* 403 403 403

# --- changes of many: all of WORLD are the publisher's
admin/learn/massedit/ | GET /admin/learn/massedit/ | login 403 403 403 200 200 403 200
admin/learn/massedit/add/ | GET /admin/learn/massedit/add/ | login 403 403 403 403 403 403 403
admin/learn/massedit/<path:object_id>/change/ | GET /admin/learn/massedit/{ready}/change/ | login 403 403 403 200 200 403 403
admin/learn/massedit/<path:object_id>/history/ | GET /admin/learn/massedit/{ready}/history/ | login 302 302 302 200 200 302 302
admin/learn/massedit/<path:object_id>/delete/ | POST /admin/learn/massedit/{ready}/delete/ post=yes | login 403 403 403 403 403 403 403
admin/learn/massedit/<path:object_id>/ | GET /admin/learn/massedit/{ready}/ | login 302 302 302 302 302 302 302
admin/learn/massedit/<int:pk>/check/ | POST /admin/learn/massedit/{ready}/check/ kind=author&author={author} | login 403 403 403 302* 403 403 403
admin/learn/massedit/<int:pk>/run/ | POST /admin/learn/massedit/{ready}/run/ | login 403 403 403 302* 403 403 403
admin/learn/massedit/<int:pk>/advance/ | POST /admin/learn/massedit/{begun}/advance/ | login 403 403 403 302* 403 403 403
admin/learn/massedit/<int:pk>/undo/ | POST /admin/learn/massedit/{done}/undo/ | login 403 403 403 302* 403 403 403

# --- faults and pictures
admin/learn/fault/ | GET /admin/learn/fault/ | login 403 200 200 200 200 200 200
admin/learn/fault/ | GET /admin/learn/fault/?question__subject__id__exact={subject} | login 403 200 200 200 200 403 403
admin/learn/fault/add/ | GET /admin/learn/fault/add/ | login 403 403 403 403 403 403 403
admin/learn/fault/<path:object_id>/change/ | GET /admin/learn/fault/{fault}/change/ | login 403 200 200 200 200 403 403
admin/learn/fault/<path:object_id>/history/ | GET /admin/learn/fault/{fault}/history/ | login 403 200 200 200 200 403 403
admin/learn/fault/<path:object_id>/delete/ | POST /admin/learn/fault/{fault}/delete/ post=yes | login 403 403 403 403 403 403 403
admin/learn/fault/<path:object_id>/ | GET /admin/learn/fault/{fault}/ | login 302 302 302 302 302 302 302
admin/learn/upload/ | GET /admin/learn/upload/ | login 403 200 200 200 200 200 200
admin/learn/upload/add/ | GET /admin/learn/upload/add/ | login 403 403 403 403 403 403 403
admin/learn/upload/<path:object_id>/change/ | GET /admin/learn/upload/{picture}/change/ | login 403 200 200 200 200 200 200
admin/learn/upload/<path:object_id>/history/ | GET /admin/learn/upload/{picture}/history/ | login 403 200 200 200 200 200 200
admin/learn/upload/<path:object_id>/delete/ | POST /admin/learn/upload/{picture}/delete/ post=yes | login 403 403 403 403 403 403 403
admin/learn/upload/<path:object_id>/ | GET /admin/learn/upload/{picture}/ | login 302 302 302 302 302 302 302

# --- what belongs to questions
admin/learn/revision/ | GET /admin/learn/revision/ | login 403 200 200 200 200 200 200
admin/learn/revision/add/ | GET /admin/learn/revision/add/ | login 403 403 403 403 403 403 403
admin/learn/revision/<path:object_id>/change/ | GET /admin/learn/revision/{revision}/change/ | login 403 200 200 200 200 403 403
admin/learn/revision/<path:object_id>/change/ | POST /admin/learn/revision/{revision}/change/ | login 403 403 403 403 403 403 403
admin/learn/revision/<path:object_id>/history/ | GET /admin/learn/revision/{revision}/history/ | login 403 200 200 200 200 403 403
admin/learn/revision/<path:object_id>/delete/ | POST /admin/learn/revision/{revision}/delete/ post=yes | login 403 403 403 403 403 403 403
admin/learn/revision/<path:object_id>/ | GET /admin/learn/revision/{revision}/ | login 302 302 302 302 302 302 302
admin/learn/report/ | GET /admin/learn/report/ | login 403 200 200 200 200 200 200
admin/learn/report/ | POST /admin/learn/report/ action=mark_done&_selected_action={report} | login 403 200 302* 302* 302* 403 403
admin/learn/report/add/ | GET /admin/learn/report/add/ | login 403 403 403 403 403 403 403
admin/learn/report/<path:object_id>/change/ | GET /admin/learn/report/{report}/change/ | login 403 200 200 200 200 403 403
admin/learn/report/<path:object_id>/change/ | POST /admin/learn/report/{report}/change/ state=done | login 403 403 302* 302* 302* 403 403
admin/learn/report/<path:object_id>/history/ | GET /admin/learn/report/{report}/history/ | login 403 200 200 200 200 403 403
admin/learn/report/<path:object_id>/delete/ | POST /admin/learn/report/{report}/delete/ post=yes | login 403 403 403 403 403 403 403
admin/learn/report/<path:object_id>/ | GET /admin/learn/report/{report}/ | login 302 302 302 302 302 302 302
admin/learn/redirect/ | GET /admin/learn/redirect/ | login 403 403 200 200 200 200 200
admin/learn/redirect/add/ | GET /admin/learn/redirect/add/ | login 403 403 403 200 200 403 200
admin/learn/redirect/<path:object_id>/change/ | GET /admin/learn/redirect/{redirect}/change/ | login 403 403 200 200 200 403 403
admin/learn/redirect/<path:object_id>/change/ | POST /admin/learn/redirect/{redirect}/change/ | login 403 403 403 200 200 403 403
admin/learn/redirect/<path:object_id>/history/ | GET /admin/learn/redirect/{redirect}/history/ | login 403 403 200 200 200 403 403
admin/learn/redirect/<path:object_id>/delete/ | POST /admin/learn/redirect/{redirect}/delete/ post=yes | login 403 403 403 302* 302* 403 403
admin/learn/redirect/<path:object_id>/ | GET /admin/learn/redirect/{redirect}/ | login 302 302 302 302 302 302 302

# --- subjects, authors, tags, steps
admin/learn/subject/ | GET /admin/learn/subject/ | login 403 200 200 200 200 200 200
admin/learn/subject/add/ | GET /admin/learn/subject/add/ | login 403 403 403 403 200 403 403
admin/learn/subject/<path:object_id>/change/ | GET /admin/learn/subject/{subject}/change/ | login 403 200 200 200 200 200 200
admin/learn/subject/<path:object_id>/change/ | POST /admin/learn/subject/{subject}/change/ title= | login 403 403 403 403 200 403 403
admin/learn/subject/<path:object_id>/history/ | GET /admin/learn/subject/{subject}/history/ | login 403 200 200 200 200 200 200
admin/learn/subject/<path:object_id>/delete/ | POST /admin/learn/subject/{subject}/delete/ post=yes | login 403 403 403 403 403 403 403
admin/learn/subject/<path:object_id>/delete/ | POST /admin/learn/subject/{empty}/delete/ post=yes | login 403 403 403 403 302* 403 403
admin/learn/subject/<path:object_id>/ | GET /admin/learn/subject/{subject}/ | login 302 302 302 302 302 302 302
admin/learn/author/ | GET /admin/learn/author/ | login 403 200 200 200 200 200 200
admin/learn/author/add/ | GET /admin/learn/author/add/ | login 403 403 403 403 200 403 403
admin/learn/author/<path:object_id>/change/ | GET /admin/learn/author/{author}/change/ | login 403 200 200 200 200 200 200
admin/learn/author/<path:object_id>/change/ | POST /admin/learn/author/{author}/change/ name= | login 403 403 403 403 200 403 403
admin/learn/author/<path:object_id>/history/ | GET /admin/learn/author/{author}/history/ | login 403 200 200 200 200 200 200
admin/learn/author/<path:object_id>/delete/ | POST /admin/learn/author/{author}/delete/ post=yes | login 403 403 403 403 302* 403 403
admin/learn/author/<path:object_id>/ | GET /admin/learn/author/{author}/ | login 302 302 302 302 302 302 302
admin/learn/tag/ | GET /admin/learn/tag/ | login 403 200 200 200 200 200 200
admin/learn/tag/add/ | GET /admin/learn/tag/add/ | login 403 403 403 403 403 403 403
admin/learn/tag/<path:object_id>/change/ | GET /admin/learn/tag/{tag}/change/ | login 403 200 200 200 200 200 200
admin/learn/tag/<path:object_id>/change/ | POST /admin/learn/tag/{tag}/change/ name=Tides&stands_for= | login 403 403 403 302* 302* 403 403
admin/learn/tag/merge/ | POST /admin/learn/tag/merge/ tag={tag}&tag={other_tag}&into={tag} | login 403 403 403 302* 302* 403 403
admin/learn/tag/<path:object_id>/history/ | GET /admin/learn/tag/{tag}/history/ | login 403 200 200 200 200 200 200
admin/learn/tag/<path:object_id>/delete/ | POST /admin/learn/tag/{tag}/delete/ post=yes | login 403 403 403 403 403 403 403
admin/learn/tag/<path:object_id>/ | GET /admin/learn/tag/{tag}/ | login 302 302 302 302 302 302 302
admin/learn/pendingstep/ | GET /admin/learn/pendingstep/ | login 403 403 403 200 200 403 200
admin/learn/pendingstep/add/ | GET /admin/learn/pendingstep/add/ | login 403 403 403 403 403 403 403
admin/learn/pendingstep/<path:object_id>/change/ | GET /admin/learn/pendingstep/topics/change/ | login 403 403 403 200 200 403 200
admin/learn/pendingstep/<path:object_id>/history/ | GET /admin/learn/pendingstep/topics/history/ | login 403 403 403 200 200 403 200
admin/learn/pendingstep/<path:object_id>/delete/ | POST /admin/learn/pendingstep/topics/delete/ post=yes | login 403 403 403 403 403 403 403
admin/learn/pendingstep/<path:object_id>/ | GET /admin/learn/pendingstep/topics/ | login 302 302 302 302 302 302 302

# --- people and their acts
admin/auth/user/ | GET /admin/auth/user/ | login 403 403 403 403 200 403 403
admin/auth/user/add/ | GET /admin/auth/user/add/ | login 403 403 403 403 200 403 403
admin/auth/user/<path:object_id>/change/ | GET /admin/auth/user/{user}/change/ | login 403 403 403 403 200 403 403
admin/auth/user/<path:object_id>/change/ | POST /admin/auth/user/{user}/change/ username= | login 403 403 403 403 200 403 403
admin/auth/user/<path:object_id>/change/ | GET /admin/auth/user/{root}/change/ | login 403 403 403 403 302 403 403
admin/auth/user/<id>/password/ | GET /admin/auth/user/{user}/password/ | login 403 403 403 403 200 403 403
admin/auth/user/<id>/password/ | GET /admin/auth/user/{root}/password/ | login 403 403 403 403 404 403 403
admin/auth/user/<id>/two-factor/reset/ | GET /admin/auth/user/{user}/two-factor/reset/ | login 403 403 403 403 403 403 403
admin/auth/user/<id>/two-factor/reset/ | POST /admin/auth/user/{user}/two-factor/reset/ | login 403 403 403 403 403 403 403
admin/auth/user/<path:object_id>/history/ | GET /admin/auth/user/{user}/history/ | login 403 403 403 403 200 403 403
admin/auth/user/<path:object_id>/delete/ | POST /admin/auth/user/{user}/delete/ post=yes | login 403 403 403 403 302* 403 403
admin/auth/user/<path:object_id>/ | GET /admin/auth/user/{user}/ | login 302 302 302 302 302 302 302
admin/auth/group/ | GET /admin/auth/group/ | login 403 403 403 403 403 403 403
admin/auth/group/add/ | GET /admin/auth/group/add/ | login 403 403 403 403 403 403 403
admin/auth/group/<path:object_id>/change/ | GET /admin/auth/group/{group}/change/ | login 403 403 403 403 403 403 403
admin/auth/group/<path:object_id>/history/ | GET /admin/auth/group/{group}/history/ | login 403 403 403 403 403 403 403
admin/auth/group/<path:object_id>/delete/ | POST /admin/auth/group/{group}/delete/ post=yes | login 403 403 403 403 403 403 403
admin/auth/group/<path:object_id>/ | GET /admin/auth/group/{group}/ | login 302 302 302 302 302 302 302
admin/admin/logentry/ | GET /admin/admin/logentry/ | login 403 403 403 200 200 403 403
admin/admin/logentry/add/ | GET /admin/admin/logentry/add/ | login 403 403 403 403 403 403 403
admin/admin/logentry/<path:object_id>/change/ | GET /admin/admin/logentry/{act}/change/ | login 403 403 403 200 200 403 403
admin/admin/logentry/<path:object_id>/change/ | POST /admin/admin/logentry/{act}/change/ | login 403 403 403 403 403 403 403
admin/admin/logentry/<path:object_id>/history/ | GET /admin/admin/logentry/{act}/history/ | login 403 403 403 200 200 403 403
admin/admin/logentry/<path:object_id>/delete/ | POST /admin/admin/logentry/{act}/delete/ post=yes | login 403 403 403 403 403 403 403
admin/admin/logentry/<path:object_id>/ | GET /admin/admin/logentry/{act}/ | login 302 302 302 302 302 302 302

# --- what readers have: one answer for everybody
 | GET / | 200
learn | GET /learn | 200
learn/<bare_slug:subject> | GET /learn/physics | 200
learn/<bare_slug:subject>/questions/<bare_slug:slug> | GET {path} | 200
learn/<bare_slug:subject>/questions/<bare_slug:slug> | GET /learn/physics/questions/draft | 404
learn/<bare_slug:subject>/questions/<bare_slug:slug> | GET /learn/physics/questions/in-review | 404
learn/<bare_slug:subject>/questions/<bare_slug:slug> | GET /learn/physics/questions/trashed | 410
learn/<bare_slug:subject>/questions/<bare_slug:slug>.md | GET {path}.md | 200
learn/<bare_slug:subject>/questions/<bare_slug:slug>.md | GET /learn/physics/questions/draft.md | 404
learn/<bare_slug:subject>/questions/<bare_slug:slug>/cite | GET {path}/cite | 200
learn/<bare_slug:subject>/questions/<bare_slug:slug>/cite.bib | GET {path}/cite.bib | 200
learn/<bare_slug:subject>/questions/<bare_slug:slug>/cite.ris | GET {path}/cite.ris | 200
learn/<bare_slug:subject>/questions/<bare_slug:slug>/report | GET {path}/report | 200
learn/<bare_slug:subject>/questions/<bare_slug:slug>/report | POST {path}/report kind=wrong&text=No | 403
learn/<bare_slug:subject>/questions/<bare_slug:slug>/helpful | GET {path}/helpful | 200
learn/<bare_slug:subject>/questions/<bare_slug:slug>/thanks | GET {path}/thanks | 200
learn/<bare_slug:subject>/practice | GET /learn/physics/practice?seed=1 | 200
learn/<bare_slug:subject>/flashcards | GET /learn/physics/flashcards | 200
learn/<bare_slug:subject>/deck.<deck_kind:kind> | GET /learn/physics/deck.csv | 200
learn/<bare_slug:subject>/feed.atom | GET /learn/physics/feed.atom | 200
topics | GET /topics | 200
topics/<bare_slug:slug> | GET /topics/tide | 200
topics/<bare_slug:topic>/practice | GET /topics/tide/practice?seed=1 | 200
topics/<bare_slug:topic>/flashcards | GET /topics/tide/flashcards | 200
topics/<bare_slug:topic>/deck.<deck_kind:kind> | GET /topics/tide/deck.csv | 200
saved | GET /saved | 200
saved/deck.apkg | POST /saved/deck.apkg uid={draft_uid} | 400
newest | GET /newest | 200
feed.atom | GET /feed.atom | 200
feed.json | GET /feed.json | 200
sitemap.xml | GET /sitemap.xml | 200
sitemap-pages.xml | GET /sitemap-pages.xml | 200
sitemap-topics.xml | GET /sitemap-topics.xml | 200
sitemap-questions.xml | GET /sitemap-questions.xml | 200
sitemap-subject-<bare_slug:subject>.xml | GET /sitemap-subject-physics.xml | 200
robots.txt | GET /robots.txt | 200
llms.txt | GET /llms.txt | 200
.well-known/security.txt | GET /.well-known/security.txt | 404
search | GET /search?q=tide | 200
search/suggest | GET /search/suggest?q=tide | 200
opensearch.xml | GET /opensearch.xml | 200
preview/<str:token> | GET {shared} | 200
preview/<str:token> | GET {shared}x | 404
re:^media/images/(?P<name>[0-9a-f]{20}-\\d{1,5}x\\d{1,5}\\.(?:png|jpg|webp))\\Z | GET /media/images/0123456789abcdef0123-1x1.png | 404
healthz | GET /healthz | 200
readyz | GET /readyz | 200
metrics | GET /metrics | 404
how-answers-are-made | GET /how-answers-are-made | 200
re:^(?P<key>[A-Za-z0-9-]{8,128})\\.txt$ | GET /0123456789.txt | 404
re:^og/(?P<name>site|[0-9a-f]{32})-(?P<digest>[0-9a-f]{16})\\.png$ | GET /og/site-0123456789abcdef.png | 301
re: | GET /nothing | 404
"""


class Line(NamedTuple):
    route: str
    request: str
    answers: list[str]


def lines() -> Iterator[Line]:
    for text in TABLE.strip("\n").split("\n"):
        if text and not text.startswith("#"):
            route, request, answers = (part.strip() for part in text.rsplit(" | ", 2))
            given = answers.split()
            yield Line(route, request, given if len(given) > 1 else given * len(ROLES))


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every route of the project; `re:` marks those that are written as expressions."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            is_expression = isinstance(pattern.pattern, RegexPattern)
            yield f"re:{route}" if is_expression else route


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    # Those that stand in no table of addresses are answered before it.
    probes = {address.removeprefix("/") for address in ANSWERED_FIRST}
    assert {line.route for line in lines()} == set(routes()) | probes


class Made(NamedTuple):
    """All things of WORLD, of each role the cookie of its session, and how it all stands."""

    world: World
    sessions: dict[str, str]
    state: list[Any]


@pytest.fixture(scope="module")
def made(module_db: None) -> Made:
    members = make_members()
    sessions = {
        role: client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        for role, user in members.items()
    }
    return Made(make_world(members), sessions, state())


@pytest.fixture
def world(made: Made, db: None) -> World:
    cache.clear()
    return made.world


@pytest.fixture
def clients(made: Made) -> dict[str, Client]:
    clients = {"anonymous": Client()}
    for role, session in made.sessions.items():
        clients[role] = Client()
        clients[role].cookies[settings.SESSION_COOKIE_NAME] = session
    return clients


def state() -> list[Any]:
    """All that a request could change to somebody's harm."""
    rows = (
        Question.objects.values_list("pk", "status", "slug", "subject", "version", "publish_at"),
        Draft.objects.values_list("pk", "version"),
        ShareLink.objects.values_list("pk", "revoked_at"),
        SavedView.objects.values_list("pk", "owner"),
        SeedUpload.objects.values_list("pk"),
        Upload.objects.values_list("pk"),
        MassEdit.objects.values_list("pk", "kind", "state"),
        Review.objects.values_list("pk", "decision"),
        ScheduledUpdate.objects.pending().values_list("pk"),
        Proposal.objects.values_list("pk", "state"),
        Report.objects.values_list("pk", "state"),
        Redirect.objects.values_list("pk", "old_path", "question"),
        Subject.objects.values_list("pk", "title"),
        Author.objects.values_list("pk", "name"),
        Tag.objects.values_list("pk", "alias_of"),
        User.objects.values_list("pk", "password", "is_superuser"),
        Group.objects.values_list("pk", "permissions"),
        MissingPage.objects.values_list("pk"),
        EmptySearch.objects.values_list("pk"),
    )
    return [sorted(row, key=str) for row in rows]


def send(client: Client, address: str, data: str) -> HttpResponse:
    if data.startswith("{"):
        return client.post(address, data, content_type="application/json")
    return client.post(address, dict(QueryDict(data).lists()))


def answer(client: Client, request: str, before: list[Any]) -> str:
    """What the client gets: a status or `login`, with a star if something is not as before. All is
    put back then."""
    method, address, *data = request.split(" ")
    # Notes of what readers missed are no change that anybody is kept from.
    writes = method == "POST"
    with transaction.atomic():
        response = send(client, address, "".join(data)) if writes else client.get(address)
        if response.streaming:
            response.getvalue()  # and with its end the file is closed
        changed = writes and state() != before
        transaction.set_rollback(True)
    is_login = response.status_code == 302 and response["Location"].startswith("/admin/login/")
    status = "login" if is_login else str(response.status_code)
    return f"{status}*" if changed else status


@pytest.mark.parametrize("line", list(lines()), ids=lambda line: line.request)
def test_each_role_gets_what_the_table_says(
    made: Made, world: World, clients: dict[str, Client], line: Line
) -> None:
    request = line.request.format(**world)
    got = {role: answer(clients[role], request, made.state) for role in ROLES}
    assert got == dict(zip(ROLES, line.answers, strict=True))


def test_nobody_without_rights_ever_changes_anything() -> None:
    for line in lines():
        refused = [given for given in line.answers if given.startswith(("login", "403", "404"))]
        assert not [given for given in refused if given.endswith("*")], line
