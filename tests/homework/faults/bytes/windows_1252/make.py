from tests.homework.faults.recipe import saved, write


def make(right, released):
    write(right, "warmup_a", "PLACE")
    text = "Tiefe hilft: naïve Zerlegung, fünf Schichten, 30 °C – gut."
    return saved(right, ensure_ascii=True).replace(b"PLACE", text.encode("cp1252"))
