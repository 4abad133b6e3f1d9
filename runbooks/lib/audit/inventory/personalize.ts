import {
    DescribeCampaignCommand,
    DescribeSolutionCommand,
    DescribeSolutionVersionCommand,
    type PersonalizeClient,
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
import { tagsOf } from "pulumi-personalize/core";
import { autoTrainingUsdPerMonth, campaignUsdPerMonth, isV2 } from "../../../../config/prices.ts";
import { awsCommand, type Bill, free, type InventoryItem, type InventoryKind, item, readPages } from "./item.ts";

type PagesOf = (config: PersonalizePaginationConfiguration, input: object) => AsyncIterable<object>;

/** Number of resources in one page of a list: the service's maximum. */
export const pageSize = 100;

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
export async function summariesOf(pages: AsyncIterable<object>, key: string): Promise<Summary[]> {
    const arnKey = `${key.charAt(0).toLowerCase()}${key.slice(1, -1)}Arn`;
    type Member = Omit<Summary, "arn"> & Readonly<Record<string, unknown>>;
    const members = await readPages(pages, (page) => (page as Record<string, Member[]>)[key]);
    return members.map((member) => ({ ...member, arn: String(member[arnKey]) }));
}

/** Default interval of automatic training, in days (`autoTrainingConfig`). */
const defaultTrainingDays = 7;

const billing = /^(ACTIVE|CREATE PENDING|CREATE IN_PROGRESS)/;

/**
 * Lists the Personalize resources of the region by kind. Excludes import jobs and finished versions, which cost nothing
 * and cannot be deleted.
 */
export function personalizeSources(
    client: PersonalizeClient,
    region: string,
): Record<string, () => Promise<InventoryItem[]>> {
    /** Lists one kind. `key` is the list's member in a page. */
    const source =
        (
            kind: InventoryKind,
            key: string,
            pagesOf: PagesOf,
            more: (summary: Summary) => Partial<InventoryItem> = () => ({}),
        ) =>
        async (): Promise<InventoryItem[]> => {
            const summaries = await summariesOf(pagesOf({ client, pageSize }, {}), key);
            return summaries
                .filter(({ status }) => !String(status).startsWith("DELETE"))
                .map((summary) => {
                    const { arn, creationDateTime: since } = summary;
                    // An event tracker's ARN contains an id instead of the name.
                    const name = kind === "event tracker" ? String(summary.name) : arn.split("/").slice(1).join("/");
                    const noun = kind.replaceAll(" ", "-");
                    const deletion = awsCommand({ region }, `personalize delete-${noun}`, `--${noun}-arn`, arn);
                    const tags = () => tagsOf(client, arn);
                    return item(kind, name, arn, { since, tags, remove: async () => [deletion], ...more(summary) });
                });
        };
    const untagged = { tags: async () => undefined };
    return {
        "Personalize recommenders": source("recommender", "recommenders", paginateListRecommenders, ({ status }) => ({
            bill: async () => (billing.test(String(status)) ? { usdPerMonth: null } : free),
        })),
        "Personalize campaigns": source("campaign", "campaigns", paginateListCampaigns, ({ status, arn }) => ({
            bill: async () => (billing.test(String(status)) ? campaignBill(client, arn) : free),
        })),
        "Personalize solution versions": async () => {
            const versions = await source(
                "solution version in training",
                "solutionVersions",
                paginateListSolutionVersions,
                ({ status, arn }) => ({
                    within: arn.slice(0, arn.lastIndexOf("/")),
                    bill: async () => ({
                        usdPerMonth: /^CREATE (PENDING|IN_PROGRESS)/.test(String(status)) ? null : 0,
                    }),
                    remove: async () => [
                        awsCommand(
                            { region },
                            "personalize stop-solution-version-creation",
                            ...["--solution-version-arn", arn],
                        ),
                    ],
                }),
            )();
            // A finished version costs nothing and is deleted with its solution.
            const ended = await Promise.all(versions.map(async (version) => (await version.bill()).usdPerMonth === 0));
            return versions.filter((_, index) => !ended[index]);
        },
        "Personalize event trackers": source("event tracker", "eventTrackers", paginateListEventTrackers),
        // The service's API also spells this member with a capital letter.
        "Personalize filters": source("filter", "Filters", paginateListFilters),
        "Personalize metric attributions": source(
            "metric attribution",
            "metricAttributions",
            paginateListMetricAttributions,
            () => untagged,
        ),
        "Personalize solutions": source("solution", "solutions", paginateListSolutions, ({ arn }) => ({
            bill: () => solutionBill(client, arn),
        })),
        "Personalize datasets": source("dataset", "datasets", paginateListDatasets),
        "Personalize dataset groups": source("dataset group", "datasetGroups", paginateListDatasetGroups),
        "Personalize schemas": source("schema", "schemas", paginateListSchemas, () => untagged),
    };
}

async function campaignBill(client: PersonalizeClient, campaignArn: string): Promise<Bill> {
    const { campaign } = await client.send(new DescribeCampaignCommand({ campaignArn }));
    // A campaign's solutionVersionArn ends with the version's id or with $LATEST.
    const solutionArn = String(campaign?.solutionVersionArn).replace(/\/[^/]+$/, "");
    const { solution } = await client.send(new DescribeSolutionCommand({ solutionArn }));
    const recipe = solution?.recipeArn ?? solution?.autoMLResult?.bestRecipeArn;
    return { usdPerMonth: campaignUsdPerMonth(recipe, campaign?.minProvisionedTPS ?? 1) };
}

/** Returns the cost of a solution, which is that of its automatic trainings. */
async function solutionBill(client: PersonalizeClient, solutionArn: string): Promise<Bill> {
    const { solution } = await client.send(new DescribeSolutionCommand({ solutionArn }));
    if (!solution?.performAutoTraining || solution.status !== "ACTIVE") {
        return free;
    }
    const latest = solution.latestSolutionVersion?.solutionVersionArn;
    const { solutionVersion } =
        latest === undefined
            ? {}
            : await client.send(new DescribeSolutionVersionCommand({ solutionVersionArn: latest }));
    const hours = solutionVersion?.trainingHours;
    if (hours === undefined || isV2(solution.recipeArn)) {
        return { usdPerMonth: null };
    }
    const rate = solution.solutionConfig?.autoTrainingConfig?.schedulingExpression ?? "";
    const days = Number(/^rate\((\d+) days?\)$/.exec(rate)?.[1] ?? defaultTrainingDays);
    return { usdPerMonth: autoTrainingUsdPerMonth(solution.recipeArn, 0, days, hours).high };
}
