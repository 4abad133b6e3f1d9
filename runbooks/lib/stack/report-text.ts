import { duration } from "pulumi-personalize/core";
import { approximately, priceNote } from "../../../core/config/prices.ts";
import { readable } from "../../../core/cost/time.ts";
import { heldText, parkedText } from "../../../core/operations/operation.ts";
import { table } from "../cli/output.ts";
import type { StackReport } from "./stack-report.ts";

/** Formats a stack's state for a terminal. */
export function reportText({ overall, resources, money, unread }: StackReport): string {
    if (overall === "empty") return "The stack has no Personalize resources. Create them with: pulumi up";
    const rows = resources.map(({ resource, state, ageSeconds }) => [
        resource,
        state,
        ageSeconds === null ? "–" : duration(ageSeconds),
    ]);
    const lines = [table(["resource", "state", "since"], rows)];
    for (const { resource, failureReason, lastCallError, nextStep } of resources) {
        if (failureReason) lines.push(`${resource} failed: ${failureReason}`);
        if (lastCallError) {
            const { at, call, code, message, by } = lastCallError;
            const when = readable(Date.parse(at));
            lines.push(
                `${resource}, last error in CloudTrail: ${call} ${code} at ${when} by ${by}${message ? `: ${message}` : ""}`,
            );
        }
        if (nextStep) lines.push(`${resource}: ${nextStep}`);
    }
    if (money?.parked) lines.push(parkedText(money.parked));
    if (money?.held) lines.push(heldText(money.held));
    if (money?.spent) {
        const { month, usd, until } = money.spent;
        const spent = `${approximately(usd)} ${priceNote}`;
        lines.push(`campaign hours of ${month} so far: ${spent}, by the cost guard at ${readable(Date.parse(until))}`);
    }
    for (const { what, reason } of unread) lines.push(`not read: ${what}: ${reason}`);
    lines.push(`console: ${resources[0]?.consoleUrl}`);
    return lines.join("\n");
}

/** Returns one line for each change since `before`; without `before`, one line for each resource. */
export function changesSince(before: StackReport | undefined, after: StackReport): string[] {
    const [old, now] = [before === undefined ? new Map() : collectFacts(before), collectFacts(after)];
    const gone = [...old.keys()].filter((what) => !now.has(what));
    return [
        ...[...now].filter(([what, fact]) => old.get(what) !== fact).map(([what, fact]) => `${what}: ${fact}`),
        ...gone.map((what) => `${what}: ${what === campaignHours ? "no longer parked" : "no longer in the stack"}`),
    ];
}

const campaignHours = "cost";

function collectFacts({ resources, money }: StackReport): Map<string, string> {
    const facts = resources.map(({ resource, state, failureReason, lastCallError }): [string, string] => {
        const why = failureReason ? ` (${failureReason})` : "";
        const call = lastCallError ? `, last error in CloudTrail: ${lastCallError.call} ${lastCallError.code}` : "";
        return [resource, `${state}${why}${call}`];
    });
    return new Map([...facts, ...(money?.parked ? [[campaignHours, parkedText(money.parked)] as const] : [])]);
}
