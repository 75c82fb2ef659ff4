"""The readers' pages. Each is the same for everybody: no session, no cookie, GET and HEAD only."""
