import { DescribeSolutionVersionCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import { ParameterNotFound, paginateGetParameterHistory, type SSMClient } from "@aws-sdk/client-ssm";
import { fetchTrainingImport, findContentHash } from "pulumi-personalize/core";
import { approximately, priceNote, trainingUsd, type UsdRange } from "../../../core/config/prices.ts";
import { nameInArn } from "../../../core/operations/operation.ts";
import {
    fetchMetrics,
    type ListedVersion,
    listVersions,
    type Metrics,
} from "../../../core/operations/solution-versions.ts";
import { type ServingFlag, stateFlagsPath } from "../../../core/operations/state-flags.ts";
import { shortTime } from "../cli/output.ts";
import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { readPages } from "../stack/stack.ts";

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
    /** Price of the version's training; null if it depends on a value that is not recorded. */
    readonly trainingUsd: UsdRange | null;
    readonly servingNow: boolean;
    /** The last switch to the version; null if `pulumi up` switched, or if the version never served. */
    readonly switched: Omit<NotedSwitch, "solutionVersionArn"> | null;
}

/** Returns a solution's versions with details, oldest first. `serving` is the serving version's ARN. */
export async function describeVersions(
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
        const importJobArn = (await fetchTrainingImport(client, solutionVersionArn)) ?? null;
        const { trainingHours, recipeArn } = description;
        const switched = switches.findLast((noted) => noted.solutionVersionArn === solutionVersionArn);
        versions.push({
            ...listed,
            importJobArn,
            dataHash: findContentHash(importJobArn ?? undefined) ?? null,
            metrics: status === "ACTIVE" ? await fetchMetrics(client, solutionVersionArn) : null,
            trainingHours: trainingHours ?? null,
            trainingUsd: trainingHours === undefined ? null : priceOf(recipeArn, trainingHours),
            servingNow: solutionVersionArn === serving,
            switched: switched ? { at: switched.at, by: switched.by, reason: switched.reason } : null,
        });
    }
    return versions;
}

/**
 * Returns a training's price. For v2 recipes, AWS bills the interactions that the training considers, and a version
 * does not contain their number.
 */
function priceOf(recipeArn: string | undefined, trainingHours: number): UsdRange | null {
    return recipeArn?.endsWith("-v2") ? null : trainingUsd(recipeArn, { interactions: 0, trainingHours });
}

/**
 * Returns the note about the column `cost`. The trainings of the local AWS are shorter, and thus cheaper, than those of
 * AWS.
 */
export function costNote(env: NodeJS.ProcessEnv): string {
    const note = `The cost is the price of the training hours ${priceNote}.`;
    const least = approximately(trainingUsd(undefined, { interactions: 0 }).low);
    return env.MOVIE_RECOMMENDER_COMMANDS === undefined
        ? note
        : `${note} The local AWS trains in seconds; for the same training AWS bills ${least} or more.`;
}

/** A value of the parameter `serving`, with its time and author as SSM returns them. */
export interface NotedFlag {
    readonly flag: ServingFlag;
    /** Time at which the value was written, in ISO 8601; empty if SSM returns none. */
    readonly at: string;
    readonly by: string | null;
}

/** Returns the recorded values of a stack's parameter `serving`, oldest first. SSM keeps the last hundred values. */
export async function notedFlags(client: SSMClient, stack: string): Promise<NotedFlag[]> {
    const pages = paginateGetParameterHistory({ client }, { Name: `${stateFlagsPath(stack)}/serving` });
    const values = await readPages(pages, (page) => page.Parameters).catch((error: unknown) => {
        if (error instanceof ParameterNotFound) return [];
        throw error;
    });
    return values.map(({ Value = "{}", LastModifiedDate, LastModifiedUser = null }) => {
        const flag: ServingFlag = JSON.parse(Value);
        return { flag, at: LastModifiedDate?.toISOString() ?? "", by: LastModifiedUser };
    });
}

/**
 * Returns the recorded values that changed the campaign's version. Leaves out values that only set or remove `hold` for
 * the serving version, failed switches, and the repeated value at the end of a retraining.
 */
export function parseSwitches(notes: readonly NotedFlag[]): NotedSwitch[] {
    return notes.flatMap(({ flag: { solutionVersionArn, from, reason, since, retraining }, at, by }, index) => {
        const failed = notes[index + 1]?.flag.failed === solutionVersionArn;
        return from === solutionVersionArn || failed || retraining
            ? []
            : [{ solutionVersionArn, at: at || since, by, reason }];
    });
}

/** The versions that served or were refused according to the parameter `serving`, by id. */
export interface ServedRecord {
    /**
     * Versions that the quality gate refused during a retraining, with the reasons. Versions to which a runbook has
     * switched since are left out.
     */
    readonly refused: ReadonlyMap<string, string>;
    readonly served: ReadonlySet<string>;
}

/** Returns which versions served or were refused, by the recorded values of the parameter `serving`. */
export function servedRecord(notes: readonly Pick<NotedFlag, "flag">[]): ServedRecord {
    const refused = new Map<string, string>();
    const served = new Set<string>();
    notes.forEach(({ flag: { solutionVersionArn, from, refused: refusedArn, reason } }, index) => {
        const failed = notes[index + 1]?.flag.failed;
        for (const arn of [solutionVersionArn, from]) {
            if (arn === undefined || arn === failed) continue;
            served.add(nameInArn(arn));
            refused.delete(nameInArn(arn));
        }
        if (refusedArn !== undefined) refused.set(nameInArn(refusedArn), reason);
    });
    return { refused, served };
}

/** The version for a rollback, and the later ones that it skips, with reasons. */
export interface Target {
    readonly solutionVersionArn: string;
    readonly skipped: readonly string[];
}

/**
 * Returns the version for a rollback: the one with this id or ARN, otherwise the newest version trained before `live`
 * that served or passed the quality gate.
 *
 * @throws RunbookError with the choices
 */
export function chooseTarget(
    versions: readonly ListedVersion[],
    live: string,
    wanted: string | undefined,
    recorded: ServedRecord,
): Target {
    const choices = versions.filter(
        ({ status, solutionVersionArn }) => status === "ACTIVE" && solutionVersionArn !== live,
    );
    const named = choices.map(({ id, madeAt }) => `${id} (${shortTime(madeAt)})`);
    const can = named.length > 0 ? `Choices: ${named.join(", ")}` : "There is no other ACTIVE version";
    if (wanted === undefined) {
        const at = versions.findIndex(({ solutionVersionArn }) => solutionVersionArn === live);
        const earlier = versions.slice(0, Math.max(0, at)).toReversed();
        const place = earlier.findIndex((version) => findRollbackProblem(version, recorded) === undefined);
        const target = earlier[place];
        const skipped = (target ? earlier.slice(0, place) : earlier).map(
            (version) => `${version.id} (${findRollbackProblem(version, recorded)})`,
        );
        if (target === undefined) {
            const why = skipped.length > 0 ? ` Skipped: ${skipped.join(", ")}.` : "";
            throw new RunbookError(`There is no earlier version that served or passed the quality gate.${why} ${can}.`);
        }
        return { solutionVersionArn: target.solutionVersionArn, skipped };
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
    return { solutionVersionArn: wantedVersion.solutionVersionArn, skipped: [] };
}

/** Returns why a rollback without `--to` must not choose the version; undefined if it may. */
function findRollbackProblem(
    { id, status, trainingType }: ListedVersion,
    { refused, served }: ServedRecord,
): string | undefined {
    if (status !== "ACTIVE") return status;
    // `pulumi up` switches the campaign to versions that it trains, but not to those of automatic training.
    const unserved = trainingType === "AUTOMATIC" && !served.has(id);
    return refused.get(id) ?? (unserved ? "trained automatically, and no record says that it served" : undefined);
}
