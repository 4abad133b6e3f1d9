import { exitCodes, RunbookError } from "../cli/runbook.ts";
import type { ListedVersion } from "./versions.ts";

/**
 * The version to roll back to: the one of that id or ARN, else the ACTIVE one before `live`.
 *
 * @throws RunbookError that names the versions which can be chosen.
 */
export function chooseTarget(versions: readonly ListedVersion[], live: string, wanted: string | undefined): string {
    const choices = versions.filter(
        ({ status, solutionVersionArn }) => status === "ACTIVE" && solutionVersionArn !== live,
    );
    const named = choices.map(({ id, madeAt }) => `${id} (${madeAt?.slice(0, 16).replace("T", " ") ?? "?"})`);
    const can = named.length > 0 ? `What can be chosen: ${named.join(", ")}` : "There is no other ACTIVE version";
    if (wanted === undefined) {
        const at = versions.findIndex(({ solutionVersionArn }) => solutionVersionArn === live);
        const before = versions.slice(0, Math.max(0, at)).findLast(({ status }) => status === "ACTIVE");
        if (before === undefined) {
            throw new RunbookError(`There is no ACTIVE version before the one that serves. ${can}.`);
        }
        return before.solutionVersionArn;
    }
    const found = versions.find(({ id, solutionVersionArn }) => id === wanted || solutionVersionArn === wanted);
    if (found === undefined) {
        throw new RunbookError(`${wanted} is no version of this solution. ${can}.`, exitCodes.usage);
    }
    if (found.status !== "ACTIVE") {
        throw new RunbookError(`Version ${found.id} is ${found.status}, not ACTIVE. ${can}.`, exitCodes.usage);
    }
    return found.solutionVersionArn;
}
