"""Pictures that are dropped or pasted into an answer."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from learn.admin.guarded import GuardedViews, refusal
from learn.uploads import MAX_BYTES, UploadRefused, store_picture


class QuestionUploads(GuardedViews):
    """Mixin of the questions' admin: markdownx's second address."""

    def get_urls(self) -> list[URLPattern]:
        upload = path("upload/", self.guarded(self.upload_view), name="learn_question_upload")
        return [upload, *super().get_urls()]  # type: ignore[misc]

    @method_decorator(require_POST)
    def upload_view(self, request: HttpRequest, question: None) -> HttpResponse:
        """The contract of markdownx: the file `image`, Markdown for it back, as `image_code`."""
        file = request.FILES.get("image")
        if file is None:
            return refusal(_("Send the picture as “image”."))
        try:
            # One byte more than may be: enough to refuse it.
            upload = store_picture(file.read(MAX_BYTES + 1), by=request.user)  # type: ignore[arg-type]
        except UploadRefused as refused:
            return refusal(str(refused))
        alt = " ".join(request.POST.get("alt", "").split())
        for sign in "\\[]":
            alt = alt.replace(sign, f"\\{sign}")
        code = f"![{alt}]({upload.get_absolute_url()})"
        return JsonResponse({"image_code": code, "width": upload.width, "height": upload.height})
