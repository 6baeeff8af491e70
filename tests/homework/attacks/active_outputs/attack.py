from IPython.display import HTML, SVG, IFrame, Image, Javascript, Latex, Markdown, display


def cross_corr_2d(X, K):
    return X.new_zeros(1)


class Rich:
    def _repr_html_(self):
        return "<script>alert('pwned')</script><img src=x onerror=alert('pwned')>"

    def _repr_mimebundle_(self, **kwargs):
        active = "<script>alert('pwned')</script>"
        return {
            "text/html": active, "application/javascript": "alert('pwned')", "image/svg+xml": f"<svg onload=alert('pwned')>{active}</svg>",
            "text/markdown": active, "text/latex": r"$\href{javascript:alert('pwned')}{x}$", "text/plain": active,
            "application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "application/x-evil": active,
        }


def show(what):
    try:
        display(what)
    except Exception as error:
        print(error)


for make in (
    lambda: HTML("<script>alert('pwned')</script><iframe src=javascript:alert('pwned')>"), lambda: Javascript("alert('pwned')"),
    lambda: SVG("<svg xmlns='http://www.w3.org/2000/svg' onload=\"alert('pwned')\"><script>alert('pwned')</script></svg>"),
    lambda: IFrame("http://attacker.invalid/", 9, 9), lambda: Image(url="http://attacker.invalid/x.png"),
    lambda: Markdown("<img src=x onerror=alert('pwned')> [x](javascript:alert('pwned'))"), lambda: Latex(r"$\href{javascript:alert('pwned')}{x}$"), Rich,
):
    try:
        show(make())
    except Exception as error:
        print(error)
print("<script>alert('pwned')</script></pre><img src=x onerror=alert('pwned')>")
Rich()
