import { Agent, request } from "node:http";
import { CostExplorerClient, GetCostAndUsageCommand } from "@aws-sdk/client-cost-explorer";
import type { CommandResult } from "../../../packages/local-aws/pulumi.ts";
import { signedHeaders } from "../../../packages/local-aws/test/signed.ts";
import { readJson } from "../../support/json.ts";
import { createSettings, region, type TestAws } from "../../support/local-aws.ts";
import { billTable } from "./bill-table.ts";

export interface Metered {
    /** Quantities by usage type without the region's prefix. */
    readonly quantities: ReadonlyMap<string, number>;
    /** The cost in US dollars, with the drill's own prices. */
    readonly usd: number;
    /** The cost in US dollars that Cost Explorer returns. */
    readonly shownUsd: number;
}

const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const hourOf = (at: number) => `${new Date(at).toISOString().slice(0, 13)}:00:00Z`;

/**
 * Reads the usage of Amazon Personalize from Cost Explorer, from `start` to before `end` in epoch milliseconds, in
 * whole days or hours.
 */
export async function metered(
    aws: TestAws,
    start: number,
    end: number,
    granularity: "DAILY" | "HOURLY" = "DAILY",
): Promise<Metered> {
    const client = new CostExplorerClient({ ...createSettings(aws.instance), region: "us-east-1" });
    const shown = granularity === "DAILY" ? dateOf : hourOf;
    try {
        const { ResultsByTime = [] } = await client.send(
            new GetCostAndUsageCommand({
                TimePeriod: { Start: shown(start), End: shown(end) },
                Granularity: granularity,
                Metrics: ["UnblendedCost", "UsageQuantity"],
                GroupBy: [{ Type: "DIMENSION", Key: "USAGE_TYPE" }],
                Filter: { Dimensions: { Key: "SERVICE", Values: ["Amazon Personalize"] } },
            }),
        );
        const quantities = new Map<string, number>();
        let shownUsd = 0;
        for (const { Keys: [usageType = ""] = [], Metrics = {} } of ResultsByTime.flatMap(
            ({ Groups = [] }) => Groups,
        )) {
            const kind = usageType.slice(usageType.indexOf("-") + 1);
            quantities.set(kind, (quantities.get(kind) ?? 0) + Number(Metrics.UsageQuantity?.Amount));
            shownUsd += Number(Metrics.UnblendedCost?.Amount);
        }
        const usd = [...quantities].reduce((sum, [kind, quantity]) => {
            const price = Object.entries(billTable).find(([name]) => name === kind)?.[1];
            if (price === undefined) throw new Error(`money/bill-table.ts has no price for the usage type ${kind}`);
            return sum + quantity * price;
        }, 0);
        return { quantities, usd, shownUsd };
    } finally {
        client.destroy();
    }
}

/** Advances the emulator's clock by some seconds. Returns its new time. */
export async function advance({ instance }: TestAws, seconds: number): Promise<number> {
    const url = `http://127.0.0.1:${instance.port}/_local/clock`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify({ advanceSeconds: seconds }) });
    const answer = await readJson<{ now?: string; message?: string }>(response);
    if (answer.now === undefined) throw new Error(`the emulator's clock could not be advanced: ${answer.message}`);
    return Date.parse(answer.now);
}

/** Number of concurrent requests. More are not faster, because the emulator is one process. */
const atOnce = 24;
/** Milliseconds for which a signature is reused; a signature is valid for 5 minutes. */
const freshFor = 60_000;

/**
 * Sends `count` requests to a campaign as fast as possible, or fewer if `enough` returns true before. Returns the
 * number of successful responses.
 */
export async function ask(
    { instance }: TestAws,
    campaignArn: string,
    count: number,
    enough: () => boolean = () => false,
): Promise<number> {
    const url = new URL(`http://127.0.0.1:${instance.port}/recommendations`);
    const body = JSON.stringify({ campaignArn, userId: "22", numResults: 1 });
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    let headers = {};
    let signedAt = Number.NEGATIVE_INFINITY;
    let left = count;
    let answered = 0;
    const one = () =>
        new Promise<void>((resolve, reject) => {
            if (performance.now() - signedAt > freshFor) {
                headers = {
                    ...signedHeaders("POST", url, body, region, "personalize"),
                    "content-type": "application/json",
                };
                signedAt = performance.now();
            }
            request(url, { method: "POST", agent, headers }, (response) => {
                answered += response.statusCode === 200 ? 1 : 0;
                response.resume().on("end", resolve).on("error", reject);
            })
                .on("error", reject)
                .end(body);
        });
    const worker = async () => {
        for (; left > 0 && !enough(); ) {
            left -= 1;
            await one();
        }
    };
    try {
        await Promise.all(Array.from({ length: atOnce }, worker));
    } finally {
        agent.destroy();
    }
    return answered;
}

/** Returns the result of a command. Throws an error with the output if the command failed. */
export function fine(what: string, result: CommandResult): CommandResult {
    if (result.exitCode !== 0) {
        throw new Error(`${what} exited with ${result.exitCode}:\n${(result.stdout + result.stderr).slice(-3000)}`);
    }
    return result;
}
