"""Markdown of students is inert where nbgrader renders it."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from homework.untrusted import markdown


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>", "<!--x-->", "</p>", "<?php ?>", "<https://example.org>", "a\r<b>",
        "[x](javascript:1)", "[x]( javascript:1)", "[x](\njavascript:1)", "[x](<javascript:1>)", "[x](&#106;avascript:1)",
        "[x](java\\script:1)", "[x](data:text/html,1)", "[x](vbscript:1)", "[x](\u00a0javascript:1)", "[x](\tjavascript:1)",
        "[x]:javascript:1", "[x]: <javascript:1>", "[x]:\n javascript:1", "> [x]:\n> javascript:1", "[x\ny]: javascript:1",
        "[x]:\r> javascript:1", "![x](http://example.org/x.png)", "![x][y]\n\n[y]: http://example.org/x.png",
        '![a" onerror="alert(1)](attachment:p)', "![x](attachment:unknown)", "# <img src=x onerror=alert(1)>",
        "```mermaid\n</pre><script>1</script>\n```", "$<img src=x onerror=alert(1)>$", "| <b>a</b> |\n|---|\n| <i>b</i> |",
        '[x](https://example.org "t\\" onclick=\\"alert(1)")', "[x](https://example.org/\"onclick=alert(1))",
    ],
)  # fmt: skip
def test_markdown_of_students_is_inert(text: str) -> None:
    """In nbconvert, with which nbgrader renders: no elements, addresses or pictures other than those allowed."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    attachments = {"picture-1.png": {"image/png": "AAAA"}}
    source = markdown.markdown(text, {"p": "picture-1.png"})
    html = MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=attachments)).render(source)
    for element in BeautifulSoup(html, "html.parser").find_all(True):
        assert element.name in {
            "p",
            "a",
            "img",
            "h1",
            "pre",
            "div",
            "blockquote",
            "code",
            "em",
            *"table thead tbody tr th td".split(),
        }
        assert set(element.attrs) <= {"href", "src", "alt", "title", "id", "class"}, html
        assert str(element.get("href", "#")).startswith(("#", "https://example.org", "http://example.org"))
        assert str(element.get("src", "data:image/png;base64,")).startswith("data:image/png;base64,")


def test_harmless_markdown_stays_as_it_is() -> None:
    """Formulas, comparisons, links, code."""
    text = "$a < b$, `x[1:] + y`, [paper](https://arxiv.org/abs/1) and 3<4\n\n- *one*\n\n    for i in a[0]: pass\n"
    assert markdown.markdown(text, {}) == text
