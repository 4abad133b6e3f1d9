import type { BatchPorts } from "./ports.ts";
import type { BatchState } from "./state.ts";

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
