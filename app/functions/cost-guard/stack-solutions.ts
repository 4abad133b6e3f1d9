import {
    type PersonalizeClient,
    paginateListCampaigns,
    paginateListSolutions,
    paginateListSolutionVersions,
} from "@aws-sdk/client-personalize";
import { goneOrThrow, isOurs, listTags } from "pulumi-personalize/core";
import { keepTag } from "../../../cost/guard-config.ts";
import type { ObservedSolution } from "../../../cost/observations.ts";

/** Returns the solutions of a stack, by its owner tag, and whether each has a campaign. */
export async function stackSolutions(client: PersonalizeClient, owner: string): Promise<readonly ObservedSolution[]> {
    const observedSolutions: ObservedSolution[] = [];
    for await (const { solutions = [] } of paginateListSolutions({ client }, {})) {
        for (const { solutionArn = "", status = "", lastUpdatedDateTime, creationDateTime } of solutions) {
            const tags = await listTags(client, solutionArn).catch(goneOrThrow);
            if (tags !== undefined && isOurs(tags, owner)) {
                const changes = [lastUpdatedDateTime, creationDateTime, await newestVersion(client, solutionArn)];
                observedSolutions.push({
                    arn: solutionArn,
                    status,
                    changedAt: Math.max(...changes.map((change) => change?.getTime() ?? 0)),
                    hasCampaign: await hasCampaign(client, solutionArn),
                    kept: keepTag in tags,
                });
            }
        }
    }
    return observedSolutions;
}

/**
 * Returns the time at which Personalize last changed one of the solution's versions, for example the status of a
 * running training.
 */
async function newestVersion(client: PersonalizeClient, solutionArn: string): Promise<Date | undefined> {
    let newest: Date | undefined;
    for await (const { solutionVersions = [] } of paginateListSolutionVersions({ client }, { solutionArn })) {
        for (const { lastUpdatedDateTime: changed } of solutionVersions) {
            newest = changed !== undefined && (newest === undefined || changed > newest) ? changed : newest;
        }
    }
    return newest;
}

async function hasCampaign(client: PersonalizeClient, solutionArn: string): Promise<boolean> {
    for await (const { campaigns = [] } of paginateListCampaigns({ client }, { solutionArn })) {
        if (campaigns.length > 0) {
            return true;
        }
    }
    return false;
}
