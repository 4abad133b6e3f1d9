import { type Emulator, monthStart } from "local-personalize";
import { monthSpend } from "./spend.ts";

/** Checks whether a call to a public endpoint is the GET /health with which the storefront reads its status. */
export const isPageStatus = (method: string | undefined, path: string) => method === "GET" && path.endsWith("/health");

/** The members of a response to GET /health that this file reads. */
interface Health {
    readonly campaign?: { readonly solutionVersionArn?: string };
    readonly cost?: { readonly spend?: object };
}

/**
 * Adds the served version's quality to the API's response to GET /health. If the cost guard has not run yet, also adds
 * the metered cost of the local Personalize. Does not change a response without `campaign` and `cost`, such as the
 * response to a caller without permission.
 */
export async function withLocalFigures(
    emulator: Pick<Emulator, "handle" | "usage" | "clock">,
    answer: Buffer,
): Promise<Buffer> {
    const health = parseHealth(answer);
    if (health === undefined) return answer;
    const { campaign, cost, ...rest } = health;
    if (campaign?.solutionVersionArn === undefined || cost === undefined) return answer;
    const ndcgAt10 = await fetchNdcg(emulator, campaign.solutionVersionArn);
    const spend = cost.spend ?? computeSpend(emulator);
    return Buffer.from(JSON.stringify({ ...rest, campaign: { ...campaign, ndcgAt10 }, cost: { ...cost, spend } }));
}

/** Parses the response; undefined if another program than this API sent it. */
function parseHealth(answer: Buffer): Health | undefined {
    try {
        const parsed: unknown = JSON.parse(answer.toString());
        return typeof parsed === "object" && parsed !== null ? parsed : undefined;
    } catch {
        return undefined;
    }
}

async function fetchNdcg(emulator: Pick<Emulator, "handle">, solutionVersionArn: string): Promise<number | undefined> {
    const [, , , region = ""] = solutionVersionArn.split(":");
    const body = { solutionVersionArn };
    const response = await emulator.handle({ service: "personalize", operation: "GetSolutionMetrics", region, body });
    const { metrics = {} } = JSON.parse(response.body) as { readonly metrics?: Readonly<Record<string, number>> };
    return metrics.normalized_discounted_cumulative_gain_at_10;
}

/** Returns the metered cost of all stacks on this local AWS, with the members that the cost guard records. */
function computeSpend({ usage, clock }: Pick<Emulator, "usage" | "clock">) {
    const now = clock.now();
    const countedAt = new Date(now).toISOString();
    const { actual } = monthSpend(usage, now, monthStart(now), () => true);
    return { month: countedAt.slice(0, "2026-11".length), usd: actual, countedAt };
}
