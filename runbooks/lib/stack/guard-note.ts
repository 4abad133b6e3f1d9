import type { SSMClient } from "@aws-sdk/client-ssm";
import { parseState } from "../../../cost/guard-state.ts";
import { monthSpendUsd } from "../../../cost/spend.ts";
import { iso } from "../../../cost/time.ts";
import { readGuardState, readStateFlags } from "../../../personalize/operations/state-flags.ts";

/** What stands noted of a stack's money. */
export interface GuardNote {
    /** There while the campaign is parked, by the cost guard or by a person. */
    readonly parked: { readonly since: string; readonly reason: string } | null;
    /** What the month's campaign hours cost so far, at the minimum where requests are not reckoned yet; ISO 8601. */
    readonly spent: { readonly month: string; readonly usd: number; readonly until: string } | null;
}

/** Reads the marks of a stack. */
export async function guardNote(ssm: SSMClient, stack: string): Promise<GuardNote> {
    const { parked } = await readStateFlags(ssm, stack);
    const { text } = await readGuardState(ssm, stack);
    const parsed = text === undefined ? undefined : parseState(text);
    const spend = parsed !== undefined && "state" in parsed ? parsed.state.spend : undefined;
    return {
        parked: parked ? { since: parked.since, reason: parked.reason } : null,
        spent: spend ? { month: spend.month, usd: monthSpendUsd(spend, undefined), until: iso(spend.until) } : null,
    };
}
