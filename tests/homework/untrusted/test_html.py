"""Markdown and code from students become HTML in which nothing is active."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from homework.untrusted import html
from tests.homework.report.support import Seen
from tests.homework.untrusted.attacks import ATTACHMENTS, MARKDOWN_ATTACKS


def test_backticks_in_a_sentence_become_code() -> None:
    assert html.prose("Use `K<1>` as it is.") == "Use <code>K&lt;1&gt;</code> as it is."
    assert html.prose("A ` alone & stays.") == "A ` alone &amp; stays."


PICTURES = dict.fromkeys(ATTACHMENTS, b"a picture of ours")
SLOW = [
    "[" * 30_000,
    "> " * 4_000,
    "$$x\n" * 2_900,
    "- " * 5_000,
    "![" * 5_000,
    "*a_" * 4_000,
    "> " * 18,
    "- " * 9,
]


@pytest.mark.parametrize("text", SLOW, ids=lambda text: text[:3].strip() + str(len(text)))
def test_texts_that_parsers_give_up_on_are_still_shown(text: str) -> None:
    assert "the answer" in Seen(html.markdown(f"{text}the answer")).text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([*MARKDOWN_ATTACKS, "\n", "> ", "- ", "`", "[", "](", ")", "!", "<", "*", "$", "|"]),
        max_size=12,
    )
)
def test_no_mixture_of_attacks_makes_markdown_active(parts: list[str]) -> None:
    seen = Seen(html.markdown("".join(parts), PICTURES))
    assert seen.dangers == []
    assert "meta" not in seen.tags


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("abdef # \"'\\\n@<>&r1.:()"), max_size=60))
def test_colored_code_is_the_code(source: str) -> None:
    colored = html.code(source)
    body = re.sub(r"</?(?:pre|span)[^>]*>", "", colored).removesuffix("\n")
    assert body == str(html.escape(source))


@pytest.mark.parametrize(
    "text",
    [
        r"Since \(a_1^2\) and *so*.",
        r"\[ \frac{a_1}{b_2} * c \]",
        "\\[\na_1 + b_1\n\\]",
        "$a_1$ and $$b_1*c_1$$",
        "$$\nb_1*c_1\n$$",
    ],
)
def test_formulas_are_set(text: str) -> None:
    """As JupyterLab, Overleaf and Pandoc write them; what is in them is no emphasis."""
    made = str(html.markdown(text))
    assert made.count("<math") == len(re.findall(r"\\\(|\\\[|\$\$?[^$]+\$", text))
    assert "<msub><mi>" in made or "<msubsup>" in made
    assert made.count("<em>") == text.count("*so*")
    assert "\\(" not in made and "$" not in made


@pytest.mark.parametrize(
    ("typed", "letter"),
    [
        (r"\mathbf{w}", "𝐰"),
        (r"\bm{w}", "𝒘"),
        (r"\boldsymbol{\sigma}", "𝝈"),
        (r"\boldsymbol{1}", "𝟏"),
        (r"\boldsymbol{\nabla}", "𝛁"),
        (r"{\bf W}", "𝐖"),
        (r"\mathbb{1}", "𝟙"),
        (r"\mathbb{R}", "ℝ"),
        (r"\mathscr{L}", "ℒ"),
        (r"\mathrm{w}", "w"),
    ],
)
def test_a_vector_is_told_from_a_number(typed: str, letter: str) -> None:
    """Browsers do not know latex2mathml's `mathvariant="bold-italic"`; see findings/bold-formulas.sh."""
    shown = re.sub(r"<[^>]*>", "", html.markdown(f"${typed}$"))
    assert shown.strip() == letter


def test_lines_are_aligned() -> None:
    made = str(html.markdown("$$\\begin{aligned}\na &= b \\\\\nc &= 50\\%\n\\end{aligned}$$"))
    assert made.count("<mtr>") == 2 and "<mi>%</mi>" in made
    assert "&amp;" not in re.sub(r'alttext="[^"]*"', "", made)
    assert "<mo>argmax</mo>" in html.markdown(r"$\operatorname*{argmax}_x f$")


@pytest.mark.parametrize(
    "typed",
    [
        r"$\frac{a$",
        r"$\unknown{x}$",
        "$x_{$",
        r"$\left( a$",
        r"$\href{javascript:alert(1)}{\unknown}$",
        f"${'{' * 900}x{'}' * 900}$",
        f"${'x' * 3000}$",
        r"$\newcommand{\aa}{xx}\newcommand{\ab}{{\aa}{\aa}}{\ab}{\ab}$",  # 25 of these are as many as there are atoms
        r"$\def\aa{xx}\aa$",
        "$50% + 3$",  # as a comment, the end would be lost
        r"$-1 \\ 2$",  # as one line, it would be -12
        r"$$\begin{gathered} a &= b \\ c &= d \end{gathered}$$",
    ],
)
def test_a_formula_that_cannot_be_set_is_shown_as_typed(typed: str) -> None:
    made = html.markdown(f"So {typed}.")
    assert "<math" not in made
    assert Markup('<code class="formula">{}</code>').format(typed) in made


@pytest.mark.parametrize(
    "typed",
    [
        r"$\href{javascript:alert(1)}{x}$",
        r"$\style{background:url(//evil)}{x}$",
        r"$\class{card}{x}$",
        r"$\text{<script>alert(1)</script>}$",
        r"$\text{&lt;img src=x onerror=alert(1)&gt;}$",
        r"$a<b>c$",
        r"$\unicode{x3c}script\unicode{x3e}$",
        r"$\hspace{9999em} x$",
    ],
)
def test_a_formula_carries_nothing_but_mathematics(typed: str) -> None:
    made = str(html.markdown(typed))
    assert Seen(made).dangers == []
    assert not re.search(r"<(?!/?(?:p|code|math|m[a-z]+)\b)", made)
    assert not re.search(
        r"(?:href|style|class|src|on\w+)=(?!\"formula)",
        re.sub(r'alttext="[^"]*"', "", re.sub(r">[^<]*<", "><", made)),
    )
    assert 'width="9999em"' not in made


def test_after_many_formulas_the_rest_is_shown_as_typed() -> None:
    """Each takes time, and a page of a thousand is nobody's answer."""
    made = str(html.markdown("$x$ " * 1000))
    assert (made.count("<math"), made.count('class="formula"')) == (300, 700)


def test_what_is_no_formula_stays() -> None:
    assert html.markdown(r"2 \* 3 \[x]") == "<p>2 * 3 [x]</p>\n"


def test_lines_of_a_comment_end_where_they_were_ended() -> None:
    """It is typed into a field, where one line is one line."""
    assert html.comment("Good.\nBut:\n- one\n- two").count("<br") == 1
    assert "<br" not in html.markdown("one paragraph\nin two lines")
