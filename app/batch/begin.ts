import { randomBytes } from "node:crypto";
import { approximately, batchUsd, priceNote } from "../../core/config/prices.ts";
import { toMonth } from "../../core/cost/time.ts";
import { countTestUsers, refusals } from "../../core/operations/quality-gate.ts";
import { activeUsers, chooseVersion, type Observed, viewersOfJob } from "./next-step.ts";
import type { BatchPorts, BatchSettings, Interactions, Run } from "./ports.ts";
import type { BatchState, Making } from "./state.ts";

/**
 * Begins a generation: chooses the solution version and the viewers, and writes the input of the batch inference job.
 */
export async function beginGeneration(
    { ports, settings }: Run,
    state: BatchState,
    observed: Observed,
): Promise<BatchState> {
    const { now, request, held } = observed;
    const interactions = await ports.interactions();
    const solutionVersionArn = await chooseVersion({
        versions: await ports.versions(),
        request,
        held,
        live: state.live,
        refusals: (fresh, live) => judge(ports, settings, interactions, fresh, live),
    });
    const userIds = await viewersToServe({ ports, settings }, interactions, solutionVersionArn, now);
    const usd = batchUsd(settings.recipe, userIds.length).high;
    const month = toMonth(now);
    const own = state.spent.month === month ? state.spent.usd : 0;
    const spend = await ports.spend();
    const spentUsd = Math.max(own, spend?.month === month ? spend.usd : 0);
    if (userIds.length === 0) {
        return noteFailure(ports, state, `No viewer was active in ${settings.activeDays} days`, request);
    }
    if (spentUsd + usd > settings.monthlyLimitUsd) {
        const text =
            `A job for ${userIds.length} viewers costs ${approximately(usd)}, and the stack cost ${approximately(spentUsd)} this month ` +
            `${priceNote}. The limit is $${settings.monthlyLimitUsd}. To raise it: pulumi config set monthlyLimitUsd <US dollars> && pulumi up`;
        return noteFailure(ports, state, text, request);
    }
    const generation = state.lastGeneration + 1;
    // The name of a job cannot be reused, and the generation number in the name restarts at 1 after `pulumi destroy`.
    // The random part makes the name unique. The function's permissions require five digits.
    const jobName = `${settings.jobNamePrefix}-${String(generation).padStart(5, "0")}-${randomBytes(4).toString("hex")}`;
    await ports.writeUsers(jobName, userIds);
    const making: Making = {
        ...{ generation, jobName, solutionVersionArn, request, madeAt: now, users: userIds.length },
        ...{ lists: 0, kept: 0, errors: [], phase: "create", cursor: 0 },
    };
    return { ...state, lastGeneration: generation, making, spent: { month, usd: own + usd } };
}

async function judge(
    ports: BatchPorts,
    { gate }: BatchSettings,
    interactions: Interactions,
    fresh: string,
    live: string,
): Promise<readonly string[]> {
    const [freshMetrics, liveMetrics] = await Promise.all([ports.metrics(fresh), ports.metrics(live)]);
    const popularity = interactions.popularity();
    const compared = { fresh: freshMetrics, live: liveMetrics, popularity, testUsers: countTestUsers(interactions) };
    const reasons = refusals(compared, gate);
    ports.log({ judged: fresh, live, refused: reasons });
    return reasons;
}

/** Returns the viewers for whom the next job makes lists. */
async function viewersToServe(
    { ports, settings: { activeDays } }: Run,
    interactions: Interactions,
    solutionVersionArn: string,
    now: number,
): Promise<string[]> {
    const isInVersion = (await ports.viewersOf(solutionVersionArn)) ?? (() => true);
    const ofData = activeUsers(interactions, activeDays).filter(isInVersion);
    const withEvents = await ports.viewersWithEvents(now - activeDays * 86_400_000);
    return viewersOfJob(ofData, new Set(interactions.userIds), withEvents);
}

const hour = 3_600_000;
/**
 * Milliseconds before a failed job is repeated: the first wait, and the longest one. The wait doubles with each
 * failure.
 */
const firstRetry = 6 * hour;
const longestRetry = 24 * hour;

/**
 * Records a failure, and sends a notification about the first of consecutive failures. Sends it before the failure is
 * stored: if the run is repeated, receivers ignore the second notification, which has the same ID.
 *
 * @param request the solution version that the stack requests
 */
export async function noteFailure(
    ports: BatchPorts,
    state: BatchState,
    text: string,
    request: string,
): Promise<BatchState> {
    const count = (state.failure?.count ?? 0) + 1;
    const retryAt = ports.now() + Math.min(firstRetry * 2 ** (count - 1), longestRetry);
    ports.log({ failed: text, count });
    const lists = state.live
        ? `The lists of ${new Date(state.live.madeAt).toISOString()} stay`
        : "There are no lists yet";
    if (count === 1) await ports.notify(`lists-failed/${state.lastGeneration}`, `${text}. ${lists}.`);
    return { ...state, failure: { text, count, request, retryAt } };
}
