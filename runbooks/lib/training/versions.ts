import { DescribeSolutionVersionCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import { ParameterNotFound, paginateGetParameterHistory, type SSMClient } from "@aws-sdk/client-ssm";
import { contentHashIn, importOf } from "pulumi-personalize/core";
import { trainingUsd, type UsdRange } from "../../../config/prices.ts";
import {
    type ListedVersion,
    listVersions,
    type Metrics,
    metricsOf,
} from "../../../personalize/operations/solution-versions.ts";
import { type ServingFlag, stateFlagsPath } from "../../../personalize/operations/state-flags.ts";
import { exitCodes, RunbookError } from "../cli/runbook.ts";

/** A switch of the campaign that a runbook recorded. */
export interface NotedSwitch {
    readonly solutionVersionArn: string;
    /** ISO 8601. */
    readonly at: string;
    /** ARN of the caller; null if SSM returns none. */
    readonly by: string | null;
    readonly reason: string;
}

/** One solution version with its data, quality, cost and use. */
export interface Version extends ListedVersion {
    /** The version's import job; null for a version that the service or another program trained. */
    readonly importJobArn: string | null;
    /** First eight digits of the imported file's SHA-256, from the import job's name. */
    readonly dataHash: string | null;
    readonly metrics: Metrics | null;
    readonly trainingHours: number | null;
    /** Null if the price depends on a value that is not recorded. */
    readonly trainingUsd: UsdRange | null;
    readonly servingNow: boolean;
    /** The last switch to the version; null if `pulumi up` switched, or if the version never served. */
    readonly switched: Omit<NotedSwitch, "solutionVersionArn"> | null;
}

/** Returns a solution's versions with details, oldest first. `serving` is the serving version's ARN. */
export async function versionsOf(
    client: PersonalizeClient,
    solutionArn: string,
    serving: string | undefined,
    switches: readonly NotedSwitch[],
): Promise<Version[]> {
    const versions: Version[] = [];
    // Sequential, because a solution may have many versions and the service throttles at ten calls a second.
    for (const listed of await listVersions(client, solutionArn)) {
        const { solutionVersionArn, status } = listed;
        const describe = new DescribeSolutionVersionCommand({ solutionVersionArn });
        const { solutionVersion: description = {} } = await client.send(describe);
        const importJobArn = (await importOf(client, solutionVersionArn)) ?? null;
        const { trainingHours, recipeArn } = description;
        const switched = switches.findLast((noted) => noted.solutionVersionArn === solutionVersionArn);
        versions.push({
            ...listed,
            importJobArn,
            dataHash: contentHashIn(importJobArn ?? undefined) ?? null,
            metrics: status === "ACTIVE" ? await metricsOf(client, solutionVersionArn) : null,
            trainingHours: trainingHours ?? null,
            trainingUsd: trainingHours === undefined ? null : priceOf(recipeArn, trainingHours),
            servingNow: solutionVersionArn === serving,
            switched: switched ? { at: switched.at, by: switched.by, reason: switched.reason } : null,
        });
    }
    return versions;
}

/** Returns a training's price. v2 recipes bill the considered interactions, whose number a version does not contain. */
function priceOf(recipeArn: string | undefined, trainingHours: number): UsdRange | null {
    return recipeArn?.endsWith("-v2") ? null : trainingUsd(recipeArn, { interactions: 0, trainingHours });
}

/** Returns the switches recorded in a stack's parameter, oldest first. SSM keeps the last hundred values. */
export async function notedSwitches(client: SSMClient, stack: string): Promise<NotedSwitch[]> {
    const notes: { value: string; at: string; by: string | null }[] = [];
    try {
        const Name = `${stateFlagsPath(stack)}/serving`;
        for await (const { Parameters = [] } of paginateGetParameterHistory({ client }, { Name })) {
            for (const { Value = "{}", LastModifiedDate, LastModifiedUser = null } of Parameters) {
                notes.push({ value: Value, at: LastModifiedDate?.toISOString() ?? "", by: LastModifiedUser });
            }
        }
    } catch (error) {
        if (!(error instanceof ParameterNotFound)) {
            throw error;
        }
    }
    return parseSwitches(notes);
}

/**
 * Returns the recorded values that changed the campaign's version. Leaves out values that only hold or release the serving
 * version, failed switches, and the repeated value at the end of a retraining.
 */
export function parseSwitches(
    notes: readonly { readonly value: string; readonly at: string; readonly by: string | null }[],
): NotedSwitch[] {
    const stateFlags = notes.map(({ value }) => JSON.parse(value) as ServingFlag);
    return stateFlags.flatMap(({ solutionVersionArn, from, reason, since, retraining }, index) => {
        const { at = "", by = null } = notes[index] ?? {};
        const failed = stateFlags[index + 1]?.failed === solutionVersionArn;
        return from === solutionVersionArn || failed || retraining
            ? []
            : [{ solutionVersionArn, at: at || since, by, reason }];
    });
}

/**
 * Returns the version for a rollback: the one with this id or ARN, otherwise the ACTIVE version trained before `live`.
 * @throws RunbookError with the choices
 */
export function chooseTarget(versions: readonly ListedVersion[], live: string, wanted: string | undefined): string {
    const choices = versions.filter(
        ({ status, solutionVersionArn }) => status === "ACTIVE" && solutionVersionArn !== live,
    );
    const named = choices.map(({ id, madeAt }) => `${id} (${madeAt?.slice(0, 16).replace("T", " ") ?? "?"})`);
    const can = named.length > 0 ? `Choices: ${named.join(", ")}` : "There is no other ACTIVE version";
    if (wanted === undefined) {
        const at = versions.findIndex(({ solutionVersionArn }) => solutionVersionArn === live);
        const before = versions.slice(0, Math.max(0, at)).findLast(({ status }) => status === "ACTIVE");
        if (before === undefined) {
            throw new RunbookError(`There is no ACTIVE version before the one that serves. ${can}.`);
        }
        return before.solutionVersionArn;
    }
    const wantedVersion = versions.find(({ id, solutionVersionArn }) => id === wanted || solutionVersionArn === wanted);
    if (wantedVersion === undefined) {
        throw new RunbookError(`${wanted} is not a version of this solution. ${can}.`, exitCodes.usage);
    }
    if (wantedVersion.status !== "ACTIVE") {
        throw new RunbookError(
            `Version ${wantedVersion.id} is ${wantedVersion.status}, not ACTIVE. ${can}.`,
            exitCodes.usage,
        );
    }
    return wantedVersion.solutionVersionArn;
}
