"""Front matter: bytes <-> ordered fields, byte for byte where nothing is changed.

`parse` reads any well-formed file, `compose` writes the common layout of the real files, and
`splice` changes some keys of a file of any layout and leaves every other byte alone. Scalars
are kept as the text that stands in the file: what a value means is for the caller to say.
No models, no settings.
"""

from learn.frontmatter.common import COMMON_BODY, CommonFile, read_common
from learn.frontmatter.compose import compose, compose_extra
from learn.frontmatter.document import (
    MAX_BYTES,
    RELATED_KEY,
    Fields,
    FrontMatter,
    FrontMatterError,
    Value,
    printable,
    related_position,
)
from learn.frontmatter.parse import parse, parse_any
from learn.frontmatter.splice import splice

__all__ = [
    "COMMON_BODY",
    "MAX_BYTES",
    "RELATED_KEY",
    "CommonFile",
    "Fields",
    "FrontMatter",
    "FrontMatterError",
    "Value",
    "compose",
    "compose_extra",
    "parse",
    "parse_any",
    "printable",
    "read_common",
    "related_position",
    "splice",
]
