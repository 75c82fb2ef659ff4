"""The table of rights for all methods: what GET and POST get, tests/test_rights.py says."""

import pytest

from tests.test_rights import ROLES, clients, lines, made, state, world  # noqa: F401

# Nothing of the site has a use for these.
UNUSED = ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")


def addresses(world) -> list[str]:  # noqa: F811
    asked = (line.request.format(**world).split(" ")[1] for line in lines())
    return list(dict.fromkeys(asked))


def test_unused_methods_get_405_at_every_address_from_every_role_and_change_nothing(
    world,  # noqa: F811
    clients,  # noqa: F811
) -> None:
    before = state()
    wrong = []
    for address in addresses(world):
        for role in ROLES:
            for method in UNUSED:
                response = clients[role].generic(method, address, b"title=Evil")
                if response.status_code != 405 or not response["Allow"]:
                    wrong.append(f"{role} {method} {address}: {response.status_code}")
    assert wrong == []
    assert state() == before


@pytest.mark.parametrize("role", ["anonymous", "author"])
def test_head_opens_nothing_that_get_does_not_and_has_no_body(world, clients, role) -> None:  # noqa: F811
    wrong = []
    for line in lines():
        request = line.request.format(**world)
        # The login looks for GET where it sends on whoever is logged in; its form is no secret.
        if request.startswith("GET ") and request != "GET /admin/login/":
            response = clients[role].head(request.split(" ")[1])
            expected = line.answers[ROLES.index(role)].replace("login", "302")
            body = response.getvalue() if response.streaming else response.content
            # Some addresses that only scripts ask for take no HEAD at all.
            if str(response.status_code) not in (expected, "405") or body:
                wrong.append(f"{request}: {response.status_code}, {len(body)} bytes")
    assert wrong == []


def test_method_in_a_header_or_a_field_is_no_method(world, clients) -> None:  # noqa: F811
    before = state()
    names = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    address = f"/admin/learn/subject/{world['empty']}/"
    for name in names:
        for method in ("DELETE", "PUT"):
            asked = clients["administrator"].get(f"{address}change/", headers={name: method})
            assert asked.status_code == 200
            sent = clients["administrator"].post(
                f"{address}change/?_method={method}", {"_method": method}, headers={name: method}
            )
            assert sent.status_code == 200
            assert "errornote" in sent.content.decode()
    assert state() == before
