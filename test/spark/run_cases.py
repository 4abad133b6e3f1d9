"""Runs data-prep/spark/prepare.py for several command lines in one Java process: JSON on stdin, JSON on stdout."""

import contextlib
import importlib.util
import io
import json
import sys

spec = importlib.util.spec_from_file_location("prepare", sys.argv[1])
prepare = importlib.util.module_from_spec(spec)
sys.modules["prepare"] = prepare
spec.loader.exec_module(prepare)


def run(arguments: list[str]) -> dict:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = prepare.main(arguments)
        except SystemExit as end:
            code = end.code
    return {"code": code, "stdout": out.getvalue(), "stderr": err.getvalue()}


for statement in json.loads(sys.argv[2]):
    prepare.SparkSession.builder.getOrCreate().sql(statement)
results = [run(arguments) for arguments in json.load(sys.stdin)]
java = prepare.SparkSession.builder.getOrCreate()._jvm.java.lang.System.getProperty("java.home")
print(json.dumps({"results": results, "java": java, "names": prepare.NAMES}))
