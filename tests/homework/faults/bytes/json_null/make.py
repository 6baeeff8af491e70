"""What a script writes that found nothing."""


def make(right, released):
    return b"null"
