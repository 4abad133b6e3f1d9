import { createHash } from "node:crypto";
import { addNotification, type GuardState } from "./guard-state.ts";
import type { Observations } from "./observations.ts";

/** Maximum number of statements in a notification: the state has 4 KB. */
const maxNamed = 5;

/** Notifies once about statements in resource-based policies that allow foreign callers, and again when they change. */
export function reportForeign(
    state: GuardState,
    now: number,
    { foreignStatements: statements }: Pick<Observations, "foreignStatements">,
): GuardState {
    if (statements === undefined || statements.length === 0) return state;
    const names = statements.slice(0, maxNamed);
    return (
        addNotification(state, {
            kind: "policy-foreign",
            month: state.spend.month,
            about: createHash("sha256").update(statements.join()).digest("hex").slice(0, 8),
            at: now,
            facts: { names, more: statements.length - names.length },
        }) ?? state
    );
}
