import type { CommandAnswer } from "./commands.ts";
import type { DrillStack } from "./drill-stack.ts";

/** The result of a run. Both lists are empty if it succeeded. */
export interface LifeEnd {
    /** Failed steps with their output. */
    readonly problems: readonly string[];
    /** Resources that audit-leftovers finds after `destroy`. */
    readonly left: readonly string[];
}

const batch = "up with batch lists";

/** Two users of the drill's data, and a user who is not in the data. */
const users = ["1", "2", "nobody"];

/**
 * Runs the steps of the drill on a stack: doctor, up as an operator, preview and refresh without changes, recommend,
 * observations, and up with lists of batch inference. Records the result of each step. Always runs destroy at the end.
 * An abort of `signal` skips the steps after the current one.
 */
export async function liveThrough(
    stack: DrillStack,
    { signal, say }: { readonly signal: AbortSignal; say(line: string): void },
): Promise<LifeEnd> {
    const problems: string[] = [];
    const steps: readonly (readonly [name: string, step: () => Promise<string | undefined>])[] = [
        ["doctor", () => doctor(stack)],
        ["operator", () => stack.createOperator().catch(({ message }) => `${message}. To clean up: ${stack.byHand}`)],
        ["up", () => deploy(stack, "up", signal)],
        ["preview --expect-no-changes", () => exitOf(stack.engine("preview", "--expect-no-changes"))],
        ["refresh --expect-no-changes", () => exitOf(stack.engine("refresh", "--expect-no-changes"))],
        ["recommend", () => recommend(stack)],
        ["API, page, guard, alarms and filters", () => stack.observe()],
        [batch, () => stack.configure({ serving: { mode: "batch" } }).then(() => deploy(stack, batch, signal))],
    ];
    const passOn = () => stack.interrupt();
    signal.addEventListener("abort", passOn);
    try {
        for (const [name, step] of steps) {
            if (signal.aborted) {
                problems.push(`${name}: not started, because the drill was stopped`);
                break;
            }
            say(`\n== ${name} ==\n`);
            const problem = await step();
            stack.note(name, problem ?? "done");
            if (problem !== undefined) {
                problems.push(`${name}: ${problem}`);
                break;
            }
        }
    } catch (error) {
        problems.push((error as Error).message);
    } finally {
        signal.removeEventListener("abort", passOn);
    }
    say("\n== destroy ==\n");
    // Release the stack's lock, which a killed engine leaves.
    await stack.run("pulumi", ["cancel", "--yes", "--stack", stack.stack, "--non-interactive"], { quiet: true });
    const destroyed = await exitOf(stack.engine("destroy"));
    stack.note("destroy", destroyed ?? "done");
    if (destroyed === undefined) {
        await stack
            .deleteOperator()
            .catch(({ message }) => problems.push(`operator: ${message}. Continue with: ${stack.byHand}`));
    } else {
        problems.push(`destroy: ${destroyed}. Continue with: ${stack.byHand}`);
    }
    const left = await leftOf(stack);
    stack.note("leftovers", left.join("\n") || "none");
    return { problems, left };
}

/** Returns the exit code and the errors of a failed Pulumi command, each on a line; undefined after a success. */
async function exitOf(work: Promise<CommandAnswer>): Promise<string | undefined> {
    const { exitCode, stdout } = await work;
    const errors = [...stdout.matchAll(/^ *error: *(.*)$/gm)].map(([, text = ""]) => text);
    return exitCode === 0 ? undefined : [`exit ${exitCode}`, ...new Set(errors.sort())].join("\n");
}

/** Runs `up` as the operator. If that fails, runs `up` as the administrator, so that the following steps are possible. */
async function deploy(stack: DrillStack, step: string, signal: AbortSignal): Promise<string | undefined> {
    const problem = await exitOf(stack.upAsOperator());
    stack.note(`${step} as operator`, problem ?? "done");
    return problem === undefined || signal.aborted ? problem : exitOf(stack.engine("up"));
}

async function doctor({ stack, configFile, runbook, note }: DrillStack): Promise<string | undefined> {
    const { exitCode, stdout } = await runbook("doctor", "--stack", stack, "--config-file", configFile, "--json");
    const { checks = [] } = parsed(stdout) as { checks?: { verdict: string; name: string; detail: string }[] };
    for (const { name, verdict, detail } of checks) {
        note(`doctor ${name}`, verdict === "ok" ? verdict : `${verdict}: ${detail}`);
    }
    if (exitCode === 0) return undefined;
    const failed = checks.filter(({ verdict }) => verdict === "fail").map(({ name, detail }) => `${name} (${detail})`);
    return `not ready: ${failed.join("; ") || `exit ${exitCode}`}`;
}

async function recommend({ stack, runbook }: DrillStack): Promise<string | undefined> {
    const { exitCode, stdout } = await runbook("recommend", ...users, "--stack", stack, "--json");
    const { recommendations = {} } = parsed(stdout) as { recommendations?: Record<string, unknown[]> };
    const empty = users.filter((user) => (recommendations[user]?.length ?? 0) === 0);
    return exitCode === 0 && empty.length === 0 ? undefined : `exit ${exitCode}, nothing for: ${empty.join(", ")}`;
}

async function leftOf({ stack, region, runbook }: DrillStack): Promise<string[]> {
    const { stdout } = await runbook("audit-leftovers", "--region", region, "--json");
    const { rows } = parsed(stdout) as { rows?: { kind: string; name: string; why: string; commands: string[] }[] };
    if (rows === undefined) {
        return [`unknown: audit-leftovers printed no result. Run: npm run audit-leftovers -- --region ${region}`];
    }
    return rows
        .filter(({ name, why }) => `${name} ${why}`.includes(stack))
        .map(({ kind, name, commands }) => `${kind} ${name}. Delete it with: ${commands.join(" && ")}`);
}

function parsed(text: string): object {
    try {
        return JSON.parse(text) as object;
    } catch {
        return {};
    }
}
