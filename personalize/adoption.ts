import {
    DescribeDatasetCommand,
    type PersonalizeClient,
    paginateListCampaigns,
    paginateListDatasets,
    paginateListEventTrackers,
    paginateListSolutions,
} from "@aws-sdk/client-personalize";
import { shell } from "terminal-text";
import { type Adoptable, adoptables } from "../config/keys/data.ts";

/**
 * Returns the ARNs of a dataset group's resources that config `adopt` can name: the group, its interactions with their
 * schema, and its event tracker; of its solutions the first one with a campaign, or else the first one.
 */
async function adoptableIn(
    client: PersonalizeClient,
    datasetGroupArn: string,
): Promise<Partial<Record<Adoptable, string | undefined>>> {
    const within = { datasetGroupArn };
    const adoptable: Partial<Record<Adoptable, string | undefined>> = { datasetGroup: datasetGroupArn };
    for await (const { datasets = [] } of paginateListDatasets({ client }, within)) {
        const datasetArn = datasets.find(({ datasetType }) => /^interactions$/i.test(datasetType ?? ""))?.datasetArn;
        if (datasetArn === undefined) continue;
        const { dataset } = await client.send(new DescribeDatasetCommand({ datasetArn }));
        Object.assign(adoptable, { schema: dataset?.schemaArn, dataset: datasetArn });
    }
    for await (const { solutions = [] } of paginateListSolutions({ client }, within)) {
        for (const { solutionArn } of solutions) {
            adoptable.solution ??= solutionArn;
            for await (const { campaigns = [] } of paginateListCampaigns({ client }, { solutionArn })) {
                if (adoptable.campaign !== undefined || campaigns.length === 0) continue;
                Object.assign(adoptable, { solution: solutionArn, campaign: campaigns[0]?.campaignArn });
            }
        }
    }
    for await (const { eventTrackers = [] } of paginateListEventTrackers({ client }, within)) {
        adoptable.eventTracker ??= eventTrackers[0]?.eventTrackerArn;
    }
    return adoptable;
}

const command = (key: string, arn: string) => shell("pulumi", "config", "set", "--path", `adopt.${key}`, arn);

/** Returns the command that lets a stack adopt a resource; undefined for a kind that config `adopt` does not accept. */
export function adoptionCommand(arn: string): string | undefined {
    const type = (resource = "") => resource.split("/")[0];
    const key = Object.entries(adoptables).find(([, { end }]) => type(end) === type(arn.split(":")[5]))?.[0];
    return key && command(key, arn);
}

/** Returns the commands that let a stack adopt the resources of a dataset group, without those in `adopted`. */
export async function adoptionCommands(
    client: PersonalizeClient,
    datasetGroupArn: string,
    adopted: Readonly<Partial<Record<string, string>>> = {},
): Promise<readonly string[]> {
    return Object.entries(await adoptableIn(client, datasetGroupArn)).flatMap(([key, arn]) =>
        arn === undefined || adopted[key] !== undefined ? [] : [command(key, arn)],
    );
}
