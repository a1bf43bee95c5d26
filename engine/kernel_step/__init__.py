"""Denoising steps on the kernels: the same step as `denoise_step`, played as a graph."""

from engine.kernel_step.stepper import KernelStepper, use_kernels

__all__ = ["KernelStepper", "use_kernels"]
