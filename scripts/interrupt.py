# SPDX-License-Identifier: GPL-2.0
"""How commands end when they are interrupted: within seconds, with one line,
without processes or temporary files that they leave behind.
"""

import concurrent.futures
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# So long a process may take to end, before it is killed.
PATIENCE = 10

# A child that is told when the one who waits for it is killed.
TIED = ("setpriv", "--pdeathsig", "TERM", "--")

PR_SET_PDEATHSIG = 1


class Interrupted(KeyboardInterrupt):
    """A signal asks this process to end."""

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.number = number


def _nothing(_number, _frame):
    """Unlike SIG_IGN, processes that are started do not inherit that."""


class Hold:
    """While the main thread has it, an interrupt waits: a process that was
    started has to be known before it can be ended.
    """

    def __init__(self):
        self.held = False
        self.number = 0

    def begin(self):
        if threading.current_thread() is threading.main_thread():
            self.held = True

    def end(self):
        if threading.current_thread() is not threading.main_thread():
            return
        self.held = False
        number, self.number = self.number, 0
        if number:
            raise Interrupted(number)


_hold = Hold()


def _raise(number, _frame):
    # Whoever is impatient must not interrupt the cleaning up.
    for each in SIGNALS:
        signal.signal(each, _nothing)
    if _hold.held:
        _hold.number = number
    else:
        raise Interrupted(number)


def _die_of(number):
    """Shells and make see what it was, and do not go on."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def command(name, main):
    """Runs @main as the process's all, and exits with what it returns."""
    for number in SIGNALS:
        # nohup and "&" of a script have some of them ignored.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _raise)
    try:
        sys.exit(main())
    except Interrupted as reason:
        # Make has a line of its own for that.
        if not os.environ.get("MAKELEVEL"):
            print("%s: interrupted" % name, file=sys.stderr)
        sys.stdout.flush()
        _die_of(reason.number)


def tie():
    """A preexec_fn, for processes without threads: the kernel kills the child
    when this process ends, however that comes about.
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl

    def tied():
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
    return tied


class Children:
    """The processes that run() waits for, in any thread."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()
        self.ending = False

    def start(self, words, options):
        with self.lock:
            if self.ending:
                raise InterruptedError("nothing more is started")
            child = subprocess.Popen(words, start_new_session=True, **options)
            self.running.add(child)
        return child

    def forget(self, child):
        with self.lock:
            self.running.discard(child)

    def end(self):
        """End all that run, and start no more."""
        with self.lock:
            self.ending = True
            running = list(self.running)
        for child in running:
            _signal(child, signal.SIGTERM)
        for child in running:
            _end(child)


_children = Children()


def _signal(child, number):
    """To a child and all that it has started; False if nobody is left."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return False
    return True


def _end(child):
    """A compiler removes what it has not finished, if it has the time."""
    deadline = time.monotonic() + PATIENCE
    _signal(child, signal.SIGTERM)
    while _signal(child, 0):
        child.poll()
        if time.monotonic() > deadline:
            _signal(child, signal.SIGKILL)
        time.sleep(0.02)


def ending():
    """Whether this process is about to end, for what goes on in threads."""
    return _children.ending


def run(words, data=None, timeout=None, **options):
    """subprocess.run(), for what takes long: it ends with this process, or
    after @timeout seconds, and so does all that it has started.
    """
    _hold.begin()
    try:
        child = _children.start([*TIED, *words], options)
    except BaseException:
        _hold.end()
        raise
    try:
        _hold.end()
        out, err = child.communicate(data, timeout)
    except subprocess.TimeoutExpired as late:
        _end(child)
        late.stdout, late.stderr = child.communicate()
        raise
    except BaseException:
        _end(child)
        raise
    finally:
        _children.forget(child)
    return subprocess.CompletedProcess(words, child.returncode, out, err)


class Pool(concurrent.futures.ThreadPoolExecutor):
    """Threads whose work ends with the block that an interrupt leaves."""

    def __exit__(self, kind, value, trace):
        if kind:
            self.shutdown(wait=False, cancel_futures=True)
        if kind and issubclass(kind, KeyboardInterrupt):
            _children.end()
        return super().__exit__(kind, value, trace)
