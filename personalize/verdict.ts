import { isDeadEnd } from "./diff.ts";
import type { Look } from "./resource.ts";
import type { Verdict } from "./wait.ts";

/** Whether anything still changes a resource: its making, or an update of it. A failed update changes nothing. */
export function verdictOn(look: Look): Verdict<Look> {
    if (isDeadEnd(look.status)) {
        return { failed: `${look.status}. The service says: ${look.failureReason ?? "nothing of the reason"}` };
    }
    if (look.status !== "ACTIVE") {
        return { state: look.status };
    }
    return look.update && /PENDING|IN_PROGRESS/.test(look.update.status)
        ? { state: `UPDATE ${look.update.status}` }
        : { done: look };
}
