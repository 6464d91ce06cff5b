import subprocess
import sys
from pathlib import Path

import pytest
import torch

from ml.training.distributed import process_group

ROOT = Path(__file__).parents[3]


def torchrun(folder, *, processes, stop_at=0):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
            *("--nproc-per-node", str(processes), "-m", "tests.ml.training.run_on_ranks"),
            *(str(folder), str(stop_at)),
        ],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=600,  # each imports torch three times, on a machine that may be busy
    )
    assert done.returncode == 0, done.stderr
    return [torch.load(path, weights_only=True) for path in sorted(folder.glob("rank*"))]


@pytest.mark.long
def test_two_processes_train_the_same_weights_and_go_on_from_one_checkpoint(tmp_path):
    straight, stopped = tmp_path / "straight", tmp_path / "stopped"
    straight.mkdir()
    stopped.mkdir()

    first, second = torchrun(straight, processes=2)
    torchrun(stopped, processes=2, stop_at=17)
    resumed, _ = torchrun(stopped, processes=2)

    for name, tensor in first.items():
        torch.testing.assert_close(second[name], tensor, rtol=0, atol=0)
        torch.testing.assert_close(resumed[name], tensor, rtol=0, atol=0)


IN_A_GROUP = """
import sys
from pathlib import Path
import torch
from ml.tasks.base import Shard
from ml.training.distributed import local_group

def threads_of_gloo():
    names = [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]
    return sum("gloo" in name for name in names)

with local_group(Shard(), Path(sys.argv[1]), gpu=False):
    torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(2, 2))
    print(threads_of_gloo())
print(threads_of_gloo())
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are listed on Linux")
def test_a_group_that_was_left_has_no_threads_that_an_exit_could_trip_over(tmp_path):
    command = [sys.executable, "-c", IN_A_GROUP, str(tmp_path / "meeting")]
    done = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300
    )

    within, after = map(int, done.stdout.split())
    assert within > 0
    assert after == 0


def test_a_process_without_torchrun_has_all_the_work():
    with process_group(gpu=False) as shard:
        assert (shard.rank, shard.of) == (0, 1)
