def make(folder, release, references):
    """Two notebooks of such names, neither of them the right one."""
    for name in ("<svg onload=alert('pwned')>.ipynb", "=HYPERLINK(alert('pwned')).ipynb"):
        (folder / name).write_text("{}")
