"""Jobs shared out among processes, some of which die."""

import errno
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from disks import full, mounted
from doers import Copier, jobs
from PIL import Image

from hairtint import batch
from hairtint.batch.crew import Alone, Processes, share
from hairtint.cli import run
from hairtint.errors import DiskError, ModelError, PictureError, WorkerError


def by_name(outcomes):
    return {outcome.job.source.stem: outcome for outcome in outcomes}


def test_a_worker_that_dies_costs_a_photo_at_most(tmp_path):
    names = ["a", "never", "b", "once", "refused", "c", "odd", "ctrl-c"]
    done = by_name(share(jobs(tmp_path, *names), Processes(Copier), 2, resume=False))
    assert done.keys() == set(names)
    assert sorted(p.stem for p in tmp_path.glob("*.out")) == ["a", "b", "c", "ctrl-c", "once"]
    assert all(done[name].error is None for name in ("a", "b", "c", "ctrl-c", "once"))
    assert isinstance(done["never"].error, WorkerError)
    assert "never.jpg: 2 processes died at it (signal 9)" in str(done["never"].error)
    assert isinstance(done["refused"].error, PictureError)
    assert "odd.jpg: ZeroDivisionError: nobody thought of it" in str(done["odd"].error)


def test_alone_too_what_nobody_thought_of_costs_one_photo(tmp_path):
    done = by_name(share(jobs(tmp_path, "refused", "odd", "a"), Alone(Copier()), 1, resume=False))
    assert isinstance(done["refused"].error, PictureError)
    assert "odd.jpg: ZeroDivisionError: nobody thought of it" in str(done["odd"].error)
    assert done["a"].error is None


@pytest.mark.parametrize("crew", [Alone(Copier()), Processes(Copier)])
@pytest.mark.parametrize(("name", "kind"), [("model", ModelError), ("full", DiskError)])
def test_what_no_other_photo_would_escape_ends_the_batch(tmp_path, crew, name, kind):
    with pytest.raises(kind):
        list(share(jobs(tmp_path, name, "a"), crew, 1, resume=False))
    assert not list(tmp_path.glob("*.out"))


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_full_disk_ends_a_batch_that_goes_on_when_there_is_room(tree, tmp_path, capsys, processes):
    call = ["image", str(tree / "photos"), "-r", "-c", "copper", "--model", "light", "-j", processes, "-o"]
    with full(tmp_path / "disk") as disk:
        (disk / "too").write_bytes(bytes(4096))
        assert run([*call, f"{disk}/"]) == 1
        said = capsys.readouterr()
        assert not said.out
        assert said.err.endswith(" cannot be written, the disk is full: make room, then try again\n")
        assert said.err.count("\n") == 1
    assert run([*call, f"{disk}/"]) == 0, "in a folder that has room"
    assert results(disk).keys() == {"a.jpg", "in/b.png", "in/deep/c.jpg"}


def test_a_read_only_disk_ends_a_batch(tree, tmp_path, capsys):
    (tmp_path / "disk").mkdir()
    with mounted(tmp_path / "disk", "ro") as disk:
        assert run(["image", str(tree / "photos"), "-r", "-c", "copper", "-j", "1", "-o", f"{disk}/"]) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_no_job_is_looked_at_before_its_time(tmp_path):
    asked = []

    def watched():
        for job in jobs(tmp_path, *"abcdef"):
            asked.append(job)
            yield job

    for count, _ in enumerate(share(watched(), Alone(Copier()), 1, resume=False), start=1):
        assert len(asked) == count


class FewCores:
    """Workers on a cluster of so many cores: one that gets none does not begin until another one goes."""

    def __init__(self, cores):
        self.cores, self.hired = cores, []

    def hire(self):
        self.hired.append(OnACore(self))
        return self.hired[-1]

    def first_done(self, busy):
        working = [worker for worker in self.hired[: self.cores] if worker in busy]
        assert working, "those that have a core have no work, and those that have work no core: it would wait forever"
        return working[0]


class OnACore(Alone):
    def __init__(self, crew):
        super().__init__(Copier())
        self.crew = crew

    def dismiss(self):
        self.crew.hired.remove(self)


@pytest.mark.parametrize("names", ["ab", "abcdefgh"])
def test_more_workers_than_cores_do_all_jobs(tmp_path, names):
    crew = FewCores(2)
    done = by_name(share(jobs(tmp_path, *names), crew, 5, resume=False))
    assert done.keys() == set(names)
    assert crew.hired == []


def test_who_meets_what_ends_the_batch_is_dismissed_too(tmp_path):
    crew = FewCores(2)
    with pytest.raises(DiskError):
        list(share(jobs(tmp_path, "a", "b", "full"), crew, 2, resume=False))
    assert crew.hired == []


def test_what_is_done_is_passed_over(tmp_path):
    (tmp_path / "b.out").write_text("before")
    done = by_name(share(jobs(tmp_path, "a", "b"), Alone(Copier()), 1, resume=True))
    assert [done[name].passed for name in "ab"] == [False, True]
    assert (tmp_path / "b.out").read_text() == "before"


def test_two_runs_in_one_folder_get_along(tmp_path, portrait, portrait_path):
    job = batch.Job(portrait_path, tmp_path / "x.png", tmp_path / "x-mask.png")

    def other_run_first(rgb):
        batch.run(job, lambda rgb: rgb[..., 0] / 255, lambda rgb, mask: rgb // 2, resume=True)
        return rgb[..., 0] / 255

    batch.run(job, other_run_first, lambda rgb, mask: rgb, resume=True)
    assert {path.name for path in tmp_path.iterdir()} == {"x.png", "x-mask.png"}
    assert (batch.task.Photo.open(tmp_path / "x.png").rgb == portrait // 2).all(), "the first one's stays"


@pytest.fixture
def tree(tmp_path, portrait):
    for k, name in enumerate(("a.jpg", "in/b.png", "in/deep/c.jpg")):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(portrait).resize((120 + k, 120)).save(tmp_path / "photos" / name)
    return tmp_path


def results(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_processes_dye_as_one_does_and_trees_keep_their_structure(tree, capsys):
    call = ["image", str(tree / "photos"), "-r", "-c", "copper", "--model", "light", "-o"]
    assert run([*call, str(tree / "one"), "-j", "1"]) == 0
    assert run([*call, str(tree / "two"), "-j", "2", "-q"]) == 0
    assert results(tree / "one").keys() == {"a.jpg", "in/b.png", "in/deep/c.jpg"}
    assert results(tree / "one") == results(tree / "two")
    (tree / "one" / "in" / "b.png").unlink()
    capsys.readouterr()
    assert run([*call, str(tree / "one")]) == 0
    assert "2 results were there already" in capsys.readouterr().err
    assert results(tree / "one") == results(tree / "two")


@pytest.fixture
def locked(tree, monkeypatch):
    """A folder among those of the tree that may not be looked into, not even by root."""
    scandir = os.scandir

    def refusing(path):
        if Path(path) == tree / "photos" / "in":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    return tree / "photos" / "in"


@pytest.mark.parametrize("command", ["image", "style"])
def test_a_folder_that_cannot_be_read_is_said(tree, locked, capsys, command):
    options = ["-c", "copper", "-o", str(tree / "out"), "-j", "1"] if command == "image" else []
    line = f"hairtint: the folder {locked} cannot be read (Permission denied): make it readable"
    assert run([command, str(tree / "photos"), "-r", "--model", "light", *options]) == 1
    said = capsys.readouterr()
    assert said.err.count(line) == 1
    assert f"{tree / ('out' if options else 'photos') / 'a.jpg'}" in said.out + said.err, "the others are looked at"
    for recursive in ([], ["-r"]):
        assert run([command, str(locked), *recursive, *options]) == 1
        assert capsys.readouterr().err.startswith(line)


def test_a_list_from_a_file_or_standard_input(tree, monkeypatch, capsys):
    monkeypatch.chdir(tree)
    names = b"photos/a.jpg\nphotos/none.jpg\nphotos/in/b.png\n"
    (tree / "list").write_bytes(names)
    call = ["image", "-c", "copper", "--model", "light", "--base", "photos"]
    assert run([*call, "--list", "list", "-o", "one"]) == 1
    assert "1 of 3 photos could not be done" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(names)))
    assert run([*call, "--list", "-", "-j", "1", "-o", "two"]) == 1
    assert results(tree / "one").keys() == {"a.jpg", "in/b.png"}
    assert results(tree / "one") == results(tree / "two")
    (tree / "two" / "deep").write_text("in the way")
    (tree / "photos" / "deep").symlink_to(tree / "photos" / "in" / "deep")
    (tree / "list").write_bytes(b"photos/deep/c.jpg\nphotos/a\0.jpg\nphotos/a.jpg\n")
    assert run([*call, "--list", "list", "-o", "two"]) == 1
    said = capsys.readouterr().err
    assert "cannot create two/deep" in said
    assert "2 of 3 photos could not be done" in said
    assert run([*call, "--list", "none", "-o", "two"]) == 1
    assert "cannot read the list none" in capsys.readouterr().err
    assert run(["image", "-c", "copper"]) == 2


def test_a_list_from_a_pipe_is_read_once(tree, monkeypatch):
    """As `--list <(find …)` is one."""
    monkeypatch.chdir(tree)
    end, other = os.pipe()
    os.write(other, b"photos/a.jpg\nphotos/in/deep/c.jpg\n")
    os.close(other)
    call = ["image", "-c", "copper", "--model", "light", "-j", "1", "-o", "out", "--list", f"/dev/fd/{end}"]
    assert run(call) == 0
    os.close(end)
    assert results(tree / "out").keys() == {"photos/a.jpg", "photos/in/deep/c.jpg"}


def test_killed_in_the_middle_and_gone_on(tree):
    for k in range(20):
        (tree / "photos" / f"more{k}.jpg").write_bytes((tree / "photos" / "a.jpg").read_bytes())
    call = ["image", str(tree / "photos"), "-r", "-c", "copper", "--model", "light", "-o"]
    with subprocess.Popen([sys.executable, "-m", "hairtint", *call, tree / "cut", "-j", "2"], stdout=-1) as batch_:
        assert batch_.stdout.readline().endswith(b".jpg\n"), "the first photo is done"
        batch_.send_signal(signal.SIGKILL)
    left = results(tree / "cut")
    assert 1 <= len(left) < 23
    assert run([*call, str(tree / "cut"), "-q", "-j", "1"]) == 0
    assert run([*call, str(tree / "whole"), "-q", "-j", "1"]) == 0
    for _ in range(100):  # a worker that had begun may still end its photo
        if not list((tree / "cut").rglob(".*.part")):
            break
        time.sleep(0.1)
    whole = {name: data for name, data in results(tree / "cut").items() if not name.endswith(".part")}
    assert whole == results(tree / "whole")
