"""Validates each notebook of a folder with nbformat, and checks that Jupyter would write the same bytes."""

import pathlib
import sys

import nbformat

files = sorted(pathlib.Path(sys.argv[1]).glob("*.ipynb"))
for file in files:
    text = file.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) + "\n" == text, f"{file}: Jupyter writes it differently"
print(f"{len(files)} notebooks are valid")
