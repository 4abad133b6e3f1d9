import { overHandler } from "./api/over-handler.ts";
import { overStack } from "./api/over-stack.ts";
import { benchCommand, type Goal, printGoals, whole } from "./lib/command.ts";

/**
 * Measures the API's speed, from which sources it answers (memory, DynamoDB, campaign or fallback tables), how many
 * calls to the campaign they save, and how the API behaves while the campaign is unavailable. Measures first the
 * function's own code with a simulated campaign, event tracker and table, then the stack on a local AWS, and both times
 * also the same requests without any cache.
 */

const options = benchCommand(
    "bench:api",
    "How fast does the API answer, how many calls of the campaign does it save, and does it ever fail?",
    ["--handler", "--requests 10000 --viewers 1000"],
)
    .option("--requests <n>", "number of requests", whole(1), 40_000)
    .option(
        "--viewers <n>",
        "number of viewers; the n-th busiest sends 1/n as many requests as the first",
        whole(1),
        4000,
    )
    .option("--handler", "measure the function's code only, without a local AWS")
    .parse()
    .opts<{ requests: number; viewers: number; handler?: boolean }>();

const { requests, viewers } = options;
const shape = { requests, viewers, exponent: 1, seed: 1, events: 0.02, nameOf: (rank: number) => String(rank + 1) };

process.exitCode = printGoals(await overBoth());

/**
 * Measures the API's code alone and then in a stack. For the goals about failures and about the delay of events, uses
 * the worse of the two results. The latency of cache hits comes from `overHandler` only, because a local AWS is slower
 * than AWS.
 */
async function overBoth(): Promise<Goal[]> {
    const goals = await overHandler(shape);
    if (options.handler) return goals;
    const { failed, seconds } = await overStack(shape);
    const worse: Readonly<Record<string, number>> = {
        "api-failed": failed,
        "api-fresh-seconds": Math.max(...seconds),
    };
    return goals.map((goal) => ({ ...goal, figure: Math.max(goal.figure, worse[goal.name] ?? goal.figure) }));
}
