def make(right, released):
    return b"\r\n \t\n"
