"""Words of machines and people among Markdown."""


def plain(words: str) -> str:
    """`words` so that Markdown leaves them alone."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#$~:|" else c for c in words)
