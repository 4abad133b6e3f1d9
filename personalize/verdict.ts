import { isDeadEnd } from "./diff.ts";
import type { Description } from "./resource.ts";
import type { Verdict } from "./wait.ts";

/** Whether anything still changes a resource: its making, or an update of it. A failed update changes nothing. */
export function verdictOn(description: Description): Verdict<Description> {
    if (isDeadEnd(description.status)) {
        return {
            failed: `${description.status}. The service says: ${description.failureReason ?? "nothing of the reason"}`,
        };
    }
    if (description.status !== "ACTIVE") {
        return { state: description.status };
    }
    return description.update && /PENDING|IN_PROGRESS/.test(description.update.status)
        ? { state: `UPDATE ${description.update.status}` }
        : { done: description };
}
