import { notEmulated } from "../errors.ts";
import { toRecord } from "./record.ts";

/**
 * The optional parameters that the emulator refuses, by operation. All other parameters have an effect, or are only
 * stored and returned.
 */
const parameters: Readonly<Record<string, readonly string[]>> = {
    CreateBatchInferenceJob: ["themeGenerationConfig", "batchInferenceJobConfig.rankingInfluence"],
    CreateCampaign: ["campaignConfig.rankingInfluence"],
    CreateSolution: [
        "performIncrementalUpdate",
        "solutionConfig.autoMLConfig",
        "solutionConfig.hpoConfig.hpoObjective",
    ],
    UpdateCampaign: ["campaignConfig.rankingInfluence"],
    // If the columns change, AWS trains a new model. The emulator does not, so it refuses the parameter.
    UpdateRecommender: ["recommenderConfig.trainingDataConfig"],
    UpdateSolution: ["performIncrementalUpdate"],
};

/** Throws InvalidInputException if a validated input contains a parameter that the emulator refuses. */
export function refuseParameters(operation: string, input: object): void {
    for (const path of parameters[operation] ?? []) {
        const value = path.split(".").reduce<unknown>((within, name) => toRecord(within)[name], input);
        if (value) throw notEmulated(`${path} of ${operation}`);
    }
}
