"""All pages of the desk, and the way to each that has no address of its own."""

import zipfile
from collections.abc import Callable
from io import BytesIO

from django.contrib.auth.models import User
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from learn import mass_edits, proposals, publishing
from learn.models import Question
from tests.admin.test_cards import KEYS
from tests.admin.world import World
from tests.seeds.builders import seed_file

# A page is an address, or the steps to what has no address of its own.
Way = str | Callable[[Page, World], None]

QUESTIONS = "/admin/learn/question/"


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def form_with_errors(page: Page, world: World) -> None:
    page.goto(f"{QUESTIONS}{world['live']}/change/")
    page.locator("#id_slug").fill("No Slug")
    page.locator(".add-row a").click()
    page.locator("#id_related_questions-0-url").fill("nowhere")
    save(page)
    expect(page.locator(".errornote")).to_be_visible()


def form_with_draft_and_row(page: Page, world: World) -> None:
    page.goto(f"{QUESTIONS}{world['kept']}/change/")
    page.locator("#id_answer").fill("Typed, ![](/media/x.png) and left.")
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    page.goto("/admin/")
    page.goto(f"{QUESTIONS}{world['kept']}/change/")
    expect(page.locator(".desk-banner").first).to_be_visible()
    page.locator(".add-row a").click()
    expect(page.locator("#id_related_questions-0-url")).to_be_visible()


def form_with_everything_open(page: Page, world: World) -> None:
    """Preview beside the text, search results, shared links, findings, all that is folded."""
    page.goto(f"{QUESTIONS}{world['draft']}/change/")
    page.locator("#id_answer").fill("Typed, ![](/media/x.png) and left.")
    expect(page.locator("#checklist li.error").first).to_be_visible()
    page.evaluate(
        "for (const part of document.querySelectorAll('#content details')) part.open = true"
    )
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("button", name="Withdraw").first).to_be_visible()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.frame_locator("#preview iframe").locator("#answer")).to_be_visible()


def keyboard_help(page: Page, world: World) -> None:
    page.goto(f"{QUESTIONS}{world['live']}/change/")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def conflict(page: Page, world: World) -> None:
    page.goto(f"{QUESTIONS}{world['edited']}/change/")
    question = Question.objects.get(pk=world["edited"])
    question.answer, question.seo_title = "Theirs.", "Theirs"
    publishing.save_question(question, by=User.objects.get(username="publisher"))
    page.locator("#id_answer").fill("Mine.")
    save(page)
    expect(page.locator("form.desk-conflict")).to_be_visible()


def comparison(page: Page, world: World) -> None:
    question = Question.objects.get(pk=world["edited"])
    question.answer += "\n".join(f"Line {number}." for number in range(40))
    publishing.save_question(question)
    page.goto(f"{QUESTIONS}{world['edited']}/compare/?old=1&new=live")
    page.get_by_role("button", name="Next change").click()


def mass_edit_form(page: Page, world: World) -> None:
    edit = mass_edits.choose([world["draft"], world["live"]], User.objects.get(username="ada"))
    page.goto(f"/admin/learn/massedit/{edit.pk}/change/")


def mass_edit_preview(page: Page, world: World) -> None:
    mass_edit_form(page, world)
    page.get_by_label("Find").fill("parts")
    page.get_by_label("Replace with").fill("places")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("button", name="Change 2 questions")).to_be_visible()


def mass_edit_result(page: Page, world: World) -> None:
    mass_edit_preview(page, world)
    page.get_by_role("button", name="Change 2 questions").click()
    expect(page.get_by_role("button", name="Undo all of it")).to_be_visible()


def mass_edit_at_work(page: Page, world: World) -> None:
    """As it stands while the server takes its time for the next piece."""
    page.unroute_all()
    page.route("**/massedit/*/advance/", lambda route: None)
    page.goto(f"/admin/learn/massedit/{world['begun']}/change/")
    expect(page.locator("form[data-advance] progress")).to_be_visible()
    expect(page.locator("form[data-advance] button")).to_be_hidden()


def mass_edit_unanswered(page: Page, world: World) -> None:
    """The server gave no answer: there is a button to go on with."""
    page.route("**/massedit/*/advance/", lambda route: route.fulfill(status=503))
    page.goto(f"/admin/learn/massedit/{world['begun']}/change/")
    expect(page.locator("form[data-advance] button")).to_be_visible()
    page.complaints.clear()  # type: ignore[attr-defined]


def seed_upload(page: Page, world: World) -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("physics/fresh.md", seed_file("fresh", subject="physics"))
        file.writestr("physics/live.md", seed_file("live", subject="physics"))
        file.writestr("physics/bad.md", seed_file("bad", subject="physics", date="yesterday"))
    page.goto(f"{QUESTIONS}import/")
    page.get_by_label("File").set_input_files(
        {"name": "seeds.zip", "mimeType": "application/zip", "buffer": archive.getvalue()}
    )
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".errornote")).to_contain_text("Line 4: ")


def seeds_loaded(page: Page, world: World) -> None:
    seed_upload(page, world)
    page.get_by_role("button", name="Load the files that are chosen").click()
    expect(page.locator(".messagelist")).to_contain_text("Loaded: ")


def take_action(page: Page, address: str, action: str) -> None:
    page.goto(address)
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option(action)
    page.get_by_role("button", name="Go", exact=True).click()


def tags_to_merge(page: Page, world: World) -> None:
    take_action(page, "/admin/learn/tag/", "merge")
    expect(page.get_by_role("button", name="Merge")).to_be_visible()


def users_to_delete(page: Page, world: World) -> None:
    take_action(page, "/admin/auth/user/?q=somebody", "delete_selected")
    expect(page.get_by_role("button", name="Yes, I’m sure")).to_be_visible()


def saved_view(page: Page, world: World) -> None:
    page.goto(f"{QUESTIONS}?q=live&status__exact=published")
    page.get_by_text("Save this view").click()
    page.get_by_label("Name").fill("Live")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messagelist")).to_contain_text("is saved")
    page.get_by_text("Save this view").click()


def undoable(page: Page, world: World) -> None:
    page.goto(f"{QUESTIONS}{world['live']}/delete/")
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def review_too_late(page: Page, world: World) -> None:
    """The answer 409: the text was changed while it was read."""
    page.goto(f"{QUESTIONS}review/{world['in_review']}/")
    question = Question.objects.get(pk=world["in_review"])
    question.answer = "Changed meanwhile."
    publishing.save_question(question)
    with page.expect_response(lambda response: response.status == 409):
        page.get_by_role("button", name="Approve").click()
    expect(page.locator(".errornote")).to_be_visible()


def reviewed_proposal(page: Page, world: World) -> None:
    live = Question.objects.get(slug="live-1")
    proposals.propose(
        live, {"answer": "Better."}, by=User.objects.get(username="author"), reason="It was wrong"
    )
    page.goto(f"{QUESTIONS}review/{live.pk}/")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()


def logged_out(page: Page, world: World) -> None:
    page.goto("/admin/")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in again")).to_be_visible()


def failed_login(page: Page, world: World) -> None:
    page.context.clear_cookies()
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".errornote")).to_be_visible()


def recovery_codes(page: Page, world: World) -> None:
    page.goto("/admin/two-factor/set-up/")
    device = TOTPDevice.objects.get(user__username="ada")
    page.locator("#id_code").fill(f"{totp(device.bin_key):06}")
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()


def second_step(page: Page, world: World) -> None:
    """After `recovery_codes`."""
    page.context.clear_cookies()
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Second step of the login")).to_be_visible()


def wrong_code(page: Page, world: World) -> None:
    page.locator("#id_code").fill("no code")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".errornote")).to_be_visible()


def guessed_code(page: Page, world: World) -> None:
    """The answer 429."""
    StaticDevice.objects.update(throttling_failure_count=9)
    page.goto("/admin/two-factor/")
    page.locator("#id_code").fill("no code")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Too many attempts")).to_be_visible()


def failed_password_change(page: Page, world: World) -> None:
    page.goto("/admin/password_change/")
    page.get_by_label("Old password").fill("wrong")
    page.get_by_label("New password:").fill("1")
    page.get_by_label("New password confirmation").fill("2")
    page.get_by_role("button", name="Change my password").click()
    expect(page.locator(".errornote")).to_be_visible()


def nowhere(page: Page, world: World) -> None:
    assert page.goto("/admin/nowhere/").status == 404


def no_rights(page: Page, world: World) -> None:
    User.objects.filter(username="ada").update(is_superuser=False)
    assert page.goto(QUESTIONS).status == 403


LISTS = (
    *("author", "fault", "massedit", "pendingstep", "question", "redirect", "report"),
    *("revision", "subject", "tag", "upload"),
)
PAGES: dict[str, list[Way]] = {
    "start": [
        "/admin/",
        "/admin/learn/",
        "/admin/auth/",
        *(f"{QUESTIONS}desk/{key}/" for key in KEYS),
    ],
    "lists": [
        *(f"/admin/learn/{name}/" for name in LISTS),
        *("/admin/auth/user/", "/admin/auth/group/", "/admin/admin/logentry/"),
    ],
    "filtered lists": [
        f"{QUESTIONS}?status__exact=trashed",
        f"{QUESTIONS}?subject__id__exact={{subject}}&status__exact=draft&q=draft",
        f"{QUESTIONS}?q=nothing-of-the-kind",
        "/admin/learn/tag/?kind=topic&q=tide",
        "/admin/learn/redirect/?q=/learn/physics/questions/old",
        "/admin/learn/report/?state__exact=open",
        "/admin/learn/fault/?question__subject__id__exact={subject}",
        "/admin/learn/revision/?q=live",
        "/admin/auth/user/?is_staff__exact=1&q=lee",
        "/admin/admin/logentry/?action_flag__exact=2&q=1",
        saved_view,
        undoable,
    ],
    "questions": [
        f"{QUESTIONS}add/",
        f"{QUESTIONS}{{live}}/change/",
        f"{QUESTIONS}{{in_review}}/change/",
        f"{QUESTIONS}{{planned}}/change/",
        form_with_errors,
        conflict,
    ],
    "unsaved questions": [
        form_with_draft_and_row,
        form_with_everything_open,
        keyboard_help,
    ],
    "forms": [
        *(f"/admin/learn/{name}/add/" for name in ("author", "redirect", "subject")),
        *("/admin/auth/user/add/", "/admin/auth/group/add/"),
        *(
            f"/admin/learn/{name}/{{{name}}}/change/"
            for name in ("author", "fault", "redirect", "report", "revision", "subject", "tag")
        ),
        "/admin/learn/upload/{picture}/change/",
        "/admin/learn/pendingstep/topics/change/",
        "/admin/auth/user/{user}/change/",
        "/admin/auth/group/{group}/change/",
        "/admin/admin/logentry/{act}/change/",
    ],
    "accounts": [
        "/admin/auth/user/{user}/password/",
        "/admin/auth/user/{user}/delete/",
        "/admin/auth/user/{user}/history/",
        users_to_delete,
        "/admin/password_change/",
        "/admin/password_change/done/",
        failed_password_change,
        logged_out,
        "/admin/login/",
        failed_login,
    ],
    "second factors": [
        "/admin/auth/user/{user}/two-factor/reset/",
        "/admin/two-factor/set-up/",
        recovery_codes,
        "/admin/two-factor/codes/",
        second_step,
        wrong_code,
        guessed_code,
    ],
    "histories": [
        f"{QUESTIONS}{{live}}/history/",
        f"{QUESTIONS}{{edited}}/versions/",
        comparison,
        f"{QUESTIONS}{{trashed}}/restore/",
        f"{QUESTIONS}{{draft}}/delete/",
        f"{QUESTIONS}{{draft}}/merge/{{live}}/",
        "/admin/learn/subject/{empty}/delete/",
        "/admin/learn/author/{author}/delete/",
        tags_to_merge,
    ],
    "reviews": [
        f"{QUESTIONS}review/",
        f"{QUESTIONS}review/{{in_review}}/",
        f"{QUESTIONS}propose/{{live}}/",
        f"{QUESTIONS}schedule/",
        f"{QUESTIONS}schedule/{{update}}/",
        reviewed_proposal,
        review_too_late,
    ],
    "refusals": [
        nowhere,
        no_rights,
    ],
    "changes of many": [
        mass_edit_form,
        mass_edit_preview,
        mass_edit_result,
        "/admin/learn/massedit/{done}/change/",
        mass_edit_unanswered,
        mass_edit_at_work,
        f"{QUESTIONS}import/",
        seed_upload,
        seeds_loaded,
    ],
}
