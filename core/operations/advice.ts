import {
    DescribeDatasetCommand,
    type PersonalizeClient,
    paginateListCampaigns,
    paginateListDatasets,
    paginateListEventTrackers,
    paginateListSolutions,
} from "@aws-sdk/client-personalize";
import { type Advice, isUnknown, ownerTag, type Tags } from "pulumi-personalize/core";
import { shell } from "terminal-text";
import { asCalled } from "../config/as-called.ts";
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
function adoptionCommand(arn: string): string | undefined {
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

const otherName =
    "Nothing was changed. Give this stack other names with `pulumi config set nameSuffix -- -<name>`, or delete it.";

/**
 * Returns what to do if a resource belongs to another stack, possibly one with the same name: choose another name, or
 * adopt the resource.
 */
function otherOwner(arn: string, has: Tags, { owner, tags }: { readonly owner?: string; readonly tags: Tags }): string {
    const adoption = adoptionCommand(arn);
    const or = adoption === undefined ? "" : `, or adopt the resource: \`${adoption}\``;
    const isOfName = ["pulumi:project", "pulumi:stack"].every(
        (key) => has[key] !== undefined && has[key] === tags[key],
    );
    return isOfName && has[ownerTag] !== undefined
        ? `The ID of this stack is ${isUnknown(owner) ? "new" : owner}. Another stack of this account has its name. Nothing was ` +
              `changed. Give this stack its own name: \`pulumi stack rename ${tags["pulumi:stack"]}-<name>\`${or}.`
        : `Nothing was changed. Give this stack other names with \`pulumi config set nameSuffix -- -<name>\`${or}.`;
}

/** The next steps that messages about Personalize's resources recommend to the operator of this program. */
export const advice: Advice = {
    otherName,
    otherOwner,
    otherAdoption: "Nothing was changed. Remove it from config adopt, and the program creates its own.",
    deadlines: "See its state: npm run watch-status",
    diagnoseAccess: "npm run diagnose-access --",
    asCalled: (message) => asCalled(message),
};
