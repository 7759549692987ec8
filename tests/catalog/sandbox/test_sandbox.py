"""The process that reads uploads: whatever befalls it, a plain sentence comes, and more answers."""

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
    """A new one for each test, which nobody else asks meanwhile."""
    own = SandboxProcess()
    monkeypatch.setitem(client._processes, (READERS, 0), own)
    yield own
    own.end()


@pytest.fixture
def slow(tmp_path):
    """The path of captions that take for ever to be read: a pipe into which nobody writes."""
    path = tmp_path / "slow.vtt"
    os.mkfifo(path)
    return path


def answers():
    """Whether the next question is answered as if nothing had been."""
    return len(ask("captions.read", CAPTIONS, ending="vtt")["cues"]) > 3


def refusal(what, path, **options):
    with pytest.raises(Refused) as caught:
        ask(what, path, **options)
    return caught.value.code


def wait_until(condition, seconds=10):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.01)


def is_there(pid):
    """Whether a process runs; one that ended and is not waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(pid):
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


def at_work():
    """The pid of the process that reads, once it has a file in hand."""
    wait_until(lambda: sandbox_process().process and children_of(sandbox_process().process.pid))
    return sandbox_process().process.pid


def kill_at_work(times):
    for _time in range(times):
        pid = at_work()
        os.kill(pid, signal.SIGKILL)
        wait_until(
            lambda pid=pid: not sandbox_process().process or sandbox_process().process.pid != pid
        )


def asked_aside(what, path, **options):
    """A question that is asked in a thread of its own."""
    return ThreadPoolExecutor(1).submit(refusal, what, path, **options)


def run(code):
    """What a Python process with `code` prints; `serve()` there is the reader of uploads."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


READ = "from catalog.files.inspection import readers"


@pytest.fixture
def changed_server(monkeypatch):
    """changed_server(IDLE=1): the reader is started with other limits."""
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


def test_it_works(own_reader):
    assert answers()
    first = own_reader.process.pid
    assert answers() and own_reader.process.pid == first


# ---- Killed, or beyond a limit ----


def test_one_that_is_killed_at_work_is_replaced_and_asked_again(slow):
    question = asked_aside("captions.read", slow, ending="vtt", limit=1)
    kill_at_work(times=1)
    assert question.result(10) == "too_slow"
    assert answers()


def test_a_file_that_kills_it_twice_is_called_damaged(slow):
    question = asked_aside("captions.read", slow, ending="vtt")
    kill_at_work(times=2)
    assert question.result(10) == "unreadable"
    assert answers()


def test_only_the_one_that_reads_a_file_is_killed(slow, own_reader):
    question = asked_aside("captions.read", slow, ending="vtt")
    os.kill(children_of(at_work())[0], signal.SIGKILL)
    assert question.result(10) == "unreadable"
    kept = own_reader.process.pid
    assert answers() and own_reader.process.pid == kept


def test_one_that_is_killed_between_two_questions_is_replaced(own_reader):
    assert answers()
    os.kill(own_reader.process.pid, signal.SIGKILL)
    assert answers()


def test_what_takes_too_long_is_given_up(slow):
    assert refusal("captions.read", slow, ending="vtt", limit=1) == "too_slow"
    assert answers()


def test_nothing_goes_on_reading_what_was_given_up(slow, own_reader):
    refusal("captions.read", slow, ending="vtt", limit=1)
    assert children_of(own_reader.process.pid) == []


def test_what_takes_too_much_memory_is_given_up(tmp_path):
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
    named = sentence[1:].partition("”")[0]
    check = validators.check_captions if named.endswith("vtt") else validators.check_image
    with pytest.raises(ValidationError) as caught:
        check(SimpleUploadedFile(named, files.image(size=(3000, 3000))))
    assert caught.value.messages == [sentence]


@pytest.mark.parametrize("what", ["captions.nothing", "nothing.read", "captions", ""])
def test_a_question_that_nobody_can_answer_harms_no_other(what):
    assert refusal(what, CAPTIONS, ending="vtt") == "unreadable"
    assert answers()


def test_a_file_that_is_not_there_is_no_end(tmp_path):
    assert refusal("captions.read", tmp_path / "a.vtt", ending="vtt") == "unreadable"
    assert answers()


def test_an_answer_that_is_too_large_is_not_waited_for(changed_server, own_reader):
    changed_server(LARGEST_ANSWER=600)
    assert refusal("captions.read", CAPTIONS, ending="vtt") == "too_slow"
    kept = own_reader.process.pid
    assert ask("video.read", files.VIDEO_PATH, ending="mp4")["seconds"] == 45
    assert own_reader.process.pid == kept


# ---- Its beginning and its end ----


def test_it_ends_when_nothing_is_asked_for_a_while_and_begins_again(changed_server, own_reader):
    changed_server(IDLE=0.2)
    assert answers()
    first = own_reader.process.pid
    wait_until(lambda: not is_there(first))
    assert answers() and own_reader.process.pid != first


STARTED = """
    import os, signal, sys
    from catalog.sandbox.client import ask, sandbox_process
    ask("captions.read", sys.stdin.readline().strip(), ending="vtt")
    print(sandbox_process().process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL) if %r else None
"""


@pytest.mark.parametrize("killed", [True, False])
def test_it_ends_with_the_process_that_asked(killed):
    started = run(STARTED % killed)
    said, _ = started.communicate(f"{CAPTIONS}\n".encode(), timeout=30)
    assert started.returncode == (-signal.SIGKILL if killed else 0)
    wait_until(lambda: not is_there(int(said)))


def test_what_it_was_at_ends_with_it_too(slow, own_reader):
    """A file that is read in circles would keep a processor busy."""
    question = asked_aside("captions.read", slow, ending="vtt", limit=1)
    reader = children_of(at_work())[0]
    os.kill(own_reader.process.pid, signal.SIGKILL)
    question.result(10)
    wait_until(lambda: not is_there(reader))


def test_an_interrupt_at_the_terminal_is_not_for_it(own_reader):
    """It has a session of its own, so that Ctrl-C ends the server first and it after that."""
    assert answers()
    assert os.getsid(own_reader.process.pid) != os.getsid(0)


# ---- Asked by several ----


def test_a_process_that_was_forked_asks_its_own(own_reader):
    assert answers()
    child = os.fork()
    if not child:
        good = answers() and sandbox_process() is not own_reader
        sandbox_process().end()
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert sandbox_process() is own_reader and answers()


def test_threads_that_ask_together_each_get_their_own_answer(tmp_path):
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
    first = asked_aside("captions.read", slow, ending="vtt", limit=1)
    at_work()
    second = ThreadPoolExecutor(1).submit(answers)
    kill_at_work(times=1)
    assert first.result(10) == "too_slow"
    assert second.result(10)
