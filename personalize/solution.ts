import {
    CreateSolutionCommand,
    DeleteSolutionCommand,
    DescribeSolutionCommand,
    paginateListSolutions,
    UpdateSolutionCommand,
} from "@aws-sdk/client-personalize";
import { type CommonInputs, firstMatch, nameProblems, type ResourceKind, tagList } from "./resource.ts";

export interface SolutionInputs extends CommonInputs {
    readonly name: string;
    readonly datasetGroupArn: string;
    /** Absent with AutoML: then the service chooses. */
    readonly recipeArn?: string;
    readonly performAutoML: boolean;
    readonly performAutoTraining: boolean;
}

export const solution: ResourceKind<SolutionInputs> = {
    noun: "solution",
    usual: "a minute",
    replaces: ["region", "name", "datasetGroupArn", "recipeArn", "performAutoML"],
    updates: ["performAutoTraining"],
    deleteBeforeReplace: true,
    taggable: true,
    nameOf: ({ name }) => name,
    problems: ({ name, recipeArn, performAutoML }) => [
        ...nameProblems("name", name),
        ...(performAutoML && recipeArn !== undefined
            ? [
                  {
                      property: "recipeArn",
                      reason: "with performAutoML the service chooses the recipe: leave recipeArn out",
                  },
              ]
            : []),
        ...(!performAutoML && recipeArn === undefined
            ? [{ property: "recipeArn", reason: "a solution needs a recipe, or performAutoML" }]
            : []),
    ],
    async find(client, { name }) {
        // Of every group: a solution's name is unique in the account, and one elsewhere is in the way too.
        const pages = paginateListSolutions({ client }, {});
        const found = await firstMatch(
            pages,
            (page) => page.solutions,
            (candidate) => candidate.name === name,
        );
        return found?.solutionArn;
    },
    async create(client, { name, datasetGroupArn, recipeArn, performAutoML, performAutoTraining, tags }) {
        const command = new CreateSolutionCommand({
            name,
            datasetGroupArn,
            recipeArn,
            performAutoML,
            // The service's own default is true: a billed training every week.
            performAutoTraining,
            tags: tagList(tags),
        });
        return (await client.send(command)).solutionArn as string;
    },
    async look(client, solutionArn) {
        const { solution: found } = await client.send(new DescribeSolutionCommand({ solutionArn }));
        const update = found?.latestSolutionUpdate;
        return {
            status: found?.status ?? "",
            since: found?.lastUpdatedDateTime,
            properties: {
                name: found?.name,
                datasetGroupArn: found?.datasetGroupArn,
                performAutoML: found?.performAutoML ?? false,
                performAutoTraining: found?.performAutoTraining ?? false,
                // With AutoML the recipe is the outcome, not a choice to compare with.
                ...(!found?.performAutoML && { recipeArn: found?.recipeArn }),
            },
            update: update && { status: update.status ?? "", failureReason: update.failureReason },
        };
    },
    async update(client, solutionArn, { performAutoTraining }) {
        const { solution: found } = await client.send(new DescribeSolutionCommand({ solutionArn }));
        if (found?.performAutoTraining !== performAutoTraining) {
            await client.send(new UpdateSolutionCommand({ solutionArn, performAutoTraining }));
        }
    },
    async delete(client, solutionArn) {
        await client.send(new DeleteSolutionCommand({ solutionArn }));
    },
};
