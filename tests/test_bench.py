"""What the benchmarks rest on: the generated site, the sums, the chart."""

from xml.etree import ElementTree

import pytest

from bench import chart, cloning, generator, growth, reading, visible
from learn.contentchecks import find_troubles
from learn.models import Question, RelatedQuestion, SimilarQuestion, TaggedQuestion
from learn.topics import miscounted_tags

# Columns that copies made in SQL have from digests of their own.
DIGESTS = {"uid", "content_hash"}


@pytest.mark.django_db
def test_generated_site_holds_what_the_site_itself_would_have_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(generator, "BASE", 150)
    generator.generate(450)
    questions = list(Question.objects.select_related("subject").order_by("pk"))
    assert 400 < len(questions) <= 450
    names = [field.attname for field in Question._meta.concrete_fields]
    cloned = [
        question
        for question in questions
        if any(f"-by-{word}" in question.slug for word in cloning.WORDS)
    ]
    assert len(cloned) >= 200
    for question in questions:
        before = {name: getattr(question, name) for name in names}
        question.derive()
        differing = {name for name in names if getattr(question, name) != before[name]}
        allowed = DIGESTS | {"modified_at"} if question in cloned else set()
        assert differing <= allowed, question.slug
    assert list(find_troubles()) == []
    assert miscounted_tags() == {}
    own = len(questions) - 49
    assert RelatedQuestion.objects.filter(target__isnull=False).count() >= generator.RELATED * own
    assert SimilarQuestion.objects.count() == generator.SIMILAR * own
    assert TaggedQuestion.objects.values("content_object").distinct().count() == len(questions)


def test_run_is_void_when_its_yardstick_spreads() -> None:
    names = {what for limit in reading.LIMITS for what in limit[:2]}
    steady = reading.results_of({name: [10.0, 10.0, 11.0] for name in names}, 3)
    shaky = reading.results_of({name: [10.0, 10.0, 14.0] for name in names}, 3)
    assert (steady["is_void"], shaky["is_void"]) == (False, True)
    assert "VOID" in reading.table(shaky)
    assert "VOID" not in reading.table(steady)


def test_ratios_are_of_one_round() -> None:
    names = {what for limit in reading.LIMITS for what in limit[:2]}
    speeds = {name: [10.0, 20.0] for name in names} | {"store, hot page": [5.0, 10.0]}
    results = reading.results_of(speeds, 2)
    assert results["ratios"]["store, hot page"] == {"median": 0.5, "min": 0.5, "max": 0.5}
    assert "**short**" in reading.table(results)


def test_growth_is_told_as_a_multiple_of_the_smallest() -> None:
    found = {10: [{"publish": 0.01}], 1000: [{"publish": 0.02}]}
    results = growth.results_of(found, 1)
    assert results["growth"]["1000"]["publish"]["median"] == 2
    assert "**over**" in growth.table(results, "SQLite")


def test_chart_has_a_bar_for_each_row_longer_for_more() -> None:
    drawn = chart.bars("A & B", [("a", 10, "own"), ("b <c>", 1, "other")], least=0.1)
    root = ElementTree.fromstring(drawn)
    bars = [float(bar.attrib["width"]) for bar in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert bars == [pytest.approx(chart.PLOT), pytest.approx(chart.PLOT / 2)]


def test_publication_is_judged_by_its_slowest_hundredth() -> None:
    times = [float(number) for number in range(1, 201)]
    found = dict.fromkeys(visible.LIMITS_MS, times) | {"old": [0.0, 2.0]}
    results = visible.results_of(found, 100)
    assert results["milliseconds"]["page"] == {"p50": 101.0, "p99": 199.0, "max": 200.0}
    assert results["old_answers"] == 2
    over = [line for line in visible.table(results).splitlines() if line.endswith("**over**")]
    assert [line.split(" |")[0] for line in over] == [f"| {name}" for name in visible.SURFACES]
