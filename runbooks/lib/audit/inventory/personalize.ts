import {
    DescribeCampaignCommand,
    DescribeSolutionCommand,
    DescribeSolutionVersionCommand,
    PersonalizeClient,
    type PersonalizePaginationConfiguration,
    paginateListCampaigns,
    paginateListDatasetGroups,
    paginateListDatasets,
    paginateListEventTrackers,
    paginateListFilters,
    paginateListMetricAttributions,
    paginateListRecommenders,
    paginateListSchemas,
    paginateListSolutions,
    paginateListSolutionVersions,
} from "@aws-sdk/client-personalize";
import { listTags } from "pulumi-personalize/core";
import { autoTrainingUsdPerMonth, campaignUsdPerMonth, isV2 } from "../../../../core/config/prices.ts";
import { trainingDays } from "../../../../core/operations/solution-versions.ts";
import { readPages } from "../../stack/stack.ts";
import { command, type InventoryKind, type Listed, type Lister, type Place, untagged } from "./item.ts";

type PagesOf = (config: PersonalizePaginationConfiguration, input: object) => AsyncIterable<object>;

/** Number of resources in one page of a list: the service's maximum. */
const pageSize = 100;

/** A resource in one of Personalize's lists. */
interface Summary {
    readonly arn: string;
    readonly name?: string;
    readonly status?: string;
    readonly creationDateTime?: Date;
}

/**
 * Reads a list of Personalize. `key` is the list's member in a response, such as `campaigns`. The member of the ARN has
 * the singular of this name: `campaignArn`.
 */
async function listSummaries(pages: AsyncIterable<object>, key: string): Promise<Summary[]> {
    const arnKey = `${key.charAt(0).toLowerCase()}${key.slice(1, -1)}Arn`;
    type Member = Omit<Summary, "arn"> & Readonly<Record<string, unknown>>;
    const members = await readPages(pages, (page) => (page as Record<string, Member[]>)[key]);
    return members.map((member) => ({ ...member, arn: String(member[arnKey]) }));
}

const billing = /^(ACTIVE|CREATE PENDING|CREATE IN_PROGRESS)/;

/**
 * Creates the function that lists the resources of a Personalize kind. `key` is the member of a page that contains the
 * list.
 */
const source =
    (
        kind: InventoryKind,
        key: string,
        pagesOf: PagesOf,
        more: (summary: Summary, client: PersonalizeClient) => Partial<Listed> = () => ({}),
    ): Lister =>
    async (place) => {
        const client = new PersonalizeClient(place.settings);
        const summaries = await listSummaries(pagesOf({ client, pageSize }, {}), key);
        return summaries
            .filter(({ status }) => !String(status).startsWith("DELETE"))
            .map((summary) => ({
                arn: summary.arn,
                // An event tracker's ARN contains an id instead of the name.
                name: kind === "event tracker" ? String(summary.name) : summary.arn.split("/").slice(1).join("/"),
                since: summary.creationDateTime,
                tags: () => listTags(client, summary.arn),
                remove: async () => [deletion(kind, summary.arn, place)],
                ...more(summary, client),
            }));
    };

/** Lists Personalize resources, except import jobs and finished versions, which cost nothing and cannot be deleted. */
export const personalizeListers = {
    recommender: source("recommender", "recommenders", paginateListRecommenders, ({ status }) => ({
        usdPerMonth: async () => (billing.test(String(status)) ? null : 0),
    })),
    campaign: source("campaign", "campaigns", paginateListCampaigns, ({ status, arn }, client) => ({
        usdPerMonth: async () => (billing.test(String(status)) ? campaignUsd(client, arn) : 0),
    })),
    "solution version in training": async (place: Place): Promise<readonly Listed[]> => {
        const client = new PersonalizeClient(place.settings);
        const versions = await listSummaries(
            paginateListSolutionVersions({ client, pageSize }, {}),
            "solutionVersions",
        );
        // A finished version costs nothing and is deleted with its solution.
        return versions
            .filter(({ status }) => /^CREATE (PENDING|IN_PROGRESS)/.test(String(status)))
            .map(({ arn, creationDateTime }) => ({
                arn,
                name: arn.split("/").slice(1).join("/"),
                within: arn.slice(0, arn.lastIndexOf("/")),
                since: creationDateTime,
                tags: () => listTags(client, arn),
                usdPerMonth: async () => null,
                remove: async () => [
                    command(place, "personalize", "stop-solution-version-creation", "--solution-version-arn", arn),
                ],
            }));
    },
    "event tracker": source("event tracker", "eventTrackers", paginateListEventTrackers),
    // The service's API also spells this member with a capital letter.
    filter: source("filter", "Filters", paginateListFilters),
    "metric attribution": source("metric attribution", "metricAttributions", paginateListMetricAttributions, () => ({
        tags: untagged,
    })),
    solution: source("solution", "solutions", paginateListSolutions, ({ arn }, client) => ({
        usdPerMonth: () => solutionUsd(client, arn),
    })),
    dataset: source("dataset", "datasets", paginateListDatasets),
    "dataset group": source("dataset group", "datasetGroups", paginateListDatasetGroups),
    schema: source("schema", "schemas", paginateListSchemas, () => ({ tags: untagged })),
};

function deletion(kind: InventoryKind, arn: string, place: Place): string {
    const noun = kind.replaceAll(" ", "-");
    return command(place, "personalize", `delete-${noun}`, `--${noun}-arn`, arn);
}

async function campaignUsd(client: PersonalizeClient, campaignArn: string): Promise<number> {
    const { campaign } = await client.send(new DescribeCampaignCommand({ campaignArn }));
    // A campaign's solutionVersionArn ends with the version's id or with $LATEST.
    const solutionArn = String(campaign?.solutionVersionArn).replace(/\/[^/]+$/, "");
    const { solution } = await client.send(new DescribeSolutionCommand({ solutionArn }));
    const recipe = solution?.recipeArn ?? solution?.autoMLResult?.bestRecipeArn;
    return campaignUsdPerMonth(recipe, campaign?.minProvisionedTPS ?? 1);
}

/** Returns the monthly cost of a solution, which is the cost of its automatic trainings. */
async function solutionUsd(client: PersonalizeClient, solutionArn: string): Promise<number | null> {
    const { solution } = await client.send(new DescribeSolutionCommand({ solutionArn }));
    if (!solution?.performAutoTraining || solution.status !== "ACTIVE") return 0;
    const latest = solution.latestSolutionVersion?.solutionVersionArn;
    const { solutionVersion } =
        latest === undefined
            ? {}
            : await client.send(new DescribeSolutionVersionCommand({ solutionVersionArn: latest }));
    const hours = solutionVersion?.trainingHours;
    if (hours === undefined || isV2(solution.recipeArn)) return null;
    return autoTrainingUsdPerMonth(solution.recipeArn, 0, trainingDays(solution), hours).high;
}
