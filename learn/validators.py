"""Rules that a value must keep, used by models, forms and the import alike."""

import re

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy

# The longest slug of the real files has 176 characters.
SLUG_MAX_LENGTH = 255
# As the real files have them, doubled hyphens and all.
SLUG = re.compile(r"[a-z0-9-]+")

validate_slug = RegexValidator(
    re.compile(rf"\A{SLUG.pattern}\Z"),
    gettext_lazy("Use small letters, digits and hyphens only, for example “what-is-osmosis”."),
)
