"""What is capped by code in the sandbox, for both sides (`homework.sandbox.limits` has these, too).

The first group is enforced by our own code or by the kernel on behalf of it. The second is enforced by the process that
runs the student's code, which the student may turn off: the trusted side checks again what it reads.
"""

# Of a session: by mounts, resource limits and its supervisor.
FILES = 16384  # files and folders that a session may make
DESCRIPTORS = 256  # of one process
SIGNALS = 64  # that wait with a value
ROOM = 32 << 20  # bytes of address space that student code leaves to ours (`room`)

# Of a value that crosses: by `values` and `frames`, on both sides.
MAX_HEADER = 1 << 20  # bytes of JSON
MAX_BUFFERS = 4096
MAX_DEPTH = 16
MAX_DIMENSIONS = 16
MAX_ENTRIES = 1000  # of a dict: whoever chooses the keys can make each take as long as all before it
MAX_DIGITS = 3000  # hexadecimal ones of an integer: Python prints no number of more than 4300 decimal ones

# Of what the trusted side asks: by the worker.
REQUEST_BYTES = 1 << 28  # buffers of one request

# Of the outputs of one cell: by the worker.
OUTPUTS = 60
TRACEBACK_LINES = 10  # of one error
PICTURE_BYTES = 2 << 20  # of one picture
PICTURES_BYTES = 40 << 20  # of all pictures
# All texts cross in one piece of JSON, in which a character may take 12 bytes.
TEXT_CHARACTERS = MAX_HEADER // 13
