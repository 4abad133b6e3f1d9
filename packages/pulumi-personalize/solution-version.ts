import { createHash } from "node:crypto";
import * as sdk from "@aws-sdk/client-personalize";
import { canonical } from "./diff.ts";
import { parseJobNumber } from "./job-names.ts";
import { type CommonInputs, isUnknown, type ResourceKind, requireArn, standing, unknownValue } from "./resource.ts";
import { listTags, tagList, tagPrefix } from "./tags.ts";

export interface SolutionVersionInputs extends CommonInputs {
    /** ARN of the solution. */
    readonly solutionArn: string;
    /**
     * ARN of the import with the training data. A change is only recorded: a new import of the same rows starts no
     * training. Absent for a training on streamed events alone.
     */
    readonly importJobArn?: string;
    /**
     * Identifies the rows of the training data: the name of their import job without its number. If the rows change,
     * the program trains a new version. Default: the name of the job `importJobArn` without its number, or `none`.
     */
    readonly rows: string;
    /** The solution's event parameters for the training. If they change, the program trains a new version. */
    readonly eventParameters?: readonly sdk.EventParameters[];
}

/** Tag that records the import of a version's training data, or `none`. Tag values allow `:` and `/`. */
const importTag = `${tagPrefix}import`;
const noImport = "none";

/** Tag with a hash of the event parameters, because event types can contain characters that tag values do not allow. */
const eventsTag = `${tagPrefix}events`;

const nameInArn = (arn: string) => arn.split("/").at(-1) ?? "";

const hashEventParameters = (eventParameters: readonly sdk.EventParameters[]) =>
    createHash("sha256").update(canonical(eventParameters)).digest("hex").slice(0, 8);

/** Returns the import that a version was trained on; undefined for versions from outside the program. */
export async function fetchTrainingImport(
    client: sdk.PersonalizeClient,
    solutionVersionArn: string,
): Promise<string | undefined> {
    return (await listTags(client, solutionVersionArn))[importTag];
}

/**
 * A solution version. Personalize has no call that deletes one version; it deletes a version only together with its
 * solution. The program stops a running training.
 */
export const solutionVersion: ResourceKind<SolutionVersionInputs> = {
    noun: "solution version",
    usual: "20 to 60 minutes",
    deadlineMinutes: 480,
    replaces: ["region", "solutionArn", "rows", "eventParameters"],
    updates: [],
    noted: ["importJobArn"],
    identity: [],
    taggable: true,
    displayName: ({ solutionArn }) => `of ${solutionArn.split("/").at(-1)}`,
    defaults: ({ importJobArn = noImport }) => ({
        rows: isUnknown(importJobArn) ? unknownValue : nameInArn(importJobArn).replace(/-\d+$/, ""),
    }),
    problems: () => [],
    contentTags: ({ importJobArn = noImport, eventParameters }) => ({
        [importTag]: importJobArn,
        ...(eventParameters && { [eventsTag]: hashEventParameters(eventParameters) }),
    }),
    /** Finds the newest version that was trained on the same rows. */
    async find(client, { solutionArn, rows, eventParameters }) {
        const events = eventParameters && hashEventParameters(eventParameters);
        let newest: sdk.SolutionVersionSummary | undefined;
        for await (const { solutionVersions = [] } of sdk.paginateListSolutionVersions({ client }, { solutionArn })) {
            for (const version of solutionVersions) {
                if (/^CREATE (FAILED|STOP)/.test(version.status ?? "")) continue;
                const tags = await listTags(client, version.solutionVersionArn ?? "");
                const job = tags[importTag]?.split("/").at(-1);
                const hasRows = job === noImport ? rows === noImport : parseJobNumber(job, rows) > 0;
                const isSame = hasRows && tags[eventsTag] === events;
                const isNewer = (version.creationDateTime ?? 0) > (newest?.creationDateTime ?? 0);
                newest = isSame && isNewer ? version : newest;
            }
        }
        return newest?.solutionVersionArn;
    },
    async create(client, inputs) {
        const command = new sdk.CreateSolutionVersionCommand({
            solutionArn: inputs.solutionArn,
            trainingMode: "FULL",
            tags: tagList(inputs.tags),
        });
        return requireArn((await client.send(command)).solutionVersionArn);
    },
    async describe(client, solutionVersionArn) {
        const { solutionVersion: description } = await client.send(
            new sdk.DescribeSolutionVersionCommand({ solutionVersionArn }),
        );
        return {
            ...standing(description),
            properties: {
                solutionArn: description?.solutionArn,
                bestRecipeArn:
                    description?.recipeArn ??
                    (description?.performAutoML ? await chosenRecipe(client, description.solutionArn) : undefined),
                trainingHours: description?.trainingHours,
            },
        };
    },
    stop: (client, solutionVersionArn) =>
        client.send(new sdk.StopSolutionVersionCreationCommand({ solutionVersionArn })),
};

/**
 * Returns the recipe that AutoML chose. Personalize reports it for the solution, not for its versions (API reference,
 * AutoMLResult).
 */
async function chosenRecipe(
    client: sdk.PersonalizeClient,
    solutionArn: string | undefined,
): Promise<string | undefined> {
    const { solution } = await client.send(new sdk.DescribeSolutionCommand({ solutionArn }));
    return solution?.autoMLResult?.bestRecipeArn;
}
