import { inUse, invalidInput } from "../errors.ts";
import { modelledRecipes } from "../model/train.ts";
import { clocks } from "./auto-training.ts";
import { findCampaigns } from "./campaigns.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import { autoMlRecipe, needRecipe, recipeArnOf } from "./recipes.ts";
import { beginDelete, type Call, computePhase, type Handler, isUnderWay, needActive, vitals } from "./resources.ts";
import { checkColumns, checkConfiguration, type SolutionConfiguration, trainingDays } from "./solution-config.ts";
import { currentTraining, type Solution, type SolutionProperties, updateSolution } from "./solution-updates.ts";

const createSolution = (call: Call, input: Partial<SolutionConfiguration> & { datasetGroupArn: string }, add: Add) => {
    const { datasetGroupArn, performAutoML = false, ...others } = input;
    checkRecipe(call, performAutoML, input.recipeArn);
    const properties: SolutionConfiguration = {
        performHPO: false,
        performAutoML,
        performAutoTraining: true,
        performIncrementalUpdate: false,
        ...others,
    };
    checkConfiguration(properties);
    const group = needActive(call, "dataset-group", datasetGroupArn);
    checkColumns(call, group.arn, properties);
    const solution = add({ properties });
    noteAutoTraining(call, solution.arn, properties);
    return solution;
};

function checkRecipe(call: Call, performAutoML: boolean, recipeArn: string | undefined): void {
    if (performAutoML && recipeArn !== undefined) {
        throw invalidInput(
            "performAutoML chooses the recipe itself: leave recipeArn out, or set performAutoML to false.",
        );
    }
    if (performAutoML) {
        refuseLegacy(call, "performAutoML uses legacy recipes, which are");
        return;
    }
    if (recipeArn === undefined) throw invalidInput("A recipeArn is required unless performAutoML is true.");
    const { name, domain, legacy } = needRecipe(call, recipeArn);
    if (legacy) refuseLegacy(call, `${recipeArn} is a legacy recipe, which is`);
    if (domain)
        throw invalidInput(`The recipe ${recipeArn} is a domain use case: it is for recommenders, not solutions.`);
    if (modelledRecipes.includes(name)) return;
    throw invalidInput(
        `Training with the recipe ${name} is not emulated here; use one of ${modelledRecipes.join(", ")}.`,
    );
}

/**
 * Throws InvalidInputException for a solution with AutoML or a legacy recipe (Developer Guide, "Legacy HRNN recipes").
 * AWS's older samples use both, so the speed `samples` accepts them.
 */
function refuseLegacy({ options }: Call, what: string): void {
    if (options.speed === "samples") return;
    throw invalidInput(
        `${what} no longer available. Use the recipe aws-user-personalization or aws-user-personalization-v2.`,
    );
}

function noteAutoTraining(call: Call, arn: string, properties: SolutionConfiguration): void {
    if (!properties.performAutoTraining) return;
    const { day, first } = clocks[call.options.speed];
    const seconds = (milliseconds: number) => `${milliseconds / 1000} s`;
    const days = trainingDays(properties);
    call.options.log(
        `${arn}: performAutoTraining is on. AWS would train (and bill) a version within an hour and then every ${days} days when there are new interactions; the emulator trains after ${seconds(first)} and then every ${seconds(days * day)}.`,
    );
}

function viewOf(call: Call, solution: Solution): object {
    const versions = call.store.list("solution-version", call.region, solution.arn);
    const latest = versions.at(-1);
    const trained = versions.some((version) => computePhase(call, version).status === "ACTIVE");
    return {
        ...currentTraining(call, solution).configuration,
        ...(solution.properties.performAutoML &&
            trained && { autoMLResult: { bestRecipeArn: recipeArnOf(call, autoMlRecipe) } }),
        latestSolutionVersion: latest && {
            ...latest.properties,
            solutionVersionArn: latest.arn,
            ...vitals(latest, computePhase(call, latest)),
        },
    };
}

function deleteSolution(call: Call, solution: Solution): void {
    const [campaign] = findCampaigns(call, solution.arn);
    if (campaign) throw inUse(`The solution ${solution.arn} still has the campaign ${campaign.arn}. Delete it first.`);
    const versions = call.store.list("solution-version", call.region, solution.arn);
    const training = versions.find((version) => isUnderWay(call, version));
    if (training)
        throw inUse(`The solution version ${training.arn} is in progress. Stop it, or wait until it has ended.`);
    beginDelete(call, solution);
}

export const solutionHandlers: Record<string, Handler> = {
    ...createKindHandlers<SolutionProperties>("solution", {
        parent: "datasetGroupArn",
        create: createSolution,
        view: viewOf,
        remove: deleteSolution,
    }),
    UpdateSolution: updateSolution,
};
