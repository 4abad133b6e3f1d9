import { execFileSync, spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Goal } from "../../../bench/lib/goals.ts";
import { showLine, showTable } from "../../../bench/lib/goals.ts";
import { type Instance, root, variables } from "../../../packages/local-aws/instance.ts";
import { installEvaluator, installOnce, judgeTools } from "./judge-tools.ts";

/**
 * The result of one publicly reported mistake (`case`) or of one working setup (`sound`), as `real-cases/run.py` prints
 * it.
 */
interface Line {
    readonly case?: string;
    readonly sound?: string;
    /** Stack trace if the case could not be run. */
    readonly broke?: string;
    readonly import: string;
    readonly judge: readonly string[];
    /** Whether the third-party evaluator and the local AWS agree on whether the import succeeds. */
    readonly agree: boolean;
    readonly named: boolean;
    readonly first: boolean;
    readonly firstLine: string;
    /** Number of lines of the diagnosis as text. */
    readonly lines: number;
    readonly works: boolean;
    readonly harm: readonly string[];
    readonly alarm: boolean;
    readonly findings: readonly string[];
    readonly exit: number;
    readonly error: string | null;
    readonly after?: { readonly import: string | null; readonly judge: readonly string[] } | null;
}

const folder = join(root, "test", "drills", "access", "real-cases");
const python = join(root, ".tools", "python", "bin", "python");
const node = process.execPath;
const awsCli = "awscli==1.46.3";
const shownHarms = 3;

/** Returns the names of all real cases and working setups. */
export function namesOfRealCases(): string[] {
    const script = `
from cases import CASES
from sounds import SOUND
print("\\n".join(each.name for each in [*CASES, *SOUND]))`;
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
    return execFileSync(python, ["-c", script], { cwd: folder, env, encoding: "utf8" }).trimEnd().split("\n");
}

/**
 * Reproduces access mistakes that users reported publicly on a local AWS, and checks the diagnosis and its fixes with a
 * third-party IAM evaluator. Prints a row for each case in which something is missing or wrong. Returns the drill's
 * goals: each is a measured value and the value that it must reach.
 */
export async function runRealCases(instance: Instance, only: string): Promise<Goal[]> {
    installTools();
    const lines = await resultsOf(instance, only);
    const cases = lines.filter((line) => line.case !== undefined);
    const sound = lines.filter((line) => line.sound !== undefined);
    const judged = cases.filter(({ broke }) => broke === undefined);
    showTable(["real case", "named", "first line", "fix works", "harm"], judged.filter(isNotFull).map(rowOf));
    for (const line of lines) for (const problem of problemsOf(line)) showLine(problem);
    const share = (count: number) => (judged.length === 0 ? 0 : (100 * count) / cases.length);
    const alarms = sound.filter(({ alarm, agree, broke }) => broke !== undefined || alarm || !agree).length;
    const ofOneFault = judged.filter(({ findings }) => findings.length === 1).map(({ lines }) => lines);
    return [
        { name: "access-real-lines", figure: Math.max(0, ...ofOneFault), bound: "<", limit: 40 },
        { name: "access-real-cases", figure: judged.length, bound: ">=", limit: only === "" ? 80 : 1 },
        { name: "access-real-named", figure: share(count(judged, "named")), bound: "=", limit: 100, unit: "%" },
        { name: "access-real-fixes-work", figure: share(count(judged, "works")), bound: "=", limit: 100, unit: "%" },
        { name: "access-real-harm", figure: judged.filter(isHarmed).length, bound: "=", limit: 0 },
        { name: "access-real-false-alarms", figure: alarms, bound: "=", limit: 0 },
        { name: "access-first-line", figure: share(count(judged, "first")), bound: "=", limit: 100, unit: "%" },
        {
            name: "access-real-disagreements",
            figure: judged.filter((line) => !line.agree).length,
            bound: "=",
            limit: 0,
        },
    ];
}

function installTools(): void {
    installEvaluator();
    const target = join(judgeTools, "python");
    installOnce("python", python, ["-m", "pip", "install", "--quiet", "--target", target, awsCli]);
    const aws = join(judgeTools, "bin", "aws");
    writeFileSync(aws, `#!/bin/sh\nPYTHONPATH='${target}' exec '${python}' -m awscli "$@"\n`);
    chmodSync(aws, 0o755);
}

async function resultsOf(instance: Instance, only: string): Promise<Line[]> {
    const child = spawn(python, [join(folder, "run.py"), judgeTools, "--node", node, "--only", only], {
        env: { ...process.env, ...variables(instance), PYTHONDONTWRITEBYTECODE: "1" },
        stdio: ["ignore", "pipe", "inherit"],
    });
    const exitStatus = new Promise<number | null>((resolve) => child.once("close", resolve));
    const lines: Line[] = [];
    for await (const text of createInterface({ input: child.stdout })) {
        const line = JSON.parse(text) as Line;
        lines.push(line);
        const [problem, ...more] = problemsOf(line);
        const shown = problem === undefined ? `${line.case ?? line.sound}: full` : `${problem} (+ ${more.length})`;
        process.stderr.write(`real: ${shown}\n`);
    }
    const status = await exitStatus;
    if (status !== 0) throw new Error(`real-cases/run.py exited with ${status}`);
    return lines;
}

const isHarmed = ({ harm }: Line) => harm.length > 0;
const isNotFull = (line: Line) => !line.named || !line.first || !line.works || isHarmed(line);
const count = (lines: readonly Line[], what: "named" | "works" | "first") => lines.filter((line) => line[what]).length;
const yes = (holds: boolean) => (holds ? "yes" : "NO");

function rowOf(line: Line): string[] {
    const harm = line.harm.length === 0 ? "none" : `${line.harm.length}`;
    return [line.case ?? "", yes(line.named), yes(line.first), yes(line.works), harm];
}

function problemsOf(line: Line): string[] {
    const name = line.case ?? line.sound;
    if (line.broke !== undefined) return [`${name} could not be run: ${line.broke}`];
    const error = line.error ? [`${name}: the diagnosis failed: ${line.error}`] : [];
    const apart = line.agree
        ? []
        : [`${name}: the import: ${line.import}; judge: ${line.judge.join(", ") || "passes"}`];
    if (line.sound !== undefined) {
        const findings = line.findings.join("; ");
        return [...error, ...apart, ...(line.alarm ? [`sound, ${name}: exit ${line.exit}: ${findings}`] : [])];
    }
    return [
        ...error,
        ...apart,
        ...(line.named ? [] : [`${name}: named ${line.findings.join("; ") || "nothing"}`]),
        ...(line.first ? [] : [`${name}: first line: ${line.firstLine}`]),
        ...(line.works ? [] : [`${name}: after the fix: ${JSON.stringify(line.after)}`]),
        ...line.harm.slice(0, shownHarms).map((harm) => `${name}: harm: ${harm}`),
        ...(line.harm.length > shownHarms ? [`${name}: harm: and ${line.harm.length - shownHarms} more`] : []),
    ];
}
