"""docs/editing.md says what the desk's tables say."""

from learn.desk.cards import CARDS
from learn.workflow.roles import ROLES
from learn.workflow.transitions import TRANSITIONS, Status
from tests.docs.reading import DOCS, code, section, tables

EDITING = (DOCS / "editing.md").read_text()


def test_states_of_the_document_are_those_of_the_table_of_transitions() -> None:
    (rows,) = tables(section(EDITING, "## States"))
    labels = {str(label).replace("in the trash", "trashed"): v for v, label in Status.choices}
    documented = {
        (labels[start], action.replace(" ", "_")): (labels[to.split(",")[0]], code(permission))
        for start, action, to, permission in rows
    }
    assert documented == {
        (str(start), str(action)): (transition.to, transition.permission.removeprefix("learn."))
        for (start, action), transition in TRANSITIONS.items()
    }


def test_cards_of_the_document_are_those_of_the_desk() -> None:
    (rows,) = tables(section(EDITING, "## The first page"))
    assert [row[0] for row in rows] == [str(card.title) for card in CARDS]


def test_roles_of_the_document_are_the_groups() -> None:
    (rows,) = tables(section(EDITING, "## Roles"))
    assert [code(row[0]) for row in rows] == list(ROLES)
