import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { benchCommand, printGoals, showLine, showTable, whole } from "../../bench/lib/command.ts";
import { start } from "../../packages/local-aws/control.ts";
import { environment, paths } from "../../packages/local-aws/instance.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { followAudit } from "../support/audited.ts";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { startTestAws, type TestAws } from "../support/local-aws.ts";
import { findOrphans, startedBy } from "../support/orphans.ts";
import { type Case, countExcess, createCases, describeMoment } from "./kill/cases.ts";

/**
 * Kills the Pulumi engine during `up` and `destroy`, repeats the command as a user would, and counts lost, duplicate
 * and leftover resources. Runs on its own local AWS.
 */

const { seed, pairs } = benchCommand(
    "drill:kill",
    "If the engine is killed during up or destroy, is any resource lost, created twice or left over?",
    ["", "--pairs 2 --seed 7"],
)
    .option("--seed <number>", "seed of the moments and faults", whole(0), 1)
    .option("--pairs <number>", "number of killed ups, each followed by a killed destroy", whole(1), 20)
    .parse()
    .opts<{ seed: number; pairs: number }>();

const say = (line: string) => process.stderr.write(`${line}\n`);
/** Milliseconds by which a response is delayed, so that the engine ends before the response arrives. */
const heldMilliseconds = 4000;

const aws = await startTestAws("demo", "passphrase");
const admin = createAdmin(aws.instance);
const rows: string[][] = [];
const problems: string[] = [];
let converged = 0;
const sums = { duplicates: 0, paidTwice: 0, leftovers: 0 };
try {
    // Deploy everything that a stack can create, except a CloudFront distribution. The API serves the storefront.
    await aws.configure({ api: true, storefront: "api", eventTracker: true });
    const usual = await usualSeconds(aws);
    say(`undisturbed: up ${usual.up.toFixed(1)} s, destroy ${usual.destroy.toFixed(1)} s`);
    let lifeStart = await lastRequest();
    for (const [index, one] of createCases(seed, pairs).entries()) {
        const { killedAt, orphans } = await runAndKill(one, usual[one.command]);
        await goOn(one);
        const stillRun = orphans.length > 0 ? `processes of the engine still ran: ${orphans.join(", ")}` : undefined;
        const problem = (await convergence(one)) ?? stillRun;
        converged += problem === undefined ? 1 : 0;
        if (problem !== undefined) {
            problems.push(`run ${index + 1}, ${one.command} killed ${describeMoment(one.moment)}: ${problem}`);
        }
        const row = [`${index + 1}`, one.command, describeMoment(one.moment), killedAt];
        row.push(
            one.emulatorToo ? "yes" : "",
            one.faults.length > 0 ? "yes" : "",
            problem === undefined ? "yes" : "NO",
        );
        rows.push(row);
        if (one.command === "destroy") {
            const excess = countExcess(await admin.requests(lifeStart));
            const left = [...(await listEverything(aws)), ...(await listWatchers(aws))];
            sums.duplicates += excess.duplicates;
            sums.paidTwice += excess.paidTwice;
            sums.leftovers += left.length;
            if (excess.duplicates > 0 || left.length > 0) {
                problems.push(
                    `after run ${index + 1}: ${excess.duplicates} duplicates (${excess.repeated.join(", ")}), left: ${left.join(", ") || "nothing"}`,
                );
            }
            lifeStart = await lastRequest();
        }
        say(`${index + 1}/${2 * pairs} ${one.command} killed ${describeMoment(one.moment)}: ${problem ?? "converged"}`);
    }
} finally {
    await aws.stop();
}

showTable(["run", "command", "killed", "after", "emulator too", "faults", "converged"], rows);
for (const problem of problems) showLine(problem);
process.exitCode = printGoals([
    { name: "kill-runs", figure: rows.length, bound: ">=", limit: 40 },
    { name: "kill-converged", figure: (100 * converged) / rows.length, bound: "=", limit: 100, unit: "%" },
    { name: "kill-duplicates", figure: sums.duplicates, bound: "=", limit: 0 },
    { name: "kill-paid-twice", figure: sums.paidTwice, bound: "=", limit: 0 },
    { name: "kill-leftovers", figure: sums.leftovers, bound: "=", limit: 0 },
]);

async function lastRequest(): Promise<number> {
    return (await admin.requests()).at(-1)?.id ?? 0;
}

/** Returns the seconds that `up` and `destroy` take on this machine without interruption. */
async function usualSeconds({ engine }: TestAws): Promise<Record<Case["command"], number>> {
    const timed = async (command: Case["command"]) => {
        const begun = performance.now();
        const { exitCode, stdout, stderr } = await engine(command);
        if (exitCode !== 0) {
            throw new Error(`${command} failed before the drill interrupted anything:\n${stdout}\n${stderr}`);
        }
        return (performance.now() - begun) / 1000;
    };
    return { up: await timed("up"), destroy: await timed("destroy") };
}

/**
 * Starts the command and kills its engine at the given moment. Returns the seconds until the kill, or "had ended" if
 * the command ended before, and the engine's processes that did not end.
 */
async function runAndKill({ command, moment, emulatorToo }: Case, usual: number) {
    const before = await lastRequest();
    if ("operation" in moment) {
        const effect = { kind: "latency", milliseconds: heldMilliseconds, when: "after" };
        await admin.arm({ operation: moment.operation, effect });
    }
    const begun = performance.now();
    const { instance } = aws;
    const options = { cwd: instance.root, env: environment(instance), stdio: "ignore" } as const;
    const engine = spawn("pulumi", aws.engineArgs(command), options);
    const exit = once(engine, "exit");
    if ("operation" in moment) {
        while (engine.exitCode === null && !(await isHeld(before, moment.operation))) await sleep(5);
    } else {
        await Promise.race([sleep(1000 * usual * moment.share), exit]);
    }
    const seconds = (performance.now() - begun) / 1000;
    const alive = engine.exitCode === null;
    const started = startedBy(engine.pid ?? 0);
    engine.kill("SIGKILL");
    await exit;
    const orphans = findOrphans(started);
    await admin.clear();
    if (emulatorToo) {
        process.kill(JSON.parse(readFileSync(paths(instance).daemonFile, "utf8")).pid, "SIGKILL");
        await start(instance, () => {});
    }
    // Until the first call of Personalize, only Pulumi's own code may run, which does not end with the engine.
    const unexpected = (await orphans).filter(() => "operation" in moment);
    return { killedAt: alive ? `${seconds.toFixed(1)} s` : "had ended", orphans: unexpected };
}

async function isHeld(before: number, operation: string): Promise<boolean> {
    const requests = await admin.requests(before);
    return requests.some((one) => one.operation === operation && one.outcome === "accepted" && !one.answered);
}

/** Unlocks the stack and runs the commands that `audit-leftovers` prints, as a user would. */
async function goOn({ faults }: Case): Promise<void> {
    await aws.pulumi("cancel", "--yes");
    const commands = await followAudit(aws);
    for (const command of commands) say(`  ${command}`);
    for (const fault of faults) await admin.arm(fault);
}

/**
 * Repeats the command. Returns the problem if it fails or does not reach the configured state; undefined if it does.
 */
async function convergence({ command }: Case): Promise<string | undefined> {
    const again = await aws.engine(command);
    await admin.clear();
    if (again.exitCode !== 0) {
        return `the same command again exits ${again.exitCode}: ${(again.stdout + again.stderr).slice(-600)}`;
    }
    if (command === "up") {
        const preview = await aws.engine("preview", "--expect-no-changes");
        return preview.exitCode === 0 ? undefined : `preview finds changes: ${preview.stdout.slice(-600)}`;
    }
    const { stdout } = await aws.pulumi("stack", "export");
    const left = JSON.parse(stdout).deployment.resources?.length ?? 0;
    return left === 0 ? undefined : `the stack still has ${left} resources`;
}
