"""The process that reads uploads: after any failure it gives a plain sentence and goes on."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.files import validators
from catalog.sandbox import client
from catalog.sandbox.client import READERS, SandboxProcess, ask, sandbox_process
from catalog.sandbox.exceptions import Refused
from tests import files

ROOT = Path(__file__).resolve().parents[3]
CAPTIONS = files.VIDEO_PATH.with_suffix(".vtt")


@pytest.fixture(autouse=True)
def own_reader(monkeypatch):
    """A new reader process for each test, which nothing else asks."""
    own = SandboxProcess()
    monkeypatch.setitem(client._processes, (READERS, 0), own)
    yield own
    own.end()


@pytest.fixture
def slow(tmp_path):
    """The path of captions that take forever to read: a pipe without a writer."""
    path = tmp_path / "slow.vtt"
    os.mkfifo(path)
    return path


def is_answered():
    """Whether the next question is answered as usual."""
    return len(ask("captions.read", CAPTIONS, ending="vtt")["cues"]) > 3


def refusal(what, path, **options):
    with pytest.raises(Refused) as caught:
        ask(what, path, **options)
    return caught.value.code


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.01)


def is_running(pid):
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(pid):
    pids = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                pids.append(int(folder.name))
    return pids


def pid_at_work():
    """Returns the pid of the process, after it has started to read a file."""
    wait_until(lambda: sandbox_process().process and children_of(sandbox_process().process.pid))
    return sandbox_process().process.pid


def kill_at_work(times):
    for _time in range(times):
        pid = pid_at_work()
        os.kill(pid, signal.SIGKILL)
        wait_until(
            lambda pid=pid: not sandbox_process().process or sandbox_process().process.pid != pid
        )


def ask_in_thread(what, path, **options):
    """Asks in a separate thread and returns the future of the refusal."""
    return ThreadPoolExecutor(1).submit(refusal, what, path, **options)


def start_python(code):
    """Starts a Python process that runs `code`."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


READ = "from catalog.files.inspection import readers"


@pytest.fixture
def changed_server(monkeypatch):
    """changed_server(IDLE=1) makes the reader start with other limits."""
    start = subprocess.Popen

    def change(**limits):
        lines = [
            f"{'readers' if name == 'IDLE' else 'server'}.{name} = {value}"
            for name, value in limits.items()
        ]
        serve = "server.serve(readers, sys.stdin.fileno(), sys.stdout)"
        code = "; ".join(["import sys", "from catalog.sandbox import server", READ, *lines, serve])
        command = [sys.executable, "-c", code]
        monkeypatch.setattr(
            client.subprocess, "Popen", lambda _command, **options: start(command, **options)
        )

    return change


def test_one_process_answers_several_questions(own_reader):
    assert is_answered()
    first = own_reader.process.pid
    assert is_answered() and own_reader.process.pid == first


# ---- Killed, or over a limit ----


def test_a_process_that_is_killed_at_work_is_replaced_and_asked_again(slow):
    question = ask_in_thread("captions.read", slow, ending="vtt", limit=1)
    kill_at_work(times=1)
    assert question.result(10) == "too_slow"
    assert is_answered()


def test_a_file_that_kills_it_twice_is_called_damaged(slow):
    question = ask_in_thread("captions.read", slow, ending="vtt")
    kill_at_work(times=2)
    assert question.result(10) == "unreadable"
    assert is_answered()


def test_the_process_survives_when_its_child_is_killed(slow, own_reader):
    question = ask_in_thread("captions.read", slow, ending="vtt")
    os.kill(children_of(pid_at_work())[0], signal.SIGKILL)
    assert question.result(10) == "unreadable"
    kept = own_reader.process.pid
    assert is_answered() and own_reader.process.pid == kept


def test_a_process_that_is_killed_between_two_questions_is_replaced(own_reader):
    assert is_answered()
    os.kill(own_reader.process.pid, signal.SIGKILL)
    assert is_answered()


def test_a_question_that_takes_too_long_is_stopped(slow):
    assert refusal("captions.read", slow, ending="vtt", limit=1) == "too_slow"
    assert is_answered()


def test_no_child_goes_on_after_the_time_limit(slow, own_reader):
    refusal("captions.read", slow, ending="vtt", limit=1)
    assert children_of(own_reader.process.pid) == []


def test_a_question_that_takes_too_much_memory_is_stopped(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(files.image(size=(3000, 3000)))
    assert refusal("images.read", path, ending="png", megabytes=16) == "too_much"
    assert ask("images.read", path, ending="png")["width"] == 3000


@pytest.mark.parametrize(
    "limits, sentence",
    [
        (
            {"limit": 1},
            "“slow.vtt” takes too long to read. It may be damaged.",
        ),
        (
            {"megabytes": 16},
            "“a.png” takes too much memory to read. It may be damaged.",
        ),
    ],
)
def test_an_editor_reads_a_plain_sentence(monkeypatch, slow, limits, sentence):
    def ask_within(what, path, **options):
        return ask(what, slow if "limit" in limits else path, **options, **limits)

    monkeypatch.setattr(validators, "ask", ask_within)
    name = sentence[1:].partition("”")[0]
    check = validators.check_captions if name.endswith("vtt") else validators.check_image
    with pytest.raises(ValidationError) as caught:
        check(SimpleUploadedFile(name, files.image(size=(3000, 3000))))
    assert caught.value.messages == [sentence]


@pytest.mark.parametrize("what", ["captions.nothing", "nothing.read", "captions", ""])
def test_a_question_without_an_answer_does_not_harm_the_next_one(what):
    assert refusal(what, CAPTIONS, ending="vtt") == "unreadable"
    assert is_answered()


def test_a_missing_file_is_unreadable(tmp_path):
    assert refusal("captions.read", tmp_path / "a.vtt", ending="vtt") == "unreadable"
    assert is_answered()


def test_an_answer_that_is_too_large_is_stopped(changed_server, own_reader):
    changed_server(MAX_ANSWER_BYTES=600)
    assert refusal("captions.read", CAPTIONS, ending="vtt") == "too_slow"
    kept = own_reader.process.pid
    assert ask("video.read", files.VIDEO_PATH, ending="mp4")["seconds"] == 45
    assert own_reader.process.pid == kept


# ---- Start and end ----


def test_an_idle_process_ends_and_the_next_question_starts_a_new_one(changed_server, own_reader):
    changed_server(IDLE=0.2)
    assert is_answered()
    first = own_reader.process.pid
    wait_until(lambda: not is_running(first))
    assert is_answered() and own_reader.process.pid != first


STARTED = """
    import os, signal, sys
    from catalog.sandbox.client import ask, sandbox_process
    ask("captions.read", sys.stdin.readline().strip(), ending="vtt")
    print(sandbox_process().process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL) if %r else None
"""


@pytest.mark.parametrize("killed", [True, False])
def test_the_process_ends_with_the_process_that_asked(killed):
    started = start_python(STARTED % killed)
    output, _ = started.communicate(f"{CAPTIONS}\n".encode(), timeout=30)
    assert started.returncode == (-signal.SIGKILL if killed else 0)
    wait_until(lambda: not is_running(int(output)))


def test_the_child_at_work_ends_with_the_process(slow, own_reader):
    """Otherwise an endless loop would keep a processor busy."""
    question = ask_in_thread("captions.read", slow, ending="vtt", limit=1)
    reader = children_of(pid_at_work())[0]
    os.kill(own_reader.process.pid, signal.SIGKILL)
    question.result(10)
    wait_until(lambda: not is_running(reader))


def test_an_interrupt_at_the_terminal_does_not_reach_the_process(own_reader):
    """It has a session of its own, so that Ctrl-C ends the server first."""
    assert is_answered()
    assert os.getsid(own_reader.process.pid) != os.getsid(0)


# ---- Several questions at the same time ----


def test_a_forked_process_starts_a_sandbox_process_of_its_own(own_reader):
    assert is_answered()
    child = os.fork()
    if not child:
        good = is_answered() and sandbox_process() is not own_reader
        sandbox_process().end()
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert sandbox_process() is own_reader and is_answered()


def test_threads_that_ask_at_the_same_time_each_get_their_own_answer(tmp_path):
    paths = {}
    for pages in range(1, 9):
        paths[pages] = tmp_path / f"{pages}.pdf"
        paths[pages].write_bytes(files.pdf(pages))
    together = threading.Barrier(8)

    def pages_read(pages):
        together.wait()
        return [ask("documents.read", paths[pages], ending="pdf")["pages"] for _n in range(5)]

    with ThreadPoolExecutor(8) as threads:
        read = dict(zip(paths, threads.map(pages_read, paths), strict=True))
    assert read == {pages: [pages] * 5 for pages in paths}
    assert len(children_of(os.getpid())) >= 1


def test_a_thread_that_waits_for_its_turn_is_answered_after_a_kill(slow):
    first = ask_in_thread("captions.read", slow, ending="vtt", limit=1)
    pid_at_work()
    second = ThreadPoolExecutor(1).submit(is_answered)
    kill_at_work(times=1)
    assert first.result(10) == "too_slow"
    assert second.result(10)
