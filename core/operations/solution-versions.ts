import {
    GetSolutionMetricsCommand,
    type PersonalizeClient,
    paginateListSolutionVersions,
    type Solution,
} from "@aws-sdk/client-personalize";
import { isNotFound } from "pulumi-personalize/errors";
import { hasName } from "terminal-text";
import { nameInArn } from "./operation.ts";
import { BrokenFlagError, type StateFlags, stateFlagsPath } from "./state-flags.ts";

/** Metrics of a version, under Personalize's names. */
export type Metrics = Readonly<Record<string, number>>;

/** A solution version in the service's list. */
export interface ListedVersion {
    readonly id: string;
    readonly solutionVersionArn: string;
    readonly status: string;
    /** Time of the version's creation in ISO 8601; null if the service returns no time. */
    readonly madeAt: string | null;
    readonly trainingType: string | null;
}

/** Reads a version's metrics; null if the version is not ACTIVE, or its recipe has no metrics. */
export async function fetchMetrics(client: PersonalizeClient, solutionVersionArn: string): Promise<Metrics | null> {
    try {
        const { metrics } = await client.send(new GetSolutionMetricsCommand({ solutionVersionArn }));
        return metrics && Object.keys(metrics).length > 0 ? metrics : null;
    } catch (error) {
        if (isNotFound(error) || hasName(error, "ResourceInUseException", "InvalidInputException")) return null;
        throw error;
    }
}

/** Lists a solution's versions, oldest first. */
export async function listVersions(client: PersonalizeClient, solutionArn: string): Promise<ListedVersion[]> {
    const pages = await Array.fromAsync(paginateListSolutionVersions({ client }, { solutionArn }));
    const listed = pages.flatMap(({ solutionVersions = [] }) => solutionVersions);
    const versions = listed.map(({ solutionVersionArn = "", status = "", creationDateTime, trainingType = null }) => {
        const madeAt = creationDateTime?.toISOString() ?? null;
        return { id: nameInArn(solutionVersionArn), solutionVersionArn, status, madeAt, trainingType };
    });
    return versions.sort((a, b) => (a.madeAt ?? "").localeCompare(b.madeAt ?? ""));
}

/** Default interval of automatic training, in days (API reference, AutoTrainingConfig). */
const defaultTrainingDays = 7;

/** Returns the days between two automatic trainings of a solution. */
export function trainingDays({ solutionConfig }: Solution): number {
    const rate = solutionConfig?.autoTrainingConfig?.schedulingExpression ?? "";
    return Number(/^rate\((\d+) days?\)$/.exec(rate)?.[1] ?? defaultTrainingDays);
}

/**
 * Returns the version at which the flag `serving` holds the campaign; undefined without a hold.
 *
 * @param solution the name of the stack's solution
 * @throws BrokenFlagError if the version belongs to another solution: an operator may write flags, but the campaign must
 * not serve another stack's model
 */
export function heldVersion({ serving }: StateFlags, stack: string, solution: string): string | undefined {
    if (!serving?.hold) return undefined;
    const { solutionVersionArn: arn } = serving;
    if (arn.split(":").at(-1)?.startsWith(`solution/${solution}/`)) return arn;
    throw new BrokenFlagError(
        `SSM parameter ${stateFlagsPath(stack)}/serving holds the campaign at ${arn}, which is no version of the stack's ` +
            `solution ${solution}. Serve the newest version again: npm run rollback -- --release`,
    );
}
