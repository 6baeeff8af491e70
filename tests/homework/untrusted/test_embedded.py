"""Pictures in whatever form an editor writes them reach the person who marks, and the student's page."""

from __future__ import annotations

import base64
import io
import json
import time
from typing import Any

import pytest
from PIL import Image

from homework.course import Course
from homework.gradebook.notebook import NotebookBuilder
from homework.gradebook.prepared import prepared
from homework.grading import GradedSubmission
from homework.results import Result, Score, Status, Submitted
from homework.submission.answers import Answers
from homework.submission.read import read
from homework.submission.rebuild import rebuild
from homework.submission.template import Template
from homework.untrusted import html
from homework.untrusted.embedded import in_one_form, missing
from tests.homework.faults.recipe import cell
from tests.homework.gradebook.support import named
from tests.homework.support import filled


def encoded(form: str = "PNG", size: tuple[int, int] = (30, 20), mode: str = "RGB") -> str:
    """A picture in base64."""
    data = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(data, form)
    return base64.b64encode(data.getvalue()).decode()


PNG = encoded()
URI = f"data:image/png;base64,{PNG}"
ATTACHED = {"image.png": {"image/png": PNG}, "my sketch (1).png": {"image/png": encoded("JPEG")}}
# What editors write: the text, its attachments, and how many pictures there are.
FORMS: dict[str, tuple[str, dict[str, Any], int]] = {
    "JupyterLab": ("See:\n\n![image.png](attachment:image.png)\n", {"image.png": ATTACHED["image.png"]}, 1),
    "Colab": (f"My sketch:\n\n![image.png]({URI})\n\n**After** it.", {}, 1),
    "Colab, with a title": (f'![]({URI} "a title")', {}, 1),
    "Colab, in angle brackets": (f"![x](<{URI}>)", {}, 1),
    "Google Docs": (f"One ![][image1] two ![][image2]\n\n[image1]: <{URI}>\n\n[image2]: <data:image/jpeg;base64,{encoded('JPEG')}>", {}, 2),
    "a reference with a text": (f"![my sketch][1]\n\n[1]: {URI}", {}, 1),
    "a reference without": (f"![Sketch]\n\n[sketch]: {URI}", {}, 1),
    "a reference to an attachment": ("![a][s]\n\n[s]: attachment:image.png", {"image.png": ATTACHED["image.png"]}, 1),
    "img": ('<img src="attachment:image.png" width="300">', {"image.png": ATTACHED["image.png"]}, 1),
    "img with an address": (f"<p align='center'>\n<img\n  alt='a [sketch]'\n  style=\"width: 50%\" src='{URI}'/>\n</p>", {}, 1),
    "img without quotes": ("<IMG SRC=attachment:image.png>", {"image.png": ATTACHED["image.png"]}, 1),
    "img in a link": (f'<a href="https://example.org"><img src="{URI}"></a>', {}, 1),
    "lines in the address": (f'<img src="data:image/png;base64,{PNG[:40]}\n{PNG[40:]}">', {}, 1),
    "a size": ("![x](attachment:image.png =300x200)", {"image.png": ATTACHED["image.png"]}, 1),
    "a title": ('![x](attachment:image.png "My sketch")', {"image.png": ATTACHED["image.png"]}, 1),
    "a name with blanks": ("![x](attachment:my sketch (1).png)", {"my sketch (1).png": ATTACHED["my sketch (1).png"]}, 1),
    "a name with codes": ("![x](<attachment:my%20sketch%20(1).png>)", {"my sketch (1).png": ATTACHED["my sketch (1).png"]}, 1),
    "brackets in the text": ("![see [1] here](attachment:image.png)", {"image.png": ATTACHED["image.png"]}, 1),
    "a picture that is a link": (f"[![x]({URI})](https://example.org)", {}, 1),
    "Obsidian": ("![[image.png]]", {"image.png": ATTACHED["image.png"]}, 1),
    "codes in the address": (f"![x](data:image/png;base64,{PNG.replace('+', '%2B').replace('=', '%3D')})", {}, 1),
    "not shown by the text": ("See the picture.", ATTACHED, 2),
    "the same one twice": (f"![x]({URI}) and ![y]({URI})", {}, 1),
    "WebP": ("![a](attachment:a.webp)", {"a.webp": {"image/webp": encoded("WEBP")}}, 1),
    "GIF": ("![a](attachment:a.gif)", {"a.gif": {"image/gif": encoded("GIF", mode="P")}}, 1),
    "BMP": ("![a](attachment:a.bmp)", {"a.bmp": {"image/bmp": encoded("BMP")}}, 1),
    "a photo that was renamed": ("![a](attachment:a.png)", {"a.png": {"image/png": encoded("JPEG")}}, 1),
    "a type in capitals": ("![a](attachment:a.PNG)", {"a.PNG": {"IMAGE/PNG": PNG}}, 1),
    "a style": (f'<div style="background: url({URI})"></div>', {}, 1),
    "an address without a type": (f"![x](data:;base64,{PNG})", {}, 1),
    "an address of another type": (f'<img src="data:application/octet-stream;base64,{PNG}">', {}, 1),
    "no type": ("![a](attachment:a)", {"a": {"application/octet-stream": PNG}}, 1),
}  # fmt: skip


def graded_as_nothing(template: Template, notebook: dict[str, Any]) -> GradedSubmission:
    """A notebook as it comes from the grader, without any exercise."""
    cells, notes = read(json.dumps(notebook).encode())
    rebuilt = rebuild(template, cells)
    environment = dict.fromkeys(("tests", "python", "torch", "numpy", "homework", "sandbox", "probes"), "")
    result = Result(
        assignment="hw1",
        student="ada",
        status=Status.GRADED,
        submission=Submitted(None, [*notes, *rebuilt.notes]),
        score=Score(0.0, 42.5, []),
        exercises=[],
        environment=environment,
    )
    return GradedSubmission(result, [(one, []) for one in rebuilt.cells], rebuilt.states)


def made(
    course: Course, template: Template, text: str, attachments: dict[str, Any]
) -> tuple[Any, Answers, list[str]]:
    """What a person sees of an answer: the cell in Formgrader, the answer for the page, and the notes."""
    notebook = filled(template, {"warmup_a": text})
    cell(notebook, "warmup_a")["attachments"] = attachments
    graded = graded_as_nothing(template, notebook)
    one = prepared(NotebookBuilder(course.assignment("hw1")), graded)
    receipt = json.loads(one.receipt)
    typed = json.loads(one.typed)
    import msgspec

    return (
        named(json.loads(one.notebook), "warmup_a"),
        msgspec.convert(typed, Answers),
        receipt["submission"]["notes"],
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_is_shown_in_whatever_form_it_comes(course: Course, template: Template, form: str) -> None:
    """In Formgrader, where nbconvert shows it, and on the page; without a note."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    text, attachments, count = FORMS[form]
    shown, answers, notes = made(course, template, text, attachments)
    answer = answers.answers["warmup_a"]
    assert notes == []
    assert len(shown["attachments"]) == len(answer.pictures) == count
    renderer = IPythonRenderer(escape=False, attachments=shown["attachments"])
    in_formgrader = MarkdownWithMath(renderer=renderer).render(shown["source"])
    page = html.markdown(answer.source, {one.name: one.png for one in answer.pictures}, answer.lost)
    for rendered in (in_formgrader, page):
        assert rendered.count('src="data:image/png;base64,') >= count, rendered[:300]
        assert "attachment:" not in rendered
    assert len(shown["source"]) < 1000


@pytest.mark.parametrize(
    ("text", "attachments", "says"),
    [
        ("![sketch.png](attachment:sketch.png)", {}, "the picture sketch.png in cell warmup_a is not in the notebook"),
        ("![s][1]\n\n[1]: attachment:sketch.png", {}, "the picture sketch.png in cell warmup_a is not in"),
        ('<img src="sketch.png" width="300">', {}, "the picture sketch.png in cell warmup_a is not in"),
        ("![s](images/my%20sketch.png)", {}, "the picture images/my sketch.png in cell warmup_a is not in"),
        ("![s](https://example.org/a.png)", {}, "the picture https://example.org/a.png in cell warmup_a is not in"),
        ("![[sketch.png]]", {}, "the picture sketch.png in cell warmup_a is not in"),
        ("<svg><path d='M0 0'/></svg>", {}, "the picture a drawing written as HTML in cell warmup_a is not in"),
        ("![s](attachment:s.svg)", {"s.svg": {"image/svg+xml": "<svg/>"}}, "the picture s.svg in cell warmup_a cannot be shown"),
        ("![s](attachment:s.heic)", {"s.heic": {"image/heic": PNG[:40]}}, "the picture s.heic in cell warmup_a cannot be shown"),
        (f"![s](data:image/png;base64,{PNG[:60]})", {}, "the picture pasted-1.png in cell warmup_a cannot be shown"),
    ],
)  # fmt: skip
def test_what_is_lost_is_told_to_both(
    course: Course, template: Template, text: str, attachments: dict[str, Any], says: str
) -> None:
    """In the receipt, and so on the page and in the exported notes; and at the top of the graded notebook."""
    _, _, notes = made(course, template, text, attachments)
    assert len(notes) == 1
    assert notes[0].startswith(says)


def test_pictures_of_the_release_are_not_missed(course: Course, template: Template) -> None:
    """A quoted question shows the figure of the release."""
    text = next(one.source for one in template.cells if "](attachment:" in one.source)
    assert made(course, template, f"{text}\n\nMy answer.", {})[2] == []


def test_a_large_picture_is_not_cut(course: Course, template: Template) -> None:
    """A photo of a phone, 48 megapixels, in the text: longer than a text may be."""
    data = io.BytesIO()
    Image.effect_noise((1000, 750), 90).resize((8064, 6048)).save(data, "JPEG", quality=70)
    uri = "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()
    assert len(uri) > 1 << 20
    shown, answers, notes = made(course, template, f"Here:\n\n![photo]({uri})\n\nand after it.", {})
    assert notes == []
    (picture,) = answers.answers["warmup_a"].pictures
    assert max(picture.width, picture.height) == 2000
    assert shown["source"].endswith("and after it.")


def test_text_without_pictures_stays_as_it_is() -> None:
    """Byte for byte."""
    for text in (
        "$a![b]$ [c](d) ![e]",
        "![f](g.png)",
        "attachment: none",
        "[1]: https://example.org\n![x][1]",
        "a < img",
    ):
        assert in_one_form(text, {}) == (text, {})
    text = "![image.png](attachment:image.png)"
    assert in_one_form(text, ATTACHED)[0] == text
    assert missing(text, ATTACHED) == []


@pytest.mark.parametrize(
    "text",
    [
        "![" * 200_000 + "data:image",
        "![a](" * 100_000 + "data:image",
        "![a](attachment:" * 60_000,
        "<img " * 100_000,
        "<img src=" * 100_000,
        '<img "' * 100_000,
        "[a]: " * 100_000 + "attachment:",
        "![a](attachment:" + "(" * 300_000,
        "![[" * 100_000,
        "![a](data:image/png;base64," + " " * 300_000,
        "![a][" * 100_000 + "\n[b]: attachment:c",
        "[a]: attachment:b\n" * 30_000 + "![a]" * 30_000,
    ],
    ids=lambda text: text[:12],
)
def test_odd_texts_take_no_time(text: str) -> None:
    """In proportion to their length: some tenths of a second at most, not minutes."""
    begun = time.process_time()
    one, attachments = in_one_form(text, {})
    missing(one, attachments)
    assert time.process_time() - begun < 20


def test_many_pictures_in_one_text_are_bounded() -> None:
    text = "\n".join(
        f"![{n}](data:image/png;base64,{base64.b64encode(str(n).encode()).decode()})" for n in range(200)
    )
    one, attachments = in_one_form(text, {})
    assert len(attachments) == 50
    assert len(missing(one, attachments)) == 100  # of 150: only the first of many are named


class _Asked(str):
    """A text that counts how often something is looked for in it."""

    times = 0

    def __contains__(self, name: str) -> bool:
        _Asked.times += 1
        return False


def test_of_very_many_lost_pictures_only_some_are_looked_for(course: Course, template: Template) -> None:
    """Each name is looked for in all that the release says, and each note is read by people."""
    notebook = filled(template, {})
    text = "".join(f"![](x{number}.png) " for number in range(500))
    notebook["cells"] += [{"cell_type": "markdown", "metadata": {}, "source": text} for _ in range(200)]
    builder = NotebookBuilder(course.assignment("hw1"))
    builder.__dict__["_released_text"] = _Asked()
    graded = graded_as_nothing(template, notebook)
    prepared(builder, graded)
    assert 0 < _Asked.times < 2000  # of 100,000
    assert len(graded.result.submission.notes) < 100
