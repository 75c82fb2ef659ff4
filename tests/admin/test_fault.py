"""The report of what the checklist found."""

import pytest

from learn import faults
from learn.models import Fault
from tests.admin.builders import change_url, list_url, make_question

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [1, 3])
def test_report_names_faults_in_the_same_queries_however_many(
    admin_client, django_assert_num_queries, number
):
    for index in range(number):
        question = make_question(f"q-{index}", answer="Yes.\n\n![](/media/x.png)")
    faults.store_all_faults()
    # The number in the header is cached from then on.
    admin_client.get(list_url("fault"))
    with django_assert_num_queries(5):
        html = admin_client.get(list_url("fault", "?is_error__exact=1")).content.decode()
    assert html.count("Picture without a description</td>") == number
    assert change_url("question", question.pk) in html


def test_report_is_filtered_by_fault(admin_client):
    make_question(answer="Yes.\n\n![](/media/x.png)")
    faults.store_all_faults()
    html = admin_client.get(list_url("fault", "?code=table-header")).content.decode()
    assert "0 faults" in html
    assert Fault.objects.count() == 2
