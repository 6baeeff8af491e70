"""Archives of every system are collected by the roster; what an entry is, it cannot stop the class."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from pathlib import Path

import pytest

from homework.commands.collect import said
from homework.course import Course
from homework.errors import UsageError
from homework.lms import archive as archives
from homework.lms.collect import collect
from homework.submission.read import MAX_BYTES
from tests.homework.lms.support import ROSTER, archive, collected, make_course, note, taken
from tests.homework.support import ROOT, deep_folders

MOODLE = "_assignsubmission_file_"
OURS = {
    "canvas": {
        "lovelaceada_11_901_hw1.ipynb": "ada",
        "obrienseán_LATE_12_902_hw1-2.ipynb": "bob_r",
        "müllerlüdenscheidtjörg_13_903_My_1_2_work.ipynb": "cy",
        "李小龍_14_904_HW1.IPYNB": "li",
        "smithalex_15_905_hw1.ipynb": "twin1",
        "smithalex_16_906_hw1.ipynb": "twin2",
        "numeral_12_5nora_17_907_hw1.ipynb": "2021",
    },
    "moodle": {
        f"Ada Lovelace_101{MOODLE}/hw1.ipynb": "ada",
        f"Seán OBrien_102{MOODLE[:-1]}/deep/er/hw1.ipynb": "bob_r",
        f"Jörg Müller-Lüdenscheidt_103{MOODLE}hw1.ipynb": "cy",
        f"小龍 李_104{MOODLE}/hw1.ipynb": "li",
        f"Alex Smith_105{MOODLE}/hw1.ipynb": "twin1",
        f"twin2_Alex Smith_106{MOODLE}/hw1.ipynb": "twin2",
        f"Teilnehmer_107{MOODLE}/hw1.ipynb": "2021",
    },
    "blackboard": {
        "Homework_1_ada_attempt_2026-12-01-23-30-00_hw1.ipynb": "ada",
        "Homework_1_bob_r_attempt_2026-12-01-10-00-00_hw1.ipynb": "bob_r",
        "Homework_1_2021_attempt_2026-12-01-10-00-00_my_work.ipynb": "2021",
    },
    "brightspace": {
        "123-456 - Ada Lovelace - Dec 1, 2026 1130 PM/hw1.ipynb": "ada",
        "123-457 - Jörg Müller-Lüdenscheidt - Dec 1, 2026 905 AM/hw1.ipynb": "cy",
    },
}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "course")


@pytest.mark.parametrize("within", ["", "all of hw1/"])
@pytest.mark.parametrize("system", OURS)
def test_every_system(course: Course, tmp_path: Path, system: str, within: str) -> None:
    """Whatever is ignored, and a folder around everything."""
    names = [within + name for name in OURS[system]]
    done = collected(course, tmp_path, *names, "__MACOSX/._hw1.ipynb", ".DS_Store", f"{within}Thumbs.db")
    assert (done.system, done.refused, done.ignored) == (system, {}, 3)
    assert taken(course) == {student: within + name for name, student in OURS[system].items()}
    assert sorted(done.taken) == sorted(OURS[system].values())
    everybody = {"ada", "bob_r", "cy", "li", "twin1", "twin2", "2021"}
    assert set(done.missing) == everybody - set(OURS[system].values())


def test_who_handed_in_by_an_earlier_archive_is_not_missing(course: Course, tmp_path: Path) -> None:
    """A second archive often has only what is new."""
    first, *others, absent = OURS["canvas"]
    collected(course, tmp_path, first)
    done = collected(course, tmp_path, *others)
    assert done.earlier == [OURS["canvas"][first]]
    assert done.missing == [OURS["canvas"][absent]]
    assert "1 handed in earlier" in next(said(done, "hw1"))


def test_canvas_says_late_without_a_time(course: Course, tmp_path: Path) -> None:
    done = collected(course, tmp_path, *OURS["canvas"])
    assert done.late == ["bob_r"]
    assert note(course, "bob_r") == {
        "entry": "obrienseán_LATE_12_902_hw1-2.ipynb",
        "attempt": 902,
        "late": True,
        "when": None,
    }
    assert not (course.submitted / "bob_r" / "hw1" / "timestamp.txt").exists()


@pytest.mark.parametrize("system", ["blackboard", "brightspace"])
def test_times_without_a_zone_are_the_courses(course: Course, tmp_path: Path, system: str) -> None:
    collected(course, tmp_path, *OURS[system])
    assert (course.submitted / "ada" / "hw1" / "timestamp.txt").read_text() == "2026-12-02 07:30:00 UTC\n"
    assert note(course, "ada")["when"] == "2026-12-02T07:30:00Z"


WORKSHEET = """\
Identifier,Full name,Email address,Grade,Last modified (submission),Last modified (grade)
Participant 501,Ada Lovelace,ada@x.edu,,"Tuesday, 1 December 2026, 8:15 PM",-
Participant 102,Seán O'Brien,bob@x.edu,,-,-
Participant 101,Jörg Müller-Lüdenscheidt,cy@x.edu,,soon,-
"""


def test_moodles_worksheet_has_times_and_the_numbers_of_its_assignment(
    course: Course, tmp_path: Path
) -> None:
    sheet = tmp_path / "worksheet.csv"
    sheet.write_text(WORKSHEET)
    names = ("Ada Lovelace_501", "Seán OBrien_102", "Jörg Müller-Lüdenscheidt_101")
    done = collected(course, tmp_path, *(f"{name}{MOODLE}/hw1.ipynb" for name in names), times=sheet)
    assert set(taken(course)) == {"ada", "bob_r", "cy"}
    assert "501" in taken(course)["ada"]
    assert (course.submitted / "ada" / "hw1" / "timestamp.txt").read_text() == "2026-12-02 04:15:00 UTC\n"
    assert done.notes == [
        "bob_r: the worksheet has no time for them",
        "cy: the worksheet's time cannot be read: soon",
    ]
    sheet.write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="not Moodle's grading worksheet"):
        collected(course, tmp_path, f"Ada Lovelace_501{MOODLE}/hw1.ipynb", times=sheet)


def test_a_worksheet_without_addresses_has_its_own_numbers(course: Course, tmp_path: Path) -> None:
    """101 is ada's on the roster, from another assignment, and cy's here; a number decides between namesakes only."""
    sheet = tmp_path / "worksheet.csv"
    lines = [line.split(",") for line in WORKSHEET.splitlines()]
    lines += [["Participant 106", "Alex Smith", "", "", '"Tuesday, 1 December 2026, 8:15 PM"', "-"]]
    sheet.write_text("\n".join(",".join([*line[:2], *line[3:]]) for line in lines))
    names = ("Ada Lovelace_501", "Jörg Müller-Lüdenscheidt_101", "Alex Smith_106")
    done = collected(course, tmp_path, *(f"{name}{MOODLE}/hw1.ipynb" for name in names), times=sheet)
    assert (done.refused, set(taken(course))) == ({}, {"ada", "cy", "twin2"})
    assert "_101" in taken(course)["cy"]
    assert (course.submitted / "ada" / "hw1" / "timestamp.txt").read_text() == "2026-12-02 04:15:00 UTC\n"
    assert "cy: the worksheet's time cannot be read: soon" in done.notes


REFUSED = {
    "strangerzoe_77_901_hw1.ipynb": "user 77 is not on the roster",
    "hw1.ipynb": "no number of a student",
    "smithalex_78_1_hw1.ipynb": "user 78 is not on the roster",  # of two with this name
    "/lovelaceada_11_901_hw1.ipynb": "absolute",
    "../lovelaceada_11_901_hw1.ipynb": "leads out",
    "a\\lovelaceada_11_901_hw1.ipynb": "backslash",
    "C:lovelaceada_11_901_hw1.ipynb": "drive",
    "lovelaceada_11_901_report.pdf": "not a notebook",
    "lovelaceada_11_901_hw1.zip": "a zip file inside is not opened",
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_entry_is_refused_by_itself(course: Course, tmp_path: Path, name: str) -> None:
    others = [other for other in OURS["canvas"] if "_11_" not in other]
    done = collected(course, tmp_path, name, *others)
    assert list(done.refused) == [name]
    assert REFUSED[name] in done.refused[name]
    assert set(taken(course)) == {OURS["canvas"][other] for other in others}
    assert [path.name for path in tmp_path.iterdir() if "lovelace" in path.name] == []


def test_moodles_number_of_another_assignment_is_not_believed(course: Course, tmp_path: Path) -> None:
    """101 is ada's in the roster's worksheet, and cy's in this archive."""
    done = collected(
        course,
        tmp_path,
        f"Jörg Müller-Lüdenscheidt_101{MOODLE}/hw1.ipynb",
        f"Someone New_888{MOODLE}/hw1.ipynb",
        f"Default group{MOODLE}/hw1.ipynb",
        f"Seán OBrien_102{MOODLE}/hw1.ipynb",
        "Seán OBrien_102_assignsubmission_onlinetext_onlinetext.html",
    )
    reasons = list(done.refused.values())
    assert "ada's and the name cy's" in reasons[0] and "--times" in reasons[0]
    assert "participant 888 is not on the roster" in reasons[1]
    assert "no number of a participant" in reasons[2]
    assert (set(taken(course)), done.ignored) == ({"bob_r"}, 1)


def test_a_known_number_with_another_name_is_taken_with_a_note(course: Course, tmp_path: Path) -> None:
    done = collected(course, tmp_path, "kingada_11_901_hw1.ipynb")
    assert (done.taken, done.notes) == (["ada"], ["ada: Canvas calls them 'kingada'"])


def test_canvas_extras_are_ignored(course: Course, tmp_path: Path) -> None:
    """Texts of who handed in a notebook, the test student, and files that hold no answers."""
    done = collected(
        course,
        tmp_path,
        "lovelaceada_11_901_hw1.ipynb",
        "lovelaceada_11_902_weights.bin",
        "lovelaceada_11_text.html",
        "studenttest_99_903_hw1.ipynb",
    )
    assert (done.taken, done.ignored, done.refused) == (["ada"], 3, {})


TYPED = {
    "canvas": ("lovelaceada_11_901_hw1.ipynb", "obrienseán_LATE_12_link.html"),
    "moodle": (
        f"Ada Lovelace_101{MOODLE}/hw1.ipynb",
        "Seán OBrien_102_assignsubmission_onlinetext/onlinetext.html",
    ),
    "blackboard": (
        "hw_ada_attempt_2026-12-01-10-00-00_hw1.ipynb",
        "hw_bob_r_attempt_2026-12-01-10-00-00.txt",
    ),
}


@pytest.mark.parametrize("system", TYPED)
def test_who_only_typed_a_text_is_not_missing(course: Course, tmp_path: Path, system: str) -> None:
    """Something was handed in, so somebody has to ask for the notebook."""
    done = collected(course, tmp_path, *TYPED[system])
    assert list(done.refused) == [TYPED[system][1]]
    assert done.refused[TYPED[system][1]].endswith("there is no file: ask bob_r for the notebook")
    assert ("bob_r" in done.missing, done.ignored) == (False, 0)


def test_documents_that_may_hold_answers_are_kept_next_to_the_notebook(
    course: Course, tmp_path: Path
) -> None:
    """Empty answers then go to a person. No name becomes another path, nor one of ours."""
    done = collected(
        course,
        tmp_path,
        "lovelaceada_11_901_hw1.ipynb",
        "lovelaceada_11_902_answers.PDF",
        "lovelaceada_11_903_timestamp.txt",
        "lovelaceada_11_904_.hidden.md",
    )
    assert (done.taken, done.ignored) == (["ada"], 2)
    folder = course.submitted / "ada" / "hw1"
    assert {path.name for path in folder.iterdir()} == {"hw1.ipynb", "lms.json", "answers.PDF"}
    assert (folder / "answers.PDF").read_text() == "of lovelaceada_11_902_answers.PDF"


def test_an_older_archive_takes_nothing_back(course: Course, tmp_path: Path) -> None:
    """A download from before somebody handed in again."""
    collected(course, tmp_path, "lovelaceada_11_905_hw1-1.ipynb")
    done = collected(course, tmp_path, "lovelaceada_11_901_hw1.ipynb", "obrienseán_12_902_hw1.ipynb")
    assert (done.replaced, done.taken, list(done.refused)) == (
        [],
        ["bob_r"],
        ["lovelaceada_11_901_hw1.ipynb"],
    )
    assert "older than what was collected before" in done.refused["lovelaceada_11_901_hw1.ipynb"]
    assert taken(course)["ada"] == "lovelaceada_11_905_hw1-1.ipynb"


def test_of_two_notebooks_the_one_with_work_counts(course: Course, tmp_path: Path) -> None:
    """The release that was handed in as well, or a copy, is no question for a person."""
    release = ROOT / "release" / "hw1" / "hw1.ipynb"
    (course.root / "release" / "hw1").mkdir(parents=True)
    (course.root / "release" / "hw1" / "hw1.ipynb").write_bytes(release.read_bytes())
    notebook = json.loads(release.read_text("utf-8"))
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "My own remark."})
    worked = json.dumps(notebook).encode()
    names = [f"lovelaceada_11_90{n}_{name}.ipynb" for n, name in enumerate(("Untitled", "mine", "copy"))]
    contents = dict(zip(names, (release.read_bytes(), worked, worked), strict=True))
    done = collect(course, "hw1", archive(tmp_path / "a.zip", contents))
    assert (done.taken, done.refused, done.ignored) == (["ada"], {}, 2)
    assert (course.submitted / "ada" / "hw1" / "hw1.ipynb").read_bytes() == worked


def test_folders_around_everything_and_separators_of_windows(course: Course, tmp_path: Path) -> None:
    for within in ("hw1/all of hw1/", "hw1\\all\\"):
        done = collected(course, tmp_path, *(within + name for name in OURS["canvas"]))
        assert (done.system, done.refused, len(done.missing)) == ("canvas", {}, 0)


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        (["11_901_hw1.ipynb", "11_905_hw1-1.ipynb", "11_903_hw1-2.ipynb"], "11_905_hw1-1.ipynb"),
        (["11_905_other.ipynb", "11_901_hw1.ipynb"], "11_901_hw1.ipynb"),
        (["11_901_other.ipynb", "11_905_other-1.ipynb"], "11_905_other-1.ipynb"),
        (["11_901_one.ipynb", "11_905_two.ipynb"], ""),
    ],
)
def test_several_notebooks_of_one_student(
    course: Course, tmp_path: Path, files: list[str], counts: str
) -> None:
    done = collected(course, tmp_path, *(f"lovelaceada_{name}" for name in files))
    assert taken(course) == ({"ada": f"lovelaceada_{counts}"} if counts else {})
    if not counts:
        assert (
            list(done.refused.values())
            == ["ada has several notebooks, one.ipynb and two.ipynb: which one counts?"] * 2
        )
        assert "ada" not in done.missing
    other = [f"ada: {counts[7:]} counts; also handed in, and ignored: other.ipynb"]
    assert done.notes == (other if "11_905_other.ipynb" in files else [])


def test_the_latest_attempt_of_blackboard_counts(course: Course, tmp_path: Path) -> None:
    collected(
        course,
        tmp_path,
        "hw_ada_attempt_2026-12-01-10-00-00_hw1.ipynb",
        "hw_ada_attempt_2026-12-02-09-00-00_hw1.ipynb",
        "hw_ada_attempt_2026-12-02-09-00-00.txt",
    )
    assert "2026-12-02" in taken(course)["ada"]


def test_the_latest_of_brightspace_counts(course: Course, tmp_path: Path) -> None:
    names = [f"1-2 - Ada Lovelace - Dec {day}, 2026 905 AM/hw1.ipynb" for day in (2, 10, 9)]
    collected(course, tmp_path, *names)
    assert "Dec 10" in taken(course)["ada"]


def test_a_login_that_ends_like_another(course: Course, tmp_path: Path) -> None:
    """The assignment's title is the same in all names: of `x_ada` and `ada` only one is meant."""
    with (course.root / "lms.csv").open("a") as file:
        file.write("x_ada,Other,One,,,,x_ada,\n")
    names = ("hw_x_ada", "hw_ada", "hw_cy")
    collected(course, tmp_path, *(f"{name}_attempt_2026-12-01-10-00-00_hw1.ipynb" for name in names))
    assert {student: name.partition("_attempt")[0] for student, name in taken(course).items()} == {
        "x_ada": "hw_x_ada",
        "ada": "hw_ada",
        "cy": "hw_cy",
    }


BLACKBOARD = "Homework 1_{}_attempt_2026-12-02-06-00-00_{}"


@pytest.mark.parametrize("roster", [ROSTER, ""])
def test_a_file_called_like_another_students_attempt_is_its_owners(tmp_path: Path, roster: str) -> None:
    """The file's name is the student's own, and comes last."""
    course = make_course(tmp_path / "few", roster)
    theirs = "x_cy_attempt_2027-01-01-00-00-00_hw1.ipynb"
    names = BLACKBOARD.format("ada", theirs), BLACKBOARD.format("cy", "hw1.ipynb")
    collected(course, tmp_path, *names, system="blackboard" if roster else "")
    assert taken(course) == {"ada": names[0], "cy": names[1]}


def test_a_file_called_like_another_students_of_brightspace_is_its_owners(
    course: Course, tmp_path: Path
) -> None:
    theirs = "x - Jörg Müller-Lüdenscheidt - Dec 3, 2027 100 PM - hw1.ipynb"
    name = f"1-2 - Ada Lovelace - Dec 2, 2026 600 AM - {theirs}"
    collected(course, tmp_path, name, system="brightspace")
    assert taken(course) == {"ada": name}


def test_names_too_long_for_a_file_are_cut_and_stay_different(tmp_path: Path) -> None:
    course = make_course(tmp_path / "bare", roster="")
    names = [f"{'漢' * 150}{number}/hw1.ipynb" for number in (1, 2)]
    assert len(collected(course, tmp_path, *names, "ada/hw1.ipynb").taken) == 3
    assert set(taken(course).values()) == {*names, "ada/hw1.ipynb"}


def test_odd_things_in_a_folder_stop_nobody(tmp_path: Path) -> None:
    """Folders a thousand deep, which no recursion reaches, and a pipe in the place of a notebook."""
    course = make_course(tmp_path / "bare", roster="")
    folder = tmp_path / "folder"
    for student in ("ada", "bob", "cy"):
        (folder / student).mkdir(parents=True)
    (folder / "ada" / "hw1.ipynb").write_text("of ada")
    os.mkfifo(folder / "bob" / "hw1.ipynb")
    with deep_folders(folder / "cy"):
        done = collect(course, "hw1", folder)
    assert (done.taken, done.refused) == (["ada"], {"bob/hw1.ipynb": "it is not a regular file"})


def test_brightspace_has_names_only(course: Course, tmp_path: Path) -> None:
    done = collected(course, tmp_path, "1-2 - Alex Smith - Dec 1, 2026 905 AM/hw1.ipynb", "index.html")
    assert (list(done.refused.values()), done.ignored) == (["'Alex Smith' is the name of twin1 and twin2"], 1)


def test_a_second_archive(course: Course, tmp_path: Path) -> None:
    """The same again changes nothing; another notebook replaces the first, which is kept."""
    first = archive(tmp_path / "1.zip", {"lovelaceada_11_1_hw1.ipynb": "one", "x_12_2_hw1.ipynb": "two"})
    second = archive(tmp_path / "2.zip", {"lovelaceada_11_1_hw1.ipynb": "one", "x_12_3_hw1-1.ipynb": "new"})
    done = collect(course, "hw1", first, dry_run=True)
    assert (done.taken, course.submitted.exists()) == (["ada", "bob_r"], False)
    collect(course, "hw1", first)
    done = collect(course, "hw1", second)
    assert (done.unchanged, done.replaced, done.taken) == (["ada"], ["bob_r"], [])
    assert (course.submitted / "bob_r" / "hw1" / "hw1.ipynb").read_text() == "new"
    (kept,) = (course.submitted / ".replaced" / "bob_r" / "hw1").iterdir()
    assert kept.read_text() == "two"


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["anon_a1b2c_901_hw1.ipynb", "LATE_anon_Z9y8X_902_hw1.ipynb"], "anonymous"),
        (["lovelaceada_11_1_hw1.ipynb", "hw_ada_attempt_2026-12-01-10-00-00_1_2_hw1.ipynb"], ""),
        (
            ["hw_ada_attempt_2026-12-01-10-00-00_1_2_hw1.ipynb"],
            "canvas and blackboard: say which with --from",
        ),
        (
            ["lovelaceada_11_1_hw1.ipynb", f"Ada Lovelace_101{MOODLE}/hw1.ipynb"],
            r"\(1 canvas, 1 moodle\): say which",
        ),
        ([".DS_Store"], "no files of students"),
        (["submissions.zip"], "holds only submissions.zip: unpack it"),
        (
            ["Homework 1/Lovelace, Ada(ada)/Submission attachment(s)/hw1.ipynb", "Homework 1/grades.csv"],
            "no name in the archive tells a student of the roster, .* say with --pattern",
        ),
        ([], "is empty"),
    ],
)
def test_archives_that_are_refused_as_a_whole(
    course: Course, tmp_path: Path, names: list[str], says: str
) -> None:
    if not says:
        assert collected(course, tmp_path, *names).system == "canvas"
        return
    with pytest.raises(UsageError, match=says):
        collected(course, tmp_path, *names)
    assert not course.submitted.exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\n<!DOCTYPE html><html>Log in", "is a web page, perhaps a login page"),
        (b"no zip", "neither a zip file nor a folder"),
        (b"", "is empty: download it again"),
        (b"7z\xbc\xaf\x27\x1c", "is a 7z archive, not a zip file: unpack it"),
        (b"\x1f\x8b\x08\0", "is a gzip or tar.gz archive"),
        (b"Rar!\x1a\x07", "is a RAR archive"),
        (b"hw1/".ljust(257, b"\0") + b"ustar", "is a tar archive"),
        (b"PK\3\4" + b"\0" * 40, "begins like a zip file and ends too early"),
    ],
)
def test_what_is_no_archive(course: Course, tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(UsageError, match=says):
        collect(course, "hw1", tmp_path / "a.zip")


def test_too_many_entries(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 3)
    with pytest.raises(UsageError, match="more than 3 files"):
        collected(course, tmp_path, *OURS["canvas"])


def test_damaged_large_doubled_encrypted_and_linked_entries(course: Course, tmp_path: Path) -> None:
    """Each is refused with its reason; a name that is not what it says to be is none of these."""
    link = zipfile.ZipInfo("x_14_4_hw1.ipynb")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    names = {11: "damaged", 12: "larger than 30 MiB", 13: "twice", 14: "a link", 15: "encrypted", 16: ""}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(zipfile.ZipInfo("x_11_1_hw1.ipynb"), "MARK")
        zipped.writestr("x_12_2_hw1.ipynb", b"\0" * (MAX_BYTES + 1))
        zipped.writestr("x_13_3_hw1.ipynb", "one")
        with pytest.warns(UserWarning, match="Duplicate"):
            zipped.writestr("x_13_3_hw1.ipynb", "two")
        zipped.writestr(link, "/etc/passwd")
        zipped.writestr("x_15_5_hw1.ipynb", "five")
        zipped.writestr("é_16_6_hw1.ipynb", "six")
    data = buffer.getvalue().replace(b"MARK", b"BARK")
    data = data.replace("é_16".encode(), b"\xff\xfe_16")  # with the flag that says UTF-8
    at = data.rindex(b"x_15_5") - 46
    data = data[: at + 8] + struct.pack("<H", 1) + data[at + 10 :]
    (tmp_path / "a.zip").write_bytes(data)
    done = collect(course, "hw1", tmp_path / "a.zip")
    assert set(taken(course)) == {"twin2"}
    for number, why in names.items():
        said = [reason for name, reason in done.refused.items() if f"_{number}_" in name]
        assert (why in said[0]) if why else not said


def test_names_without_the_flag_are_utf_8_or_of_code_page_437(course: Course, tmp_path: Path) -> None:
    data = archive(
        tmp_path / "b.zip", {"obrienseXXn_12_1_hw1.ipynb": "a", "mYllerludi_13_2_hw1.ipynb": "b"}
    ).read_bytes()
    data = data.replace(b"XX", "á".encode()).replace(b"mY", b"m\x81")
    (tmp_path / "a.zip").write_bytes(data)
    done = collect(course, "hw1", tmp_path / "a.zip")
    assert done.notes == ["cy: Canvas calls them 'müllerludi'"]


def test_without_a_roster_names_are_the_students(tmp_path: Path) -> None:
    """A folder each, a file each, a system's names, a pattern of one's own; also from a folder."""
    course = make_course(tmp_path / "bare", roster="")
    for names, students in (
        (("newtonisaac_1_2_hw1.ipynb", "bohrniels_LATE_3_4_Homework.ipynb"), {"newtonisaac", "bohrniels"}),
        (("ps1_bob/hw1.ipynb", "ps1_eve/other.ipynb"), {"ps1_bob", "ps1_eve"}),
        (("all/zed/hw1.ipynb", "all/yin/hw1.ipynb"), {"zed", "yin"}),
        (("cy.ipynb", "dee.ipynb"), {"cy", "dee"}),
    ):
        assert set(collected(course, tmp_path, *names).taken) == students
    done = collected(course, tmp_path, "smith_1_2_hw1.ipynb", "smith_3_4_hw1.ipynb")
    assert "two students are called 'smith'" in next(iter(done.refused.values()))
    done = collected(
        course, tmp_path, "hw1--fay--work.ipynb", "x.ipynb", pattern=r"hw1--(?P<student>\w+)--(?P<file>.*)"
    )
    assert (done.taken, list(done.refused)) == (["fay"], ["x.ipynb"])
    for pattern, says in (("(", "not a regular expression"), ("(.*)", "needs the groups")):
        with pytest.raises(UsageError, match=says):
            collected(course, tmp_path, "x.ipynb", pattern=pattern)
    folder = tmp_path / "folder" / "gus"
    folder.mkdir(parents=True)
    (folder / "hw1.ipynb").write_text("of a folder")
    (folder.parent / "link.ipynb").symlink_to("/etc/passwd")
    done = collect(course, "hw1", folder.parent)
    assert (done.taken, done.refused) == (["gus"], {"link.ipynb": "it is a link"})


def test_files_that_are_handed_in_with_the_notebook(tmp_path: Path, course: Course) -> None:
    """Under their own name, whatever Canvas appends when they are handed in again."""
    import shutil

    from tests.homework.support import ROOT

    shutil.copytree(ROOT / "source" / "hw4", course.root / "source" / "hw4", symlinks=True)
    fresh = Course(course.root)
    (name,) = fresh.assignment("hw4").hands_in
    stem, _, suffix = name.rpartition(".")
    path = archive(
        tmp_path / "a.zip",
        {
            "x_11_1_hw4.ipynb": "notebook",
            f"x_11_2_{name}": "old",
            f"x_11_3_{stem}-1.{suffix}": "new",
        },
    )
    done = collect(fresh, "hw4", path)
    assert (fresh.submitted / "ada" / "hw4" / name).read_text() == "new"
    assert (done.taken, done.ignored, done.refused) == (["ada"], 1, {})
    (fresh.submitted / "ada" / "hw4" / "timestamp.txt").write_text("2026-12-02 07:30:00 UTC\n")
    again = archive(
        tmp_path / "b.zip", {"x_11_1_hw4.ipynb": "notebook", f"x_11_4_{stem}-2.{suffix}": "newer"}
    )
    done = collect(fresh, "hw4", again)
    assert (done.replaced, done.unchanged) == (["ada"], [])  # though the notebook is the same
    assert (fresh.submitted / "ada" / "hw4" / name).read_text() == "newer"
    assert not (fresh.submitted / "ada" / "hw4" / "timestamp.txt").exists()
    (kept,) = (fresh.submitted / ".replaced" / "ada" / "hw4").iterdir()
    assert (kept.suffix, kept.read_text()) == (f".{suffix}", "new")
    assert collect(fresh, "hw4", again).unchanged == ["ada"]


@pytest.mark.parametrize("field", [(0x7075, 900), (1, 4)], ids=["too long", "zip64 without numbers"])
def test_a_damaged_extra_field_costs_at_most_its_entry(
    course: Course, tmp_path: Path, field: tuple[int, int]
) -> None:
    """Python refuses the whole archive for it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in ("lovelaceada_11_901_hw1.ipynb", "obrienseán_12_902_hw1.ipynb"):
            entry = zipfile.ZipInfo(name)
            entry.extra = struct.pack("<HH4s", 0x7075, 4, b"abcd") if name.startswith("l") else b""
            zipped.writestr(entry, f"of {name}")
    data = bytearray(packed.getvalue())
    place = data.rindex(struct.pack("<HH4s", 0x7075, 4, b"abcd"))  # the one in the directory
    struct.pack_into("<HH", data, place, *field)
    if field[0] == 1:
        struct.pack_into("<I", data, data.rindex(b"PK\1\2", 0, place) + 24, 0xFFFFFFFF)
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(tmp_path / "a.zip")
    done = collect(course, "hw1", tmp_path / "a.zip")
    assert (sorted(taken(course)), done.refused) == (["ada", "bob_r"], {})


def test_a_pattern_reads_names_of_other_systems(course: Course, tmp_path: Path) -> None:
    """As of Sakai, where the login stands in parentheses; docs/instructors.md has this pattern."""
    names = [
        f"Homework 1/{name}/Submission attachment(s)/hw1.ipynb" for name in ("Lovelace, Ada(ada)", "X(cy)")
    ]
    pattern = r".*\((?P<student>[^()/]+)\)/Submission attachment\(s\)/(?P<file>.+)"
    assert collected(course, tmp_path, *names, pattern=pattern).refused == {}
    assert set(taken(course)) == {"ada", "cy"}
