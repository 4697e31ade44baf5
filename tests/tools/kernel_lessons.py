"""Runs notebooks with nbclient, two at a time, and prints what each one writes to standard output, as JSON."""
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
from nbclient import NotebookClient


def run(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=240, startup_timeout=60, allow_errors=True).execute()
    nbformat.validate(notebook)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    text = "".join(output.get("text", "") for output in outputs if output.get("name") == "stdout")
    errors = [output["evalue"] for output in outputs if output["output_type"] == "error"]
    return {"path": path, "text": text, "errors": errors}


with ThreadPoolExecutor(2) as pool:
    for ran in pool.map(run, sys.argv[1:]):
        print(json.dumps(ran))
