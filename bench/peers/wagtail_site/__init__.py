"""A Wagtail site with the same answers, as its own documentation builds one; bench/wagtail.py
serves it. Runs in an environment of its own and imports nothing of this project."""
