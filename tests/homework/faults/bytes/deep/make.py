def make(right, released):
    return b'{"nbformat": 4, "cells": ' + b"[" * 5000 + b"]" * 5000 + b"}"
