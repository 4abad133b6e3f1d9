import * as personalize from "@aws-sdk/client-personalize";
import { listTags } from "pulumi-personalize/core";
import { autoTrainingUsdPerMonth, campaignUsdPerMonth, isV2 } from "../../../../core/config/prices.ts";
import { solutionOf } from "../../../../core/operations/operation.ts";
import { trainingDays } from "../../../../core/operations/solution-versions.ts";
import { readPages } from "../../stack/stack.ts";
import { type Kind, type Listed, named, type Place, untagged } from "./kind.ts";

/** A resource in one of Personalize's lists. */
interface Summary extends Readonly<Record<string, unknown>> {
    readonly name?: string;
    readonly status?: string;
    readonly creationDateTime?: Date;
}

type Details = Pick<Listed, "tags" | "usdPerMonth" | "within">;

const isCreating = (status: string) => /^CREATE (PENDING|IN_PROGRESS)/.test(status);

/**
 * Declares a kind of Personalize. `key` is the member of a page that contains the list, such as `campaigns`; the member
 * of the ARN has the singular of this name: `campaignArn`. `detail` reads more about a listed resource.
 */
const personalizeKind = (
    key: string,
    classes: readonly string[],
    pagesOf: (config: personalize.PersonalizePaginationConfiguration, input: object) => AsyncIterable<object>,
    detail: (arn: string, status: string, client: personalize.PersonalizeClient) => Details = () => ({}),
    isLeft = (status: string) => !status.startsWith("DELETE"),
) => {
    // The service's API spells the member of filters with a capital letter.
    const noun = key.charAt(0).toLowerCase() + key.slice(1, -1);
    const words = noun.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const list = async ({ settings }: Place): Promise<readonly Listed[]> => {
        const client = new personalize.PersonalizeClient(settings);
        // A page has at most 100 resources.
        const pages = pagesOf({ client, pageSize: 100 }, {});
        const summaries = await readPages(pages, (page) => (page as Record<string, Summary[]>)[key]);
        return summaries
            .map((summary) => ({ ...summary, arn: String(summary[`${noun}Arn`]), status: String(summary.status) }))
            .filter(({ status }) => isLeft(status))
            .map(({ arn, name, status, creationDateTime }) => ({
                // An event tracker's ARN contains an id instead of the name.
                ...named(key === "eventTrackers" ? name : arn.split("/").slice(1).join("/"), arn, creationDateTime),
                tags: () => listTags(client, arn),
                ...detail(arn, status, client),
            }));
    };
    return {
        types: classes.map((name) => `pulumi-nodejs:dynamic/personalize:${name}`),
        remove: `personalize delete-${words} --${words}-arn {arn}`,
        list,
    };
};

/** AWS bills a campaign or a recommender from the start of its creation. */
const bills = (status: string) => status === "ACTIVE" || isCreating(status);

/**
 * The kinds of Personalize, except import jobs and finished versions, which cost nothing and cannot be deleted. A
 * version is deleted with its solution.
 */
export const personalizeKinds = {
    recommender: personalizeKind("recommenders", [], personalize.paginateListRecommenders, (_arn, status) => ({
        usdPerMonth: async () => (bills(status) ? null : 0),
    })),
    campaign: personalizeKind("campaigns", ["Campaign"], personalize.paginateListCampaigns, (arn, status, client) => ({
        usdPerMonth: async () => (bills(status) ? campaignUsd(client, arn) : 0),
    })),
    "solution version in training": {
        ...personalizeKind(
            "solutionVersions",
            ["SolutionVersion"],
            personalize.paginateListSolutionVersions,
            (arn) => ({ within: solutionOf(arn), usdPerMonth: async () => null }),
            isCreating,
        ),
        remove: "personalize stop-solution-version-creation --solution-version-arn {arn}",
    },
    "event tracker": personalizeKind("eventTrackers", ["EventTracker"], personalize.paginateListEventTrackers),
    filter: personalizeKind("Filters", ["Filter"], personalize.paginateListFilters),
    solution: personalizeKind("solutions", ["Solution"], personalize.paginateListSolutions, (arn, _status, client) => ({
        usdPerMonth: () => solutionUsd(client, arn),
    })),
    dataset: personalizeKind("datasets", ["Dataset", "MetadataDataset"], personalize.paginateListDatasets),
    "dataset group": personalizeKind("datasetGroups", ["DatasetGroup"], personalize.paginateListDatasetGroups),
    schema: personalizeKind("schemas", ["Schema"], personalize.paginateListSchemas, () => ({ tags: untagged })),
} as const satisfies Record<string, Kind>;

async function campaignUsd(client: personalize.PersonalizeClient, campaignArn: string): Promise<number> {
    const { campaign } = await client.send(new personalize.DescribeCampaignCommand({ campaignArn }));
    const solutionArn = solutionOf(String(campaign?.solutionVersionArn));
    const { solution } = await client.send(new personalize.DescribeSolutionCommand({ solutionArn }));
    const recipe = solution?.recipeArn ?? solution?.autoMLResult?.bestRecipeArn;
    return campaignUsdPerMonth(recipe, campaign?.minProvisionedTPS ?? 1);
}

/** Returns the monthly cost of a solution, which is the cost of its automatic trainings. */
async function solutionUsd(client: personalize.PersonalizeClient, solutionArn: string): Promise<number | null> {
    const { solution } = await client.send(new personalize.DescribeSolutionCommand({ solutionArn }));
    if (!solution?.performAutoTraining || solution.status !== "ACTIVE") return 0;
    const solutionVersionArn = solution.latestSolutionVersion?.solutionVersionArn;
    if (solutionVersionArn === undefined || isV2(solution.recipeArn)) return null;
    const { solutionVersion } = await client.send(
        new personalize.DescribeSolutionVersionCommand({ solutionVersionArn }),
    );
    const hours = solutionVersion?.trainingHours;
    return hours === undefined
        ? null
        : autoTrainingUsdPerMonth(solution.recipeArn, 0, trainingDays(solution), hours).high;
}
