"""The tables. They mirror the front matter of a seed file; docs/content-format.md maps them."""

from learn.models.author import Author
from learn.models.feedback import HelpfulCount, RateLimit, Report
from learn.models.pending import PendingStep
from learn.models.question import Question
from learn.models.redirect import Redirect
from learn.models.related import RelatedQuestion, SimilarQuestion
from learn.models.revision import Revision
from learn.models.subject import Subject
from learn.models.tag import Tag, TaggedQuestion

__all__ = [
    "Author",
    "HelpfulCount",
    "PendingStep",
    "Question",
    "RateLimit",
    "Redirect",
    "RelatedQuestion",
    "Report",
    "Revision",
    "SimilarQuestion",
    "Subject",
    "Tag",
    "TaggedQuestion",
]
