#!/usr/bin/env bash
# What batch normalization does in training, outside PyTorch.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs them on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: a new layer is in training, where each minibatch is normalized with its own mean and variance; running
# averages are of the variance that divides by n - 1, as in PyTorch. Seen instead, in November 2026 (x86-64, Python 3.11):
#   equinox 0.13.8    mode="ema", the default, normalizes with the running averages in training, too: a second minibatch
#                     whose values are all larger by 10 comes out with mean 4.3; mode="batch" is the usual layer
#     https://docs.kidger.site/equinox/api/nn/normalisation/
#   tinygrad 0.14.0   nothing trains until TRAINING is set: a new layer passes its input on and learns no averages
#     https://docs.tinygrad.org/nn/
#   keras 3.15.1      the moving variance divides by n
#     https://keras.io/api/layers/normalization_layers/batch_normalization/
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile jax==0.10.2 jaxlib==0.10.2 \
  equinox==0.13.8 keras==3.15.1 tinygrad==0.14.0
cd "$folder"
KERAS_BACKEND=jax DEV=PYTHON CACHEDB="$folder/tinygrad.db" "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

import equinox
import jax
import jax.numpy as jnp
import keras
import numpy as np
import tinygrad
from tinygrad.helpers import Context

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


def number(array):
    return round(float(np.mean(np.asarray(array))), 2) + 0.0


first = np.arange(8, dtype=np.float32).reshape(2, 1, 2, 2)  # mean 3.5, variance 5.25 with n and 6 with n - 1
second = first + 10

print("equinox", metadata.version("equinox"))
for mode, expected in (("ema", 4.32), ("batch", 0.0)):
    layer, state = equinox.nn.make_with_state(equinox.nn.BatchNorm)(1, axis_name="batch", mode=mode)
    step = jax.vmap(layer, axis_name="batch", in_axes=(0, None), out_axes=(0, None))
    outputs, state = step(jnp.array(first), state)
    see(f"{mode}: mean of the first minibatch", number(outputs), 0.0)
    outputs, state = step(jnp.array(second), state)
    see(f"{mode}: mean of the second one, in training", number(outputs), expected)

print("tinygrad", metadata.version("tinygrad"))
layer = tinygrad.nn.BatchNorm(1)
see("mean of a minibatch, new layer", number(layer(tinygrad.Tensor(first)).numpy()), 3.5)
see("running mean after it", number(layer.running_mean.numpy()), 0.0)
with Context(TRAINING=1):
    see("mean with TRAINING", number(layer(tinygrad.Tensor(first)).numpy()), 0.0)
    see("running mean after it", number(layer.running_mean.numpy()), 0.35)

print("keras", metadata.version("keras"))
layer = keras.layers.BatchNormalization(axis=1, momentum=0.0)
layer(first, training=True)
see("moving variance with momentum 0", number(layer.moving_variance), 5.25)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
