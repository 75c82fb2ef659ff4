"""Seed text to Markdown and back, and Markdown to safe HTML. No models, no settings."""

from learn.rendering.decode import Decoded, decode, encode
from learn.rendering.markdown import (
    RENDERER_VERSION,
    Rendered,
    markdownify,
    render,
    render_for_mathjax,
)

__all__ = [
    "RENDERER_VERSION",
    "Decoded",
    "Rendered",
    "decode",
    "encode",
    "markdownify",
    "render",
    "render_for_mathjax",
]
