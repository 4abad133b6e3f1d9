"""Runs data-prep/spark/prepare.py for several cases in one Java process: JSON on stdin, JSON on stdout."""

import contextlib
import importlib.util
import io
import json
import pathlib
import subprocess
import sys
import tempfile

script, sql, *data_prep = sys.argv[1:]
spec = importlib.util.spec_from_file_location("prepare", script)
prepare = importlib.util.module_from_spec(spec)
sys.modules["prepare"] = prepare
spec.loader.exec_module(prepare)


def run(case: dict) -> dict:
    sample = pathlib.Path(case["sample"])
    file = next(each for each in [sample, *sorted(sample.rglob("[!._]*"))] if each.is_file())
    document = json.loads(subprocess.check_output([*data_prep, file, *case["choices"], "--dry-run", "--json"]))
    document["tables"][0] |= case.get("edit", {})
    out, err = io.StringIO(), io.StringIO()
    with tempfile.NamedTemporaryFile("w") as options, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        json.dump(document, options)
        options.flush()
        try:
            code = prepare.main(["--options", options.name, *case["args"]])
        except SystemExit as end:
            code = end.code
    return {"code": code, "stdout": out.getvalue(), "stderr": err.getvalue()}


for statement in json.loads(sql):
    prepare.SparkSession.builder.getOrCreate().sql(statement)
results = [run(case) for case in json.load(sys.stdin)]
java = prepare.SparkSession.builder.getOrCreate()._jvm.java.lang.System.getProperty("java.home")
print(json.dumps({"results": results, "java": java}))
