"""A disk that takes no more, without filling one."""

import resource
from contextlib import contextmanager


@contextmanager
def files_of_at_most(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Disk:
    """What is free on every disk, as the code under test is told."""

    def __init__(self, monkeypatch, *, free_mib=1_000):
        self.free_mib = free_mib
        monkeypatch.setattr("graph.space.shutil.disk_usage", lambda folder: self)

    @property
    def free(self):
        return self.free_mib * 2**20
