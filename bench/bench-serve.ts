import { copyFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_OUTPUT } from "../data-prep/files.ts";
import { signedHeaders } from "../packages/local-aws/test/signed.ts";
import { assertExit, region, startTestAws } from "../test/support/local-aws.ts";
import { zipf } from "./api/load.ts";
import {
    aboveZero,
    benchCommand,
    existing,
    log,
    printGoals,
    runForJson,
    seededRandom,
    showTable,
} from "./lib/command.ts";
import { benchPython } from "./lib/python.ts";
import type { Measured } from "./load/client.ts";
import { postRequest, startLoad } from "./load/run.ts";

/**
 * Measures GetRecommendations over the port of a local AWS that enforces IAM and meters usage. Sends signed requests
 * over 8 and 32 keep-alive connections, for users drawn by Zipf's law. The service computes each answer from the user's
 * history.
 */

const { data, seconds } = benchCommand(
    "bench:serve",
    "How many recommendations a second does the local AWS answer, and how long does one take?",
    ["", "--seconds 30"],
)
    .option("--data <file>", "the interactions of MovieLens 100k", DEFAULT_OUTPUT)
    .option("--seconds <n>", "duration of each measurement", aboveZero, 10)
    .parse()
    .opts<{ data: string; seconds: number }>();

existing(data);

const users = 943;
const draw = zipf(users, 1, seededRandom(1));
const order = Array.from({ length: 20_000 }, draw);
const aws = await startTestAws();
try {
    log("deploying the stack on a separate local AWS");
    await copyFile(data, aws.interactionsFile);
    assertExit(await aws.engine("up"), 0);
    const { campaignArn = "" } = await aws.outputs();
    const measure = async (name: string, connections: number, input: object) => {
        log(name);
        const load = (warm: number) => startAndStop({ campaignArn, ...input }, connections, warm);
        // Send requests for two seconds without measuring them, so that V8 has compiled the code.
        await load(2);
        const { answers, failed, failure, p50, p99, seconds: took } = await load(seconds);
        if (failed > 0) throw new Error(`${failed} requests failed, the first one with: ${failure}`);
        return { name, perSecond: answers / took, p50, p99 };
    };
    const eight = await measure("25 results, 8 clients", 8, {});
    const many = await measure("25 results, 32 clients", 32, {});
    const rows = [eight, many, await measure("500 results, 8 clients", 8, { numResults: 500 })];
    const peer = new URL("serve/peer.py", import.meta.url).pathname;
    const speeds = await runForJson<Record<string, { perSecond: number; p50: number; p99: number }>>(
        await benchPython("bench/serve"),
        [peer, data],
    );
    for (const [count, figures] of Object.entries(speeds)) {
        rows.push({ name: `implicit's recommend call, ${count} results, without a network`, ...figures });
    }
    showTable(
        ["", "a second", "p50 ms", "p99 ms"],
        rows.map(({ name, perSecond, p50, p99 }) => [name, perSecond.toFixed(0), p50.toFixed(2), p99.toFixed(2)]),
    );
    process.exitCode = printGoals([
        { name: "serve-p99-ms", figure: eight.p99, bound: "<", limit: 10, unit: "ms" },
        { name: "serve-rps", figure: many.perSecond, bound: ">", limit: 2000 },
    ]);
} finally {
    await aws.stop();
}

async function startAndStop(input: object, connections: number, time: number): Promise<Measured> {
    const { port } = aws.instance;
    const url = new URL(`http://127.0.0.1:${port}/recommendations`);
    // Sign the requests before each measurement, because signatures are valid only for minutes.
    const requests = Array.from({ length: users }, (_, user) => {
        const body = { ...input, userId: String(user + 1) };
        const signed = signedHeaders("POST", url, JSON.stringify(body), region, "personalize");
        return postRequest(url.pathname, body, { host: url.host, ...signed });
    });
    const load = startLoad({ port, connections, requests, order });
    await sleep(time * 1000);
    return load.stop();
}
