#!/usr/bin/env bash
# What CMSIS-DSP, which networks on microcontrollers use, computes for statistics, filters and conversions.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs its Python build
# on valid input and compares with what was seen; status 1 where a package does something else. Half a minute; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: conversion to fixed point rounds to nearest, variance divides by n as numpy.var does, a filter's
# coefficients are its impulse response, a mean rounds. Seen instead, in November 2026 (x86-64, Python 3.11), with
# cmsisdsp 1.10.3, the library's C code behind Python, NumPy 2.4.6:
#   1. arm_float_to_q7, _q15 and _q31 cut toward zero unless the library was built with ARM_MATH_ROUNDING
#      https://github.com/ARM-software/CMSIS-DSP/blob/main/Source/SupportFunctions/arm_float_to_q15.c
#   2. narrowing q15 to q7, shifts and products cut downwards, means of q7 toward zero: three directions in one library
#      https://github.com/ARM-software/CMSIS-DSP/blob/main/Source/StatisticsFunctions/arm_mean_q7.c
#   3. arm_var_* and arm_std_* divide by n - 1
#      https://github.com/ARM-software/CMSIS-DSP/blob/main/Source/StatisticsFunctions/arm_var_f32.c
#   4. arm_fir_* takes the coefficients in reverse order
#      https://arm-software.github.io/CMSIS-DSP/main/group__FIR.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile \
  cmsisdsp==1.10.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

import cmsisdsp as dsp
import numpy as np

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def q7(*levels):
    return np.array(levels, dtype=np.int8)


def f32(*values):
    return np.array(values, dtype=np.float32)


print("cmsisdsp", metadata.version("cmsisdsp"))
TYPED = f32(0.7, -0.7, 1.5, -1.5, 2.9, -2.9)
see("1. q7 of 0.7, -0.7, 1.5, -1.5, 2.9, -2.9 steps", dsp.arm_float_to_q7(TYPED / 2**7).tolist(), [0, 0, 1, -1, 2, -2])
see("1. q15 of these", dsp.arm_float_to_q15(TYPED / 2**15).tolist(), [0, 0, 1, -1, 2, -2])
narrow = dsp.arm_q15_to_q7(np.array([255, -1, -255, 32767], dtype=np.int16)).tolist()
see("2. q7 of q15's 255, -1, -255, 32767", narrow, [0, -1, -1, 127])
see("2. 3, -3, 1, -1 shifted right by 1", dsp.arm_shift_q7(q7(3, -3, 1, -1), -1).tolist(), [1, -2, 0, -1])
see("2. products 3 * 50 and -3 * 50", dsp.arm_mult_q7(q7(3, -3), q7(50, 50)).tolist(), [1, -2])
see("2. means of 1, 2 and of -1, -2", [int(dsp.arm_mean_q7(q7(1, 2))), int(dsp.arm_mean_q7(q7(-1, -2)))], [1, -1])
x = f32(1, 2, 3, 4)
see("3. variance of 1, 2, 3, 4", round(float(dsp.arm_var_f32(x)), 4), 1.6667)
see("3. numpy.var of these", float(np.var(x)), 1.25)
fir = dsp.arm_fir_instance_f32()
dsp.arm_fir_init_f32(fir, 3, f32(1, 2, 4), np.zeros(6, dtype=np.float32))
see("4. response to 1, 0, 0, 0 with coefficients 1, 2, 4", dsp.arm_fir_f32(fir, f32(1, 0, 0, 0)).tolist(), [4, 2, 1, 0])
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
