"""The Content-Security-Policy with the hashes of what pages hold inline."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

from learn import inline


class InlineCSPMiddleware(CSPMiddleware):
    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only:
            update = dict(parts.update or {})
            for directive, hashes in inline.policy().items():
                update[directive] = [*update.get(directive, []), *hashes]
            parts.update = update
        return parts
