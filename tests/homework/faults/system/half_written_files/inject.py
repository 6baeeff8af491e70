def fault(course, cleanup):
    for name in ("receipt.json.new", "hw1.ipynb.new"):
        (course.autograded / "ada" / "hw1" / name).write_text("{")
        (course.autograded / "bob" / "hw1").mkdir(parents=True, exist_ok=True)
        (course.autograded / "bob" / "hw1" / name).write_text("{")
    yield
