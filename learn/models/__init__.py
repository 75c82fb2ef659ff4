"""The tables. They mirror the front matter of a seed file; docs/content-format.md maps them."""

from learn.models.author import Author
from learn.models.draft import Draft
from learn.models.feedback import HelpfulCount, RateLimit, Report
from learn.models.mass_edit import MassEdit, MassEditItem
from learn.models.pending import PendingStep
from learn.models.question import Question
from learn.models.redirect import Redirect
from learn.models.related import RelatedQuestion, SimilarQuestion
from learn.models.revision import Revision
from learn.models.saved_view import SavedView
from learn.models.seed_upload import SeedUpload
from learn.models.subject import Subject
from learn.models.tag import Tag, TaggedQuestion
from learn.models.trash import TrashedQuestion

__all__ = [
    "Author",
    "Draft",
    "HelpfulCount",
    "MassEdit",
    "MassEditItem",
    "PendingStep",
    "Question",
    "RateLimit",
    "Redirect",
    "RelatedQuestion",
    "Report",
    "Revision",
    "SavedView",
    "SeedUpload",
    "SimilarQuestion",
    "Subject",
    "Tag",
    "TaggedQuestion",
    "TrashedQuestion",
]
