"""The cases of the self-test: kernels against twins, and what is no match."""

from dataclasses import replace

import pytest
import torch

from kernels import self_test
from kernels.dispatch import Operation
from kernels.self_test import Case, Maker, cases
from tests.kernels.runs import RUNS

CPU = Maker(torch.device("cpu"), torch.float32)
OPERATIONS = {v.name: v for v in vars(self_test).values() if isinstance(v, Operation)}


def case_of(run, twin=torch.ones_like) -> Case:
    return Case("thing", run, twin, lambda maker: (maker.normal(4),))


@RUNS
def test_every_kernel_matches_its_twin(device, dtype) -> None:
    maker = Maker(torch.device(device), dtype)
    kernels = [
        replace(case, run=OPERATIONS[name].kernel)
        for case in cases(torch.device(device))
        if (name := case.name.partition(",")[0]) in OPERATIONS
    ]
    problems = {case.name: case.compare(maker).problem for case in kernels}
    assert {name for name, problem in problems.items() if problem} == set()
    assert {name.partition(",")[0] for name in problems} == set(OPERATIONS)


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(lambda x: torch.full_like(x, 1.001), id="too far"),
        pytest.param(lambda x: torch.full_like(x, float("nan")), id="not a number"),
        pytest.param(lambda x: torch.ones(5), id="another shape"),
        pytest.param(lambda x: torch.ones_like(x).half(), id="another dtype"),
    ],
)
def test_a_wrong_result_is_a_problem(run) -> None:
    assert "off" in case_of(run).compare(CPU).problem


def test_integers_must_be_equal() -> None:
    case = case_of(lambda x: torch.tensor([1, 2]), lambda x: torch.tensor([1, 3]))
    assert "off" in case.compare(CPU).problem


def test_rounding_is_no_problem() -> None:
    assert case_of(lambda x: torch.full_like(x, 1 + 1e-6)).compare(CPU).problem == ""


def test_an_operation_that_returns_nothing_is_judged_by_what_it_changed() -> None:
    def fill(x: torch.Tensor) -> None:
        x.fill_(7)

    assert case_of(fill, fill).compare(CPU).problem == ""
    assert "off" in case_of(lambda x: None, fill).compare(CPU).problem
