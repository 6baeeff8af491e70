def fault(course, cleanup):
    (course.autograded / ".grading.lock").chmod(0o444)
    course.autograded.chmod(0o555)
    yield
    course.autograded.chmod(0o755)
    (course.autograded / ".grading.lock").chmod(0o644)
