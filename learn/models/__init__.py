"""The tables. They mirror the front matter of a seed file; docs/content-format.md maps them."""

from learn.models.access import SubjectAccess
from learn.models.author import Author
from learn.models.counted import CountedQuestion
from learn.models.demand import EmptySearch, MissingPage, StoredCount
from learn.models.distinction import Distinction
from learn.models.draft import Draft
from learn.models.fault import Fault
from learn.models.feedback import HelpfulCount, RateLimit, Report
from learn.models.mass_edit import MassEdit, MassEditItem
from learn.models.page_change import PageChange
from learn.models.pending import PendingStep
from learn.models.proposal import Proposal
from learn.models.question import Question
from learn.models.redirect import Redirect
from learn.models.related import RelatedQuestion, SimilarQuestion
from learn.models.review import Review
from learn.models.revision import Revision
from learn.models.saved_view import SavedView
from learn.models.schedule import ScheduledUpdate
from learn.models.seed_upload import SeedUpload
from learn.models.share_link import ShareLink
from learn.models.sitemap_part import SitemapPart
from learn.models.subject import Subject
from learn.models.tag import Tag, TaggedQuestion
from learn.models.trash import TrashedQuestion
from learn.models.upload import Upload

__all__ = [
    "Author",
    "CountedQuestion",
    "Distinction",
    "Draft",
    "EmptySearch",
    "Fault",
    "HelpfulCount",
    "MassEdit",
    "MassEditItem",
    "MissingPage",
    "PageChange",
    "PendingStep",
    "Proposal",
    "Question",
    "RateLimit",
    "Redirect",
    "RelatedQuestion",
    "Report",
    "Review",
    "Revision",
    "SavedView",
    "ScheduledUpdate",
    "SeedUpload",
    "ShareLink",
    "SimilarQuestion",
    "SitemapPart",
    "StoredCount",
    "Subject",
    "SubjectAccess",
    "Tag",
    "TaggedQuestion",
    "TrashedQuestion",
    "Upload",
]
