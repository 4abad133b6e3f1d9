import { inUse, invalidInput } from "../errors.ts";
import { clocks } from "./auto-training.ts";
import { campaignsOf } from "./campaigns.ts";
import type { Tag } from "./properties.ts";
import { autoMlRecipe, needRecipe, recipeArnOf, trainableRecipes } from "./recipes.ts";
import {
    beginDelete,
    type Call,
    checkQuota,
    create,
    type Handler,
    isUnderWay,
    need,
    needActive,
    type PageInput,
    pageOf,
    phaseOf,
    vitals,
} from "./resources.ts";
import { checkColumns } from "./solution-columns.ts";
import { checkConfiguration, type SolutionConfiguration, trainingDays } from "./solution-config.ts";
import { currentOf, latestUpdateOf, type SolutionProperties } from "./solution-updates.ts";
import { versionSummary } from "./solution-versions.ts";
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";

interface CreateInput extends Partial<SolutionConfiguration> {
    name: string;
    datasetGroupArn: string;
    tags?: Tag[];
}

const createSolution: Handler = (call, input: CreateInput) => {
    const { name, datasetGroupArn, recipeArn, eventType, solutionConfig } = input;
    const performAutoML = input.performAutoML ?? false;
    checkRecipe(call, performAutoML, recipeArn);
    const properties: SolutionConfiguration = {
        performHPO: input.performHPO ?? false,
        performAutoML,
        performAutoTraining: input.performAutoTraining ?? true,
        performIncrementalUpdate: input.performIncrementalUpdate ?? false,
        ...(recipeArn && { recipeArn }),
        ...(eventType && { eventType }),
        ...(solutionConfig && { solutionConfig }),
    };
    checkConfiguration(properties);
    const group = needActive(call, "dataset-group", datasetGroupArn);
    checkColumns(call, group.arn, properties);
    const tags = checkedTags(input.tags);
    checkQuota(call, call.store.list("solution", call.region, group.arn), "solution");
    const solution = { kind: "solution" as const, tail: `solution/${name}`, name, parent: group.arn, properties };
    const { arn } = create(call, solution, tags);
    noteAutoTraining(call, arn, properties);
    return { solutionArn: arn };
};

function checkRecipe(call: Call, performAutoML: boolean, recipeArn: string | undefined): void {
    if (performAutoML) {
        if (recipeArn === undefined) return;
        throw invalidInput(
            "performAutoML chooses the recipe itself: leave recipeArn out, or set performAutoML to false.",
        );
    }
    if (recipeArn === undefined) throw invalidInput("A recipeArn is required unless performAutoML is true.");
    const { name, domain } = needRecipe(call, recipeArn);
    if (domain)
        throw invalidInput(`The recipe ${recipeArn} is a domain use case: it is for recommenders, not solutions.`);
    if (trainableRecipes.includes(name)) return;
    throw invalidInput(
        `Training with the recipe ${name} is not emulated here; use one of ${trainableRecipes.join(", ")}.`,
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

const describeSolution: Handler = (call, input: { solutionArn: string }) => {
    const solution = need<SolutionProperties>(call, "solution", input.solutionArn);
    const versions = call.store.list("solution-version", call.region, solution.arn);
    const latest = versions.at(-1);
    const latestUpdate = latestUpdateOf(call, solution);
    const trained = versions.some((version) => phaseOf(call, version).status === "ACTIVE");
    return {
        solution: {
            ...summary(call, solution),
            ...currentOf(call, solution).configuration,
            datasetGroupArn: solution.parent,
            ...(solution.properties.performAutoML && trained
                ? { autoMLResult: { bestRecipeArn: recipeArnOf(call, autoMlRecipe) } }
                : {}),
            ...(latest && { latestSolutionVersion: versionSummary(call, latest) }),
            ...(latestUpdate && { latestSolutionUpdate: latestUpdate }),
        },
    };
};

const listSolutions: Handler = (call, input: PageInput & { datasetGroupArn?: string }) => {
    const solutions = call.store.list("solution", call.region, input.datasetGroupArn);
    const { page, ...token } = pageOf(solutions, input, `ListSolutions ${input.datasetGroupArn}`);
    return { solutions: page.map((solution) => summary(call, solution)), ...token };
};

const deleteSolution: Handler = (call, input: { solutionArn: string }) => {
    const solution = need(call, "solution", input.solutionArn);
    const [campaign] = campaignsOf(call, solution.arn);
    if (campaign) throw inUse(`The solution ${solution.arn} still has the campaign ${campaign.arn}. Delete it first.`);
    const versions = call.store.list("solution-version", call.region, solution.arn);
    const training = versions.find((version) => isUnderWay(call, version));
    if (training)
        throw inUse(`The solution version ${training.arn} is in progress. Stop it, or wait until it has ended.`);
    beginDelete(call, solution);
};

export const solutionHandlers: Record<string, Handler> = {
    CreateSolution: createSolution,
    DescribeSolution: describeSolution,
    ListSolutions: listSolutions,
    DeleteSolution: deleteSolution,
};

function summary(call: Call, solution: Resource<object>) {
    const { recipeArn } = solution.properties as SolutionConfiguration;
    return {
        name: solution.name,
        solutionArn: solution.arn,
        ...vitals(call, solution),
        ...(recipeArn && { recipeArn }),
    };
}
