"""The checklist: each rule finds its fault on its line, and leaves good answers alone."""

import pytest

from learn.checklist import RULES, Content, Target, check, internal_addresses, reading_grade

TITLE = "How does water pass through a membrane?"
DESCRIPTION = "How osmosis moves water through a membrane that lets it pass, in plain words."
GOOD = """Water moves to where more is dissolved.

### How

- **First:** water.
- Then $x^2$ and `code $` cost $5 and $6.

#### More

| a | b |
| --- | --- |
| 1 | 2 |

```python
# not a heading
print("$$")
```

$$
a = b
$$

![A cell](/media/x.png) and [osmosis](/learn/biology/questions/osmosis).
"""


def found(answer=GOOD, **values):
    content = Content(
        **{"title": TITLE, "seo_description": DESCRIPTION, "answer": answer, **values}
    )
    return [(finding.code, finding.line) for finding in check(content)]


def test_good_answer_has_no_findings():
    assert found() == []


@pytest.mark.parametrize(
    ("answer", "code", "line"),
    [
        ("Yes.\n\n```python\ncode\n\nmore", "code-open", 3),
        ("Yes.\n\nIt is $$a + b\n\nand no more.", "formula-open", 3),
        ("Yes.\n\nIt is \\(a + b\n\nand no more.", "formula-open", 3),
        ("Yes.\n\nIt is $x^2 and no more.", "formula-open", 3),
        ("Yes.\n\nIt is $\\frac{a}{b} and no more.", "formula-open", 3),
        ("Yes.\n\n\nIt is $\\frac{a}$.", "formula-fails", 4),
        ("Yes.\n\n$$\na\n$$\n\nNo $\\frac{a}$.", "formula-fails", 7),
        ("Yes.\n\n### One\n\n##### Three", "heading-order", 5),
        ("Yes.\n\n#### Two", "heading-order", 3),
        ("Yes.\n\n$$\na\n\\\\\nb\n$$\n\n#### Two", "heading-order", 9),
        ("Yes.\n\n###\n\nNo.", "heading-empty", 3),
        ("Yes.\n\n> text ![](/media/x.png)", "image-alt", 3),
        ("Yes.\n\n![IMG_2041](/media/x.png)", "image-name", 3),
        ("Yes.\n\nSee [](/learn).", "link-empty", 3),
        ("Yes.\n\nSee [here](/learn).", "link-vague", 3),
        ("Yes.\n\n| | |\n| --- | --- |\n| 1 | 2 |", "table-header", 3),
        ("Yes.\n\n| a | b |\n| 1 | 2 |", "table-broken", 3),
        ("Yes.\n\nRows:\n| a | b |\n| 1 | 2 |", "table-broken", 4),
        ("### First\n\nYes.", "opening", 1),
        ("Great question! Yes.", "opening", 1),
        ("word " * 111, "opening", 1),
        ("", "answer-empty", 1),
        ("word " * 20_001, "answer-long", 1),
        ("Yes.\n\n[text](osmosis)", "link-broken", 3),
        ("Yes.\n\n[text](www.site.example)", "link-broken", 3),
        ("Yes.\n\n[text]()", "link-broken", 3),
        ("Yes.\n\n[text](javascript:x)", "link-broken", 3),
    ],
)
def test_fault_of_the_answer_is_found_on_its_line(answer, code, line):
    assert (code, line) in found(answer)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": "t" * 111}, "title-long"),
        ({"title": "Why?"}, "title-short"),
        ({"seo_title": "t" * 71}, "page-title-long"),
        ({"seo_description": ""}, "description-empty"),
        ({"seo_description": "d" * 161}, "description-long"),
        ({"seo_description": "short"}, "description-short"),
        ({"twins": 1}, "description-twin"),
    ],
)
def test_fault_of_a_field_is_a_warning(values, code):
    assert found(**values) == [(code, None)]
    assert RULES[code].level.value == "warning"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (Target.MISSING, "link-broken"),
        (Target.HIDDEN, "link-hidden"),
        (Target.MOVED, "link-moved"),
    ],
)
def test_link_is_judged_by_what_is_at_its_address(target, code):
    answer = "Yes.\n\n1. See [this page](/learn/a/questions/b?x=1#y)."
    assert (code, 3) in found(answer, targets={"/learn/a/questions/b": target})


def test_whole_address_of_this_site_is_internal():
    site = "https://site.example"
    answer = f"[a]({site}/learn/x?y#z) [b]({site}) {site}/bare [c]({site}.evil/learn) words."
    assert internal_addresses(answer, site) == ["/learn/x", "/", "/bare"]
    targets = {"/learn/x": Target.MISSING}
    assert ("link-broken", 1) in found(answer, targets=targets, site=site)


def test_addresses_of_other_sites_are_not_internal():
    answer = "[a](/learn) [b](//x.example/y) [c](https://x.example) [d](mailto:a@b.c) [e](#s-x)"
    assert internal_addresses(answer) == ["/learn"]
    assert internal_addresses("no link") == []


def test_six_planted_faults_are_six_findings():
    answer = (
        "Yes.\n\n#### Two\n\n![](/media/x.png)\n\n[text](/learn/a/questions/b)\n\n$\\frac{a}$\n\n"
        "| a | b |\n| 1 | 2 |\n\n```\ncode"
    )
    targets = {"/learn/a/questions/b": Target.MISSING}
    assert found(answer, targets=targets) == [
        ("heading-order", 3),
        ("image-alt", 5),
        ("link-broken", 7),
        ("formula-fails", 9),
        ("table-broken", 11),
        ("code-open", 14),
    ]


@pytest.mark.parametrize(
    "text", ["It costs $5.", "US$ and A$ are money.", "From $5 to $6.", "A $ sign."]
)
def test_money_is_no_open_formula(text):
    assert found(text) == []


def test_faults_inside_code_are_none():
    assert found("Yes.\n\n```\n# x\n![](y)\n| a | b |\n| c | d |\n$$\n```") == []


def test_long_words_and_sentences_are_hard_to_read():
    easy = "The cat sat on the mat. " * 20
    hard = "Institutional considerations necessitate comprehensive organisational reassessment "
    assert reading_grade(easy) < 2
    assert reading_grade(hard * 20) > 20
    assert reading_grade("Too short.") is None
    assert ("reading", 1) in found(hard * 20)


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "> " * 5_000, "\\(" * 5_000, "|" * 20_000, "\ud800"]
)
def test_any_text_is_judged(text):
    found(text)
