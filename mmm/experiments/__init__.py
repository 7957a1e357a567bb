"""Experiments: the table of them, the analysis of a test, and their part in the model."""

from mmm.experiments.experiment import KINDS, Experiment
from mmm.experiments.known import Known
from mmm.experiments.likelihood import TestWindow, incremental, log_likelihood, windows
from mmm.experiments.table import append, read_experiments

__all__ = [
    "KINDS",
    "Experiment",
    "Known",
    "TestWindow",
    "append",
    "incremental",
    "log_likelihood",
    "read_experiments",
    "windows",
]
