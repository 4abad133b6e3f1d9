import { type Emulator, monthStart } from "local-personalize";
import { monthSpend } from "./spend.ts";

/** Whether a call of a public resource is for the status that a stack's page shows. */
export const isPageStatus = (method: string | undefined, path: string) => method === "GET" && path.endsWith("/health");

/** The parts of an answer to GET /health that are read. */
interface Health {
    readonly campaign?: { readonly solutionVersionArn?: string };
    readonly cost?: { readonly spend?: object };
}

/**
 * The API's answer to GET /health with what the API itself does not know: the quality of the served version, and the cost
 * of the local Personalize up to now while the cost guard has not counted any. An answer without these parts, such as that
 * for a stranger, stays as it is.
 */
export async function withLocalFigures(
    emulator: Pick<Emulator, "handle" | "usage" | "clock">,
    answer: Buffer,
): Promise<Buffer> {
    const health = healthIn(answer);
    if (health === undefined) return answer;
    const { campaign, cost, ...rest } = health;
    if (campaign?.solutionVersionArn === undefined || cost === undefined) return answer;
    const ndcgAt10 = await qualityOf(emulator, campaign.solutionVersionArn);
    const spend = cost.spend ?? spendOf(emulator);
    return Buffer.from(JSON.stringify({ ...rest, campaign: { ...campaign, ndcgAt10 }, cost: { ...cost, spend } }));
}

/** Undefined for an answer of an API that is not the program's. */
function healthIn(answer: Buffer): Health | undefined {
    try {
        const parsed: unknown = JSON.parse(answer.toString());
        return typeof parsed === "object" && parsed !== null ? parsed : undefined;
    } catch {
        return undefined;
    }
}

async function qualityOf(emulator: Pick<Emulator, "handle">, solutionVersionArn: string): Promise<number | undefined> {
    const [, , , region = ""] = solutionVersionArn.split(":");
    const body = { solutionVersionArn };
    const asked = await emulator.handle({ service: "personalize", operation: "GetSolutionMetrics", region, body });
    const { metrics = {} } = JSON.parse(asked.body) as { readonly metrics?: Readonly<Record<string, number>> };
    return metrics.normalized_discounted_cumulative_gain_at_10;
}

/** The metered cost of all stacks of this local AWS, in the form of the cost guard's count. */
function spendOf({ usage, clock }: Pick<Emulator, "usage" | "clock">) {
    const now = clock.now();
    const countedAt = new Date(now).toISOString();
    const { actual } = monthSpend(usage, now, monthStart(now), () => true);
    return { month: countedAt.slice(0, "2026-11".length), usd: actual, countedAt };
}
