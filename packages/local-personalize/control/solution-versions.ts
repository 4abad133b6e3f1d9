import { randomBytes } from "node:crypto";
import { inUse, invalidInput } from "../errors.ts";
import { requireInteractions } from "./datasets.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import { autoMlRecipe, recipeArnOf } from "./recipes.ts";
import { type Call, computePhase, type Handler, need, needActive } from "./resources.ts";
import type { SolutionConfiguration } from "./solution-config.ts";
import { currentTraining, type Solution, type SolutionProperties } from "./solution-updates.ts";

/** The properties of a version, which keeps its solution's configuration from the time of its creation. */
export interface VersionProperties extends SolutionConfiguration {
    datasetGroupArn: string;
    recipeArn: string;
    trainingMode: string;
    trainingType: "AUTOMATIC" | "MANUAL";
    /** Billed hours of the training; present when the training has finished. */
    trainingHours?: number;
    /** Number of interactions before any filter by event type; present when the training has finished. */
    considered?: number;
    metrics?: Record<string, number>;
    /** The hyperparameters that an optimization chose. */
    tunedHPOParams?: { algorithmHyperParameters: Record<string, string> };
    /** ID of the last streamed event in the training data. */
    lastEvent?: number;
}

interface CreateInput {
    solutionArn: string;
    trainingMode?: string;
}

const createVersion = (call: Call, input: CreateInput, add: Add) => {
    const solution = needActive<SolutionProperties>(call, "solution", input.solutionArn);
    const trainingMode = input.trainingMode ?? "FULL";
    checkTrainingMode(call, solution, trainingMode);
    return add(describeVersion(call, solution, { trainingMode, trainingType: "MANUAL" }));
};

const updatableRecipes = ["aws-user-personalization", "aws-hrnn-coldstart"];

/** Throws InvalidInputException for an UPDATE with another recipe, or without an ACTIVE version to update. */
function checkTrainingMode(call: Call, solution: Solution, trainingMode: string): void {
    if (trainingMode === "FULL") return;
    if (trainingMode !== "UPDATE") throw invalidInput(`trainingMode ${trainingMode} is set by the service only.`);
    const recipe = solution.properties.recipeArn?.replace(/^.*\//, "") ?? autoMlRecipe;
    if (!updatableRecipes.includes(recipe)) {
        throw invalidInput(`trainingMode UPDATE is only for ${updatableRecipes.join(" and ")}, not for ${recipe}.`);
    }
    const versions = call.store.list<VersionProperties>("solution-version", call.region, solution.arn);
    const full = versions.some(
        (version) => version.properties.trainingMode === "FULL" && computePhase(call, version).status === "ACTIVE",
    );
    if (!full)
        throw invalidInput(`The solution ${solution.arn} has no ACTIVE version with trainingMode FULL to update.`);
    call.options.log(`${solution.arn}: with trainingMode UPDATE, the emulator trains on all data, as with FULL.`);
}

/**
 * Returns the properties of a new version of an ACTIVE solution, and the end of its ARN. Throws InvalidInputException
 * without interactions to train on.
 */
export function describeVersion(
    call: Call,
    solution: Solution,
    training: Pick<VersionProperties, "trainingMode" | "trainingType">,
): { properties: VersionProperties; tail: string } {
    const group = solution.parent ?? "";
    requireInteractions(call, group);
    const { configuration } = currentTraining(call, solution);
    const properties: VersionProperties = {
        ...configuration,
        recipeArn: configuration.recipeArn ?? recipeArnOf(call, autoMlRecipe),
        datasetGroupArn: group,
        ...training,
    };
    return { properties, tail: `solution/${solution.name}/${randomBytes(4).toString("hex")}` };
}

export const versionHandlers: Record<string, Handler> = {
    ...createKindHandlers<VersionProperties>("solution-version", {
        parent: "solutionArn",
        create: createVersion,
        // The service generates a name if the caller gives none. The part after the underscore is a guess.
        view: (_, { name, arn }) => ({ name: name || `solution_${arn.slice(arn.lastIndexOf("/") + 1)}` }),
        list(call, solutionArn) {
            if (solutionArn !== undefined) need(call, "solution", solutionArn);
            return call.store.list<VersionProperties>("solution-version", call.region, solutionArn);
        },
    }),
    StopSolutionVersionCreation(call, input: { solutionVersionArn: string }) {
        const version = need(call, "solution-version", input.solutionVersionArn);
        const { status } = computePhase(call, version);
        if (status !== "CREATE PENDING" && status !== "CREATE IN_PROGRESS") {
            throw inUse(`The solution version ${version.arn} is ${status}; only a version in progress can be stopped.`);
        }
        call.cancel(version);
        call.store.save({ ...version, stoppedAt: call.now });
    },
    GetSolutionMetrics(call, input: { solutionVersionArn: string }) {
        const version = needActive<VersionProperties>(call, "solution-version", input.solutionVersionArn);
        return { solutionVersionArn: version.arn, metrics: version.properties.metrics ?? {} };
    },
};
