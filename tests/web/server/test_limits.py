"""Who may ask for how much: the rate, the queue, and what is remembered between requests."""

import base64
import contextlib
import functools
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest

from hairtint.errors import InputError
from hairtint.photo import Photo
from hairtint.photo_origin import Origin
from hairtint.web import create_app, limits
from hairtint.web.limits import MOST_CLIENTS, RateLimit, Workers, client_of
from hairtint.web.problems import Problem
from hairtint.web.settings import Settings
from hairtint.web.store import Kept, Photos, Sessions

PATIENCE = 120  # seconds until a thread is given up: a busy machine is no defect


class Clock:
    """Time that passes when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def allowed(rate, address, cost=1.0):
    try:
        rate.take(address, cost)
    except Problem as problem:
        return (problem.status, problem.retry_after > 0) != (429, True)
    return True


def test_a_client_may_send_a_burst_and_then_the_rate():
    clock = Clock()
    rate = RateLimit(60, clock)
    assert sum(allowed(rate, "192.0.2.1") for _ in range(30)) == 10
    assert allowed(rate, "192.0.2.2"), "another client has a bucket of its own"
    clock.now += 3
    assert sum(allowed(rate, "192.0.2.1") for _ in range(30)) == 3
    clock.now += 1e6
    assert sum(allowed(rate, "192.0.2.1") for _ in range(30)) == 10, "no more than a burst is saved up"


def test_the_wait_that_is_named_is_long_enough_and_no_longer():
    clock = Clock()
    rate = RateLimit(60, clock)
    while allowed(rate, "192.0.2.1"):
        pass
    with pytest.raises(Problem) as refused:
        rate.take("192.0.2.1")
    clock.now += refused.value.retry_after * 0.9
    assert not allowed(rate, "192.0.2.1")
    clock.now += refused.value.retry_after * 0.2
    assert allowed(rate, "192.0.2.1")


def test_small_requests_cost_less_and_no_rate_is_no_limit():
    rate = RateLimit(60, Clock())
    assert sum(allowed(rate, "192.0.2.1", 1 / 20) for _ in range(500)) == 200
    assert all(allowed(RateLimit(0), "192.0.2.1") for _ in range(1000))
    assert allowed(RateLimit(1), None), "a burst is one request at least"


def test_clients_are_told_apart_as_they_are():
    assert client_of("192.0.2.1") == client_of("::ffff:192.0.2.1") != client_of("192.0.2.2")
    assert client_of("2001:db8::1") == client_of("2001:db8::ffff:2") != client_of("2001:db8:0:1::1")
    assert client_of("192.0.2.1:51234") == client_of("192.0.2.1"), "as some proxies name it"
    assert client_of("[2001:db8::1]:443") == client_of("[2001:db8::2]") == client_of("2001:db8::1")
    assert client_of(None) == client_of("no address") == "unknown"


def test_the_memory_for_clients_is_bounded():
    rate = RateLimit(60, Clock())
    for n in range(MOST_CLIENTS + 500):
        rate.take(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert len(rate.buckets) == MOST_CLIENTS


def test_where_many_clients_come_the_one_that_was_idle_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(limits, "MOST_CLIENTS", 2)
    rate = RateLimit(60, Clock())
    for address in ("192.0.2.1", "192.0.2.2"):
        rate.take(address)
    assert sum(allowed(rate, "192.0.2.3") for _ in range(50)) == 10, "and not the newest, which would have no limit"


def test_too_many_requests_are_refused_by_the_application(jpeg):
    client = create_app(rate=12, model="light").test_client()
    answers = [client.post("/api/v1/mask", data={"image": (BytesIO(jpeg), "x.jpg")}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert client.get("/").status_code == client.get("/healthz").status_code == 200, "the page costs nothing"


def test_behind_a_proxy_the_client_is_the_one_that_the_proxy_names(jpeg):
    def statuses(behind_proxy):
        client = create_app(rate=6, model="light", behind_proxy=behind_proxy).test_client()
        return [
            client.post(
                "/api/v1/mask", data={"image": (BytesIO(jpeg), "x.jpg")}, headers={"X-Forwarded-For": f"192.0.2.{n}"}
            ).status_code
            for n in range(3)
        ]

    assert statuses(behind_proxy=True) == [200, 200, 200]
    assert statuses(behind_proxy=False) == [200, 429, 429], "anybody could write such a header"


def test_a_job_waits_in_the_line_of_its_client(jpeg, monkeypatch):
    app = create_app(rate=0, model="light", behind_proxy=True)
    workers, clients = app.extensions["hairtint"].workers, []
    real = workers.do
    monkeypatch.setattr(workers, "do", lambda job, client: clients.append(client) or real(job, client))
    upload, sender = {"image": (BytesIO(jpeg), "x.jpg")}, {"X-Forwarded-For": "192.0.2.1:51234"}
    assert app.test_client().post("/api/v1/mask", data=upload, headers=sender).status_code == 200
    assert clients == ["192.0.2.1"]


@pytest.fixture
def gate():
    """Workers with one slot, one place to wait, and a job that goes on until it is let go."""
    workers = Workers(1, 1, patience=PATIENCE)
    started, release = threading.Event(), threading.Event()

    def job():
        started.set()
        assert release.wait(PATIENCE)
        return "done"

    yield workers, job, started, release
    release.set()
    workers.close()


def in_thread(work):
    results = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    return thread, results


def busy(workers):
    """The status of a job that is refused."""
    with pytest.raises(Problem) as refused:
        workers.do(lambda: pytest.fail("it must not run"))
    return refused.value.status


def test_one_works_one_waits_and_the_next_is_told_to_come_again(gate):
    workers, job, started, release = gate
    first, done = in_thread(lambda: workers.do(job))
    assert started.wait(PATIENCE)
    second, also_done = in_thread(lambda: workers.do(lambda: "too"))
    while not workers.full():
        second.join(0.005)
    assert workers.waiting == 1
    with pytest.raises(Problem) as refused:
        workers.do(lambda: None)
    assert refused.value.status == 503
    assert 1 <= refused.value.retry_after <= 60
    release.set()
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert (done, also_done) == (["done"], ["too"])
    assert workers.inside == 0
    assert workers.do(lambda: 3) == 3


def test_nobody_waits_for_ever(gate):
    workers, job, started, release = gate
    thread, done = in_thread(lambda: workers.do(job))
    assert started.wait(PATIENCE)
    workers.patience, workers.mean = 0.01, 0.0  # nobody could foresee it
    with pytest.raises(Problem) as refused:
        workers.do(lambda: pytest.fail("a job that was given up must not run"))
    assert refused.value.status == 503
    release.set()
    thread.join(PATIENCE)
    assert done == ["done"], "a job that has begun is finished"


def test_clients_take_turns_however_many_jobs_of_one_wait(gate):
    workers, job, started, release = gate
    workers.queue, done = 100, []
    threads = [in_thread(lambda: workers.do(job))[0]]
    assert started.wait(PATIENCE)
    for count, client in enumerate(["one"] * 4 + ["two", "three", "two"], start=2):
        threads += in_thread(functools.partial(workers.do, functools.partial(done.append, client), client))[:1]
        while workers.inside < count:
            threads[-1].join(0.005)
    workers.mean = PATIENCE / 6
    assert workers.full("one")
    assert not workers.full("four"), "before which come the job that runs and one of each client"
    release.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert done == ["one", "two", "three", "one", "two", "one", "one"]


def test_the_next_free_worker_is_not_for_a_client_that_has_all_others():
    workers, done = Workers(2, 100, PATIENCE), []
    first, second = threading.Event(), threading.Event()
    jobs = [
        (first.wait, "one"),
        (second.wait, "one"),
        (lambda: done.append("one"), "one"),
        (lambda: done.append("two"), "two"),
    ]
    threads = []
    for count, (job, client) in enumerate(jobs, start=1):
        if client == "two":
            assert workers.wait("two") < workers.wait("one")
        threads += in_thread(functools.partial(workers.do, job, client))[:1]
        while workers.inside < count or workers.running["one"] < min(count, 2):
            threads[-1].join(0.005)
    first.set()
    while len(done) < 2:
        threads[-1].join(0.005)
    second.set()
    for thread in threads:
        thread.join(PATIENCE)
    workers.close()
    assert done == ["two", "one"]
    assert not workers.running


def test_jobs_that_nobody_waits_for_any_more_are_gone(gate):
    workers, job, started, release = gate
    first, _ = in_thread(lambda: workers.do(job))
    assert started.wait(PATIENCE)
    workers.patience, workers.mean = 0.01, 0.0
    assert busy(workers) == 503
    assert not workers.lines
    workers.patience = PATIENCE
    release.set()
    first.join(PATIENCE)
    assert workers.do(lambda: 3) == 3


def test_jobs_that_wait_are_forgotten_in_the_end(gate):
    workers, job, started, release = gate
    first, done = in_thread(lambda: workers.do(job))
    assert started.wait(PATIENCE)
    second, refused = in_thread(lambda: busy(workers))
    while not workers.waiting:
        second.join(0.005)
    closing, _ = in_thread(workers.close)
    second.join(PATIENCE)
    assert refused == [503]
    release.set()
    for thread in (first, closing):
        thread.join(PATIENCE)
    assert done == ["done"]


def test_a_wait_that_can_be_foreseen_to_be_too_long_is_refused_at_once(gate):
    workers, job, started, release = gate
    workers.queue, workers.patience = 100, 5.0
    workers.mean = 6.0
    thread, done = in_thread(lambda: workers.do(job))
    assert started.wait(PATIENCE), "where nobody waits, the first is let in however long jobs take"
    assert workers.full()
    with pytest.raises(Problem, match="busy"):
        workers.do(lambda: pytest.fail("it must not even wait"))
    workers.mean = 4.0
    assert not workers.full(), "as long as one patience"
    release.set()
    thread.join(PATIENCE)
    assert done == ["done"]


def test_the_estimate_follows_what_jobs_take():
    workers = Workers(1, 1, patience=20)
    for _ in range(200):
        workers.do(lambda: None)
    assert workers.mean < 0.1
    workers.close()


def test_those_who_are_refused_do_not_all_come_back_at_once(gate):
    workers, *_ = gate
    workers.inside, workers.mean = 100, 0.2
    waits = set()
    for _ in range(20):
        with pytest.raises(Problem) as refused:
            workers.check()
        waits.add(refused.value.retry_after)
    workers.inside = 0
    assert len(waits) > 10
    assert all(20 <= wait <= 40 for wait in waits)


def test_a_job_that_fails_frees_its_place(gate):
    workers, *_ = gate
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            workers.do(lambda: 1 / 0)
    assert workers.inside == 0


def test_a_full_server_says_so(app, client, monkeypatch):
    """Before it reads what is sent."""
    monkeypatch.setattr(app.extensions["hairtint"].workers, "inside", 10_000)
    unread = client.post("/api/v1/mask", data=b"no JSON", content_type="application/json")
    for answer in (unread, client.get("/readyz")):
        assert answer.status_code == 503
        assert answer.content_type == "application/problem+json"
        assert int(answer.headers["Retry-After"]) >= 1
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 200


class Upload(BytesIO):
    """A body that stands still until it is let go on."""

    def __init__(self, body):
        super().__init__(body)
        self.begun, self.go = threading.Event(), threading.Event()

    def readinto(self, buffer):
        self.begun.set()
        assert self.go.wait(PATIENCE)
        return super().readinto(buffer)


def test_uploads_that_stand_still_hold_up_nobody(app, jpeg):
    """Most WSGI servers, unlike waitress, hand a body over as it comes in."""
    part = b'--b\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n%s\r\n--b--\r\n'
    requests = [
        ("/api/v1/mask", part % jpeg, "multipart/form-data; boundary=b"),
        ("/predict", b'{"image": "%s"}' % base64.b64encode(jpeg), "application/json"),
        ("/api/v1/frame?output=mask", jpeg, "image/jpeg"),
    ]

    def post(path, upload, kind):
        return app.test_client().post(path, input_stream=upload, content_type=kind)

    uploads = [Upload(body) for _, body, _ in requests]
    with ThreadPoolExecutor() as pool:
        late = [pool.submit(post, path, up, kind) for (path, _, kind), up in zip(requests, uploads, strict=True)]
        try:
            assert all(upload.begun.wait(20) for upload in uploads), "more of them than workers"
            for path in ("/healthz", "/api/v1/colors"):
                assert pool.submit(app.test_client().get, path).result(20).status_code == 200
        finally:
            for upload in uploads:
                upload.go.set()
        assert [answer.result(PATIENCE).status_code for answer in late] == [200, 200, 200]


def test_a_job_that_fails_keeps_nothing_alive():
    """Not even until the garbage collector comes: what failed may be a large picture."""

    class Picture:
        pass

    def fail(picture=None):
        raise ZeroDivisionError

    picture, workers = Picture(), Workers(1, 4, PATIENCE)
    watched = weakref.ref(picture)
    gc.disable()
    try:
        with contextlib.suppress(ZeroDivisionError):
            workers.do(functools.partial(fail, picture))
        workers.do(int)  # or the thread still has its last job in hand
        del picture
        assert watched() is None
    finally:
        gc.enable()
        workers.close()


def kept(side, **origin):
    photo = Photo(np.zeros((side, side, 3), np.uint8), origin=Origin(**origin))
    return Kept(photo, np.zeros((side, side), np.uint8), None)


def test_what_a_file_holds_beside_its_pixels_counts_as_kept():
    plain = kept(10).bytes
    assert kept(10, xmp=b"x" * 100_000).bytes - plain == pytest.approx(100_000, rel=0.01)
    assert kept(10, texts={"Comment": "\u4e2d" * 100_000}).bytes - plain == pytest.approx(200_000, rel=0.01)
    assert Photos(100_000, 600, Clock()).put(kept(10, icc=b"x" * 200_000)) is None


def test_kept_pictures_go_in_time():
    clock = Clock()
    photos = Photos(1_000_000, 600, clock)
    name = photos.put(kept(100))
    clock.now += 599
    assert photos.get(name).photo.size == (100, 100)
    clock.now += 599
    assert photos.get(name), "asking for it keeps it"
    clock.now += 601
    with pytest.raises(Problem) as gone:
        photos.get(name)
    assert gone.value.status == 404
    assert (len(photos), photos.bytes) == (0, 0)


def test_kept_pictures_make_room_for_newer_ones():
    photos = Photos(100_000, 600, Clock())
    names = [photos.put(kept(100)) for _ in range(2)]
    photos.get(names[0])
    names.append(photos.put(kept(100)))
    assert photos.bytes == 2 * kept(100).bytes
    assert 80_000 < photos.bytes < 100_000
    assert photos.get(names[0])
    with pytest.raises(Problem):
        photos.get(names[1])
    assert photos.put(kept(200)) is None, "larger than all the room there is"
    assert len(set(names)) == 3
    assert all(len(name) >= 24 for name in names)


@pytest.mark.parametrize(
    ("store", "keep", "seconds"),
    [
        (functools.partial(Photos, 1_000_000, 600), lambda photos: photos.put(kept(100)), 600),
        (functools.partial(Sessions, 2, object), lambda sessions: sessions.get("first"), 60),
    ],
)
def test_what_is_kept_goes_without_anybody_asking(store, keep, seconds):
    clock = Clock()
    store = store(clock)
    keep(store)
    assert store.timer.daemon
    store.timer.cancel()
    clock.now += seconds + 1
    store.timer.function()
    assert (dict(store.held), store.timer) == ({}, None), "and nothing ticks where nothing is kept"


def test_what_is_over_is_not_counted():
    clock = Clock()
    sessions = Sessions(2, object, clock)
    sessions.get("first")
    assert len(sessions) == 1
    clock.now += 61
    assert len(sessions) == 0


def test_live_videos_are_forgotten_oldest_first_and_when_idle():
    clock = Clock()
    sessions = Sessions(2, object, clock)
    first = sessions.get("first")
    sessions.get("second")
    assert sessions.get("first") is first
    sessions.get("third")
    assert list(sessions.held) == ["first", "third"]
    clock.now += 61
    assert sessions.get("first") is not first
    assert list(sessions.held) == ["first"]


def test_a_live_video_stays_while_it_is_asked_for():
    clock = Clock()
    sessions = Sessions(2, object, clock)
    first = sessions.get("first")
    for _ in range(3):
        clock.now += 50
        assert sessions.get("first") is first


@pytest.mark.parametrize(
    "options",
    [
        {"workers": -1}, {"rate": -1}, {"patience": 0}, {"max_bytes": 0}, {"max_pixels": 10**12}, {"sessions": 0},
        {"workers": 100_000}, {"queue": 100_000},
        {"workers": 1.5}, {"workers": True}, {"queue": "64"}, {"sessions": 1.5}, {"keep_bytes": 1.5}, {"rate": "many"},
        {"rate": float("nan")}, {"patience": float("inf")}, {"keep_seconds": None}, {"origins": "https://example.org"},
    ],
)  # fmt: skip
def test_settings_that_cannot_be_meant(options):
    with pytest.raises(InputError, match=next(iter(options))):
        Settings(**options)
