import { overHandler } from "./api/over-handler.ts";
import { overHttp } from "./api/over-http.ts";
import { overStack } from "./api/over-stack.ts";
import { aboveZero, benchCommand, whole } from "./lib/command.ts";
import { type Goal, printGoals } from "./lib/goals.ts";

/**
 * Measures the API's speed, the layers that answer, their savings, and an outage of the campaign. Measures first the
 * function's own code with a simulated campaign, tracker and table, then the stack on a local AWS; each time also the
 * same requests without any cache. With --url it measures an existing stack.
 */

const options = benchCommand(
    "bench:api",
    "How fast does the API answer, how many calls of the campaign does it save, and does it ever fail?",
    ["--handler", "--requests 10000 --viewers 1000"],
)
    .option("--requests <n>", "how many", whole(1), 40_000)
    .option(
        "--viewers <n>",
        "of how many viewers, the n-th busiest of whom asks 1/n as often as the first",
        whole(1),
        4000,
    )
    .option("--exponent <number>", "another of Zipf's law than 1/n", aboveZero, 1)
    .option("--rate <n>", "requests a second that the caches' clock is to see", whole(1), 50)
    .option("--callers <n>", "how many ask at the same time: processes of the function", whole(1), 8)
    .option("--distinct <n>", "viewers of the process that is measured for memory", whole(1), 1_000_000)
    .option("--seed <number>", "other requests for another seed", whole(0), 1)
    .option("--handler", "over the function's code alone, without a local AWS")
    .option("--url <apiUrl>", "ask a stack over HTTP, which then has users 1 to --viewers")
    .option("--api-key <key>", "of that stack")
    .parse()
    .opts<{
        requests: number;
        viewers: number;
        exponent: number;
        rate: number;
        callers: number;
        distinct: number;
        seed: number;
        handler?: boolean;
        url?: string;
        apiKey?: string;
    }>();

const say = (line: string) => process.stderr.write(`${line}\n`);
const { requests, viewers, exponent, seed, url } = options;
const shape = { requests, viewers, exponent, seed, events: 0.02, nameOf: (rank: number) => String(rank + 1) };

process.exitCode = printGoals(url === undefined ? await overBoth() : await overHttp(url, shape, options, say));

/**
 * Measures over the handler and over the stack. The goals count failures and late answers of both. Times of cache hits come from
 * the handler, because a local AWS does not have AWS's speed.
 */
async function overBoth(): Promise<Goal[]> {
    const goals = await overHandler(shape, options, say);
    if (options.handler) {
        return goals;
    }
    const { failed, seconds } = await overStack(shape, say);
    const worse: Readonly<Record<string, number>> = {
        "api-failed": failed,
        "api-fresh-seconds": Math.max(...seconds),
    };
    return goals.map((goal) => ({ ...goal, figure: Math.max(goal.figure, worse[goal.name] ?? goal.figure) }));
}
