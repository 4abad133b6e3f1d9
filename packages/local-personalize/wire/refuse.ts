import { notEmulated } from "../errors.ts";

/** The optional parameters that the emulator does not have, by operation. Every other one has an effect, or describes. */
const parameters: Readonly<Record<string, readonly string[]>> = {
    CreateBatchInferenceJob: ["themeGenerationConfig", "batchInferenceJobConfig.rankingInfluence"],
    CreateCampaign: ["campaignConfig.rankingInfluence"],
    CreateSolution: [
        "performIncrementalUpdate",
        "solutionConfig.autoMLConfig",
        "solutionConfig.hpoConfig.hpoObjective",
    ],
    UpdateCampaign: ["campaignConfig.rankingInfluence"],
    // AWS trains anew for other columns.
    UpdateRecommender: ["recommenderConfig.trainingDataConfig"],
    UpdateSolution: ["performIncrementalUpdate"],
};

/** Throws InvalidInputException for a validated input with a parameter that the emulator does not have. */
export function refuseParameters(operation: string, input: object): void {
    for (const path of parameters[operation] ?? []) {
        const value = path
            .split(".")
            .reduce<unknown>((within, name) => (within as Record<string, unknown> | undefined)?.[name], input);
        if (value) throw notEmulated(`${path} of ${operation}`);
    }
}
