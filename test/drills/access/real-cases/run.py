"""Runs real cases on the local AWS, one JSON line for each: python run.py FOLDER_OF_TOOLS [--only TEXT]."""

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cases import CASES
from harm import Before
from judge import Simulator, why_not
from judge_files import DECOY
from make import location_of, make, start_import
from sounds import SOUND
from state import State
from fixture import Aws, Datasets

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
PATTERNS = re.IGNORECASE | re.DOTALL


class Stage:
    def __init__(self, tools, node):
        self.endpoint = os.environ["AWS_ENDPOINT_URL"]
        self.root = Aws(self.endpoint)
        self.simulator = Simulator(node, str(HERE / "simulate.mjs"), tools)
        self.tools, self.node = tools, node
        #: Random text that is part of all names, so that several runs can use the same local AWS.
        self.run = secrets.token_hex(2)
        self.datasets = Datasets(self.root, self.run)

    def environment(self, keys):
        return {
            **os.environ, "AWS_ACCESS_KEY_ID": keys[0], "AWS_SECRET_ACCESS_KEY": keys[1], "AWS_PAGER": "",
            "PATH": f"{self.tools}/bin:{Path(self.node).parent}:{os.environ['PATH']}", "NO_COLOR": "1",
            "NODE_COMPILE_CACHE": f"{self.tools}/compile-cache",
        }

    def diagnose(self, fixture, arguments):
        """The diagnosis as JSON, and what a person sees."""
        keys = fixture.made.get("viewer") or fixture.made["keys"]
        command = [self.node, "runbooks/diagnose-access.ts", *arguments]
        answers = []
        for more in (["--json"], []):
            begun = time.time()
            done = subprocess.run(
                [*command, *more], cwd=ROOT, env=self.environment(keys), capture_output=True, text=True, timeout=120
            )
            answers.append((done, time.time() - begun))
        (whole, seconds), (plain, _) = answers
        try:
            printed = json.loads(whole.stdout)
        except ValueError:
            printed = {"verdict": "none", "findings": [], "fixes": [], "error": whole.stderr.strip()[:300]}
        return printed, whole.returncode, plain.stdout or plain.stderr, seconds

    def repair(self, fixture, fixes):
        """Runs each printed command as the caller; the errors of those that fail."""
        errors = []
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            data.mkdir()
            # The file that `npm run data-prep` writes. A fix must not upload it in place of the user's own file.
            (data / "personalize_interactions_fixed.csv").write_bytes(
                b"USER_ID,ITEM_ID,TIMESTAMP\n" + DECOY * 700)
            for command in dict.fromkeys(each for fix in fixes for each in fix.get("commands", [])):
                where = ROOT if re.search(r"\bnpm run\b|\bnode runbooks\b", command) else folder
                done = subprocess.run(
                    ["bash", "-c", command], cwd=where, env=self.environment(fixture.made["keys"]),
                    capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                )
                if done.returncode != 0:
                    errors.append(f"{command[:160]} … exits {done.returncode}: {done.stderr.strip()[-300:]}")
        return errors


def matches(patterns, text):
    return any(re.search(each, text, PATTERNS) for each in patterns)


def import_arguments(fixture, job):
    if job:
        return ["--job", job]
    match = re.fullmatch(r"s3://([^/]+)/?(.*)", location_of(fixture), re.S)
    bucket, key = match.groups() if match else (fixture.bucket, fixture.key)
    return ["--role", fixture.role_arn or fixture.arn, "--bucket", bucket, *(["--key", key] if key else [])]


def without_names(fixture, line):
    """The line without the fixture's own names, which are not the fault's name."""
    for pattern, kind in ((r"s3://\S+", ""), (r"arn:aws:kms:\S+", "the key"), (r"arn:aws:iam::\S+:role/\S+", "the role"),
                          (r"arn:aws:iam::\S+:user/\S+", "the caller"), (re.escape(fixture.role), "the role")):
        line = re.sub(pattern, kind, line)
    return line


def broken_findings(printed):
    return [each for each in printed["findings"] if each.get("verdict") == "broken"]


def run_case(stage, number, case):
    fixture = case.fixture(f"c{number:03}{stage.run}")
    make(stage.root, fixture)
    role_arn = fixture.role_arn or fixture.arn
    job, failure = start_import(stage.root, fixture, stage.datasets, 1)
    state = State(stage.root, fixture)
    judged = why_not(stage.simulator, state, role_arn, location_of(fixture), job)
    printed, code, plain, seconds = stage.diagnose(fixture, import_arguments(fixture, job))
    first = (plain.strip().split("\n") or [""])[0]
    telling = without_names(fixture, first)
    findings = broken_findings(printed) if case.felt else printed["findings"]
    named = any(matches(case.named, f"{each['fault']}: {each['sentence']}") for each in findings)
    outcome = {
        "case": case.name, "source": case.source, "import": failure or "passes", "judge": judged,
        "agree": bool(judged) == (failure is not None), "named": named,
        "first": matches(case.named, telling) or not case.felt,
        "firstLine": first[:200], "lines": len(plain.split("\n")), "seconds": round(seconds, 1), "exit": code,
        "findings": [f"{each['fault']}: {each['sentence']}" for each in findings], "error": printed.get("error"),
    }
    if not case.felt:
        return {**outcome, "felt": False, "works": True, "harm": [], "errors": []}
    asks = " ".join(str(fix["ask"]) for fix in printed["fixes"] if fix.get("ask"))
    before = Before(stage.simulator, state)
    errors = stage.repair(fixture, printed["fixes"])
    moved = [fix["location"] for fix in printed["fixes"] if fix.get("location")]
    renamed = [fix["roleArn"] for fix in printed["fixes"] if fix.get("roleArn")]
    role_arn, location = (renamed or [role_arn])[-1], (moved or [location_of(fixture)])[-1]
    _, again = start_import(stage.root, fixture, stage.datasets, 2, role_arn, location)
    after = State(stage.root, fixture, role_arn=role_arn)
    elsewhere = location.removeprefix("s3://").split("/")[0]
    judged_again = why_not(stage.simulator, State(stage.root, fixture, elsewhere, role_arn), role_arn, location)
    keys = {location_of(fixture).split("/", 3)[-1], location.split("/", 3)[-1]}
    keys |= {key for key in after.objects if any(key.startswith(each) for each in keys if each.endswith("/"))}
    passes = again is None and not judged_again
    asked = case.ask is not None and bool(asks) and matches(case.ask, asks)
    return {
        **outcome, "felt": True, "works": passes or asked, "asks": asks[:300], "errors": errors,
        "commands": [command for fix in printed["fixes"] for command in fix.get("commands", [])],
        "after": None if passes else {"import": again, "judge": judged_again},
        "harm": [*before.harm(after, role_arn, keys, case.broad), *(f"refused: {each}" for each in errors)],
    }


def run_sound(stage, number, sound):
    fixture = sound.fixture(f"s{number:03}{stage.run}")
    make(stage.root, fixture)
    role_arn = fixture.role_arn or fixture.arn
    job, failure = start_import(stage.root, fixture, stage.datasets, 1)
    judged = why_not(stage.simulator, State(stage.root, fixture), role_arn, location_of(fixture), job)
    printed, code, plain, seconds = stage.diagnose(fixture, import_arguments(fixture, job))
    findings = broken_findings(printed)
    right = not findings if sound.passes else code != 0
    return {
        "sound": sound.name, "import": failure or "passes", "judge": judged,
        "agree": bool(judged) != sound.passes and (failure is None) == sound.passes,
        "alarm": not right or code not in sound.exits or bool(printed.get("error")),
        "findings": [f"{each['fault']}: {each['sentence']}" for each in findings],
        "firstLine": plain.strip().split("\n")[0][:200], "exit": code, "error": printed.get("error"),
        "seconds": round(seconds, 1),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tools")
    parser.add_argument("--node", required=True)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    stage, printing = Stage(options.tools, options.node), threading.Lock()

    def one(work):
        runner, number, each = work
        try:
            result = runner(stage, number, each)
        except Exception:
            result = {"case" if runner is run_case else "sound": each.name, "broke": traceback.format_exc()[-1500:]}
        with printing:
            print(json.dumps(result), flush=True)

    chosen = lambda each: any(part in each.name for part in options.only.split(","))
    works = [(run_case, number, each) for number, each in enumerate(CASES) if chosen(each)]
    works += [(run_sound, number, each) for number, each in enumerate(SOUND) if chosen(each)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, works))
    stage.simulator.close()


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    main()
