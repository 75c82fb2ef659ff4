"""Rules that a value must keep, used by models, forms and the import alike."""

import re

from django.core.validators import RegexValidator

# The longest slug of the real files has 176 characters.
SLUG_MAX_LENGTH = 255
# As the real files have them, doubled hyphens and all.
SLUG = re.compile(r"[a-z0-9-]+")

validate_slug = RegexValidator(
    re.compile(rf"\A{SLUG.pattern}\Z"),
    "Use small letters, digits and hyphens only, for example “what-is-osmosis”.",
)
