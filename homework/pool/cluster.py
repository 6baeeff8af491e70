"""Workers on a dask cluster: scheduling, transport and restarts are dask's.

Theory of operation. What graders need (hidden tests, solutions, the release, the settings) is packed once and goes to
every worker that is there or joins later, as a plugin of dask's workers: over the cluster's own connections, which are
local or encrypted, into a private folder that no sandbox mounts. Submissions follow in chunks; only results come back.
A worker takes one chunk at a time, in one thread, on which its sandbox hangs. The scheduler is told not to try a chunk
again when its worker dies: that is decided in `run`, for clusters as for processes.
"""

from __future__ import annotations

import io
import ipaddress
import shutil
import socket
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from homework.course import Course
from homework.course.fingerprint import decisive_environment, differences
from homework.course.settings import Settings
from homework.errors import CourseError, UsageError
from homework.pool.grader_process import Chunk, Exported, Finish, GraderProcess
from homework.sandbox.errors import SandboxUnavailable

try:
    from distributed import Client, KilledWorker, WorkerPlugin, get_worker
    from distributed.security import Security
except ModuleNotFoundError as error:
    raise UsageError(
        f"--scheduler needs dask ({error.name} is not installed): "
        "run `make setup`, or `pip install 'homework[cluster]'`"
    ) from None

RESOURCE = "grading"
_CONNECT_SECONDS = 15
_WAIT_SECONDS = 60


class Cluster:
    """A dask cluster, through the executor that its client offers."""

    lost: tuple[type[Exception], ...] = (KilledWorker,)
    patience: float | None = 5.0

    def __init__(self, address: str, course: Course, assignment: str) -> None:
        require_private(address)
        try:
            self._client = Client(
                address, security=Security(), timeout=_CONNECT_SECONDS, set_as_default=False, name="homework"
            )
        except (OSError, TimeoutError, TypeError, ValueError) as error:
            raise UsageError(f"no dask scheduler answers at {address}: {error}") from error
        self._plugin = f"homework {course.root.name} {assignment}"
        self._forgiving: int | None = None
        self._patient = 0.0
        try:
            self._client.wait_for_workers(1, timeout=_WAIT_SECONDS)
            workers = self._workers()
            for name in workers:
                require_private(name)
            self._forgiving = self._client.run_on_scheduler(_forgive, failures=0)
            self._client.register_plugin(Package(course, assignment), name=self._plugin)
            # Where some workers were started for grading, the others are left alone.
            marked = any(RESOURCE in worker["resources"] for worker in workers.values())
            wanted = {"resources": {RESOURCE: 1}} if marked else {}
            self._executor = self._client.get_executor(pure=False, retries=0, **wanted)
        except TimeoutError as error:
            self.close(at_once=True)
            raise CourseError(f"no dask worker has joined {address} in {_WAIT_SECONDS} s") from error
        except BaseException:
            self.close(at_once=True)
            raise

    def _workers(self) -> dict[str, Any]:
        found: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    def width(self) -> int:
        """Two chunks for each worker that is there: one under way, one that waits."""
        return 2 * max(1, len(self._workers()))

    def submit(self, chunk: Chunk, finish: Finish[Exported]) -> Future[list[Exported]]:
        """Let a worker grade `chunk`."""
        self._patient = 0.0
        future: Future[list[Exported]] = self._executor.submit(_grade, self._plugin, chunk, finish)
        return future

    def renew(self) -> None:
        """Nothing to mend: dask's nannies start new workers."""

    def check(self) -> None:
        """Raise CourseError when there has been no worker for a while."""
        self._patient = 0.0 if self._workers() else self._patient + (self.patience or 0.0)
        if self._patient >= _WAIT_SECONDS:
            raise CourseError(
                "no dask worker is left; what was graded is recorded. Start workers (with a nanny, so that they come "
                "back) and run the same command again."
            )

    def close(self, at_once: bool) -> None:
        """Take the answers off the workers, end their sandboxes and leave the cluster."""
        with suppress(OSError, TimeoutError):  # a cluster that is gone has forgotten everything
            if self._forgiving is not None:
                self._client.run_on_scheduler(_forgive, failures=self._forgiving)
                self._client.unregister_worker_plugin(self._plugin)
        self._client.close()


def require_private(address: str) -> None:
    """Raise UsageError for an address over which answers would travel in the clear."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme == "tls":
        return
    if parts.scheme == "tcp" and _is_loopback(parts.hostname or ""):
        return
    raise UsageError(
        f"{address} is not encrypted, and hidden tests and answers would travel over it: use a tls:// address, with "
        "the certificates in dask's configuration (distributed.comm.tls; docs/cluster.md), or a scheduler on 127.0.0.1"
    )


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _forgive(failures: int, dask_scheduler: Any) -> int:
    """On the scheduler: how often a task may lose its worker before we hear of it; the number before."""
    before, dask_scheduler.allowed_failures = dask_scheduler.allowed_failures, failures
    return int(before)


class Package(WorkerPlugin):
    """What a worker needs of a course to grade one assignment, packed; unpacked in the worker that it is set up in."""

    def __init__(self, course: Course, assignment: str) -> None:
        self.assignment = assignment
        self.settings: Settings = course.settings
        self.environment = decisive_environment(course, assignment)
        self.data = _packed(course, assignment)
        self._folder: Path | None = None
        self._grader_process: GraderProcess | None = None

    def setup(self, worker: Any) -> None:
        """In a worker, when it gets the plugin; an error keeps the worker from being used."""
        if worker.state.nthreads != 1:
            raise CourseError(
                f"the dask worker {worker.address} has {worker.state.nthreads} threads: start it with --nthreads 1"
            )
        self._folder = Path(tempfile.mkdtemp(prefix="homework-"))  # for nobody else, 0700
        if any(self._folder.resolve().is_relative_to(place) for place in _mounted()):
            raise CourseError(f"{self._folder} is visible in the sandbox: set TMPDIR to another folder")
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            archive.extractall(self._folder)
        self.data = b""

    def teardown(self, worker: Any) -> None:
        """In a worker, when it ends or the grader has left."""
        if self._grader_process is not None:
            self._grader_process.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def grader_process(self) -> GraderProcess:
        """The grader of this worker. Raises CourseError where it would not grade like the one who asks."""
        assert self._folder is not None
        if self._grader_process is None:
            course = Course(self._folder)
            course.settings = self.settings
            if different := differences(self.environment, decisive_environment(course, self.assignment)):
                raise CourseError(
                    f"it would not grade alike: {'; '.join(different)}. Install the same versions."
                )
            self._grader_process = GraderProcess(course, self.assignment)
        return self._grader_process


def _packed(course: Course, assignment: str) -> bytes:
    """The files of `assignment`, as a zip archive; with what hidden tests may read beside them."""
    task = course.assignment(assignment)
    parts = (course.root / part / assignment for part in ("solutions", "tests"))
    folders = [task.source, task.release, *parts]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in _files(folders):
            archive.write(path, path.relative_to(course.root))
    return data.getvalue()


def _files(folders: Iterable[Path]) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]


def _mounted() -> list[Path]:
    """What a sandbox mounts of this machine."""
    return [Path(place).resolve() for place in ("/usr", sys.prefix, sys.base_prefix)]


def _grade(plugin: str, chunk: Chunk, finish: Finish[Any]) -> list[Any]:
    """In a worker: grade one chunk."""
    results: list[Any] = []
    where = f"on the dask worker {socket.gethostname()}"
    try:
        package = get_worker().plugins[plugin]
        assert isinstance(package, Package)
        package.grader_process().grade(chunk, finish, results.append)
    except SandboxUnavailable as error:
        raise SandboxUnavailable(f"{where}: {error}") from None
    except CourseError as error:
        raise CourseError(f"{where}: {error}") from None
    return results
