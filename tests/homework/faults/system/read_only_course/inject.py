import subprocess


def fault(course, cleanup):
    subprocess.run(["mount", "--bind", course.root, course.root], check=True, capture_output=True)
    cleanup.callback(subprocess.run, ["umount", "--lazy", course.root], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", course.root], check=True, capture_output=True)
    yield
    subprocess.run(["mount", "-o", "remount,bind,rw", course.root], check=True, capture_output=True)
