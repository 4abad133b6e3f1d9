import type { DrillStack } from "./drill-stack.ts";

/** The result of a run. Both lists are empty if it succeeded. */
export interface LifeEnd {
    /** Failed steps with their output. */
    readonly problems: readonly string[];
    /** Resources that audit-leftovers finds after `destroy`. */
    readonly left: readonly string[];
}

/** Two users of the drill's data, and a user who is not in the data. */
const users = ["1", "2", "nobody"];

/**
 * Runs the steps of the drill on a stack: doctor, up, preview and refresh without changes, recommend, and observations.
 * Omits doctor if `isKnown` says that the account is the drill's own local AWS, which needs no check. Always runs
 * destroy at the end. An abort of `signal` skips the steps after the current one.
 */
export async function liveThrough(
    stack: DrillStack,
    how: { readonly isKnown: boolean; readonly signal: AbortSignal; say(line: string): void },
): Promise<LifeEnd> {
    const { signal, say } = how;
    const problems: string[] = [];
    const steps: readonly (readonly [name: string, step: () => Promise<string | undefined>])[] = [
        ...(how.isKnown ? [] : [["doctor", () => doctor(stack)] as const]),
        ["up", () => exitOf(stack.engine("up"))],
        ["preview --expect-no-changes", () => exitOf(stack.engine("preview", "--expect-no-changes"))],
        ["refresh --expect-no-changes", () => exitOf(stack.engine("refresh", "--expect-no-changes"))],
        ["recommend", () => recommend(stack)],
        ["API, page, guard, alarms and filters", () => stack.observe()],
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
    if (destroyed !== undefined) {
        problems.push(`destroy: ${destroyed}. Continue with: ${stack.byHand}`);
    }
    const left = await leftOf(stack);
    return { problems, left };
}

async function exitOf(work: Promise<{ readonly exitCode: number }>): Promise<string | undefined> {
    const { exitCode } = await work;
    return exitCode === 0 ? undefined : `exit ${exitCode}`;
}

async function doctor({ stack, configFile, runbook }: DrillStack): Promise<string | undefined> {
    const { exitCode, stdout } = await runbook("doctor", "--stack", stack, "--config-file", configFile, "--json");
    if (exitCode === 0) {
        return undefined;
    }
    const { checks = [] } = parsed(stdout) as { checks?: { verdict: string; name: string; detail: string }[] };
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
    const { rows } = parsed(stdout) as { rows?: { kind: string; name: string; why: string; remove: string[] }[] };
    if (rows === undefined) {
        return [`unknown: audit-leftovers printed no result. Run: npm run audit-leftovers -- --region ${region}`];
    }
    return rows
        .filter(({ name, why }) => `${name} ${why}`.includes(stack))
        .map(({ kind, name, remove }) => `${kind} ${name}. Delete it with: ${remove.join(" && ")}`);
}

function parsed(text: string): object {
    try {
        return JSON.parse(text) as object;
    } catch {
        return {};
    }
}
