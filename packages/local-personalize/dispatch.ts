import type { EmulatorRequest } from "./contract.ts";
import { campaignHandlers } from "./control/campaigns.ts";
import { datasetHandlers, endUpdates } from "./control/datasets.ts";
import { eventTrackerHandlers } from "./control/event-trackers.ts";
import { filterHandlers } from "./control/filters.ts";
import { tagHandlers } from "./control/handlers.ts";
import { inputJobHandlers } from "./control/import-jobs.ts";
import { attributionHandlers } from "./control/metric-attributions.ts";
import { outputJobHandlers } from "./control/output-jobs.ts";
import { recipeHandlers } from "./control/recipes.ts";
import { recommenderHandlers } from "./control/recommenders.ts";
import { isLogged } from "./control/request-log.ts";
import { type Call, forgetDeleted, type Handler } from "./control/resources.ts";
import { schemaHandlers } from "./control/schemas.ts";
import { versionHandlers } from "./control/solution-versions.ts";
import { solutionHandlers } from "./control/solutions.ts";
import type { Store } from "./control/store.ts";
import { notEmulated, ServiceError } from "./errors.ts";
import type { createServing } from "./serving/serving.ts";
import { type loadServiceModels, toRecord, validate, withModelMembers } from "./wire/validate.ts";

const handlers: Record<string, Handler> = {
    ...schemaHandlers,
    ...datasetHandlers,
    ...inputJobHandlers,
    ...eventTrackerHandlers,
    ...recipeHandlers,
    ...solutionHandlers,
    ...versionHandlers,
    ...campaignHandlers,
    ...filterHandlers,
    ...outputJobHandlers,
    ...recommenderHandlers,
    ...tagHandlers,
    ...attributionHandlers,
};

interface DispatchParts {
    readonly models: ReturnType<typeof loadServiceModels>;
    readonly store: Store;
    readonly serving: Pick<ReturnType<typeof createServing>, "handlers" | "changed">;
    /** Returns the context of a call in a region. */
    callIn(region: string): Call;
    log(message: string): void;
}

/**
 * The result of a call: its output or the error. `logged` is the ID of its entry in the request log, if it is logged.
 */
interface Answered {
    readonly output?: object | undefined;
    readonly refusal?: ServiceError;
    readonly logged?: number;
}

/** Creates the function that validates a call, runs its handler, and logs the result. It never throws. */
export function createDispatch({ models, store, serving, callIn, log }: DispatchParts) {
    function run(request: EmulatorRequest): Answered {
        const { service, operation, region, body, fault } = request;
        const model = models[service];
        if (!Object.hasOwn(model.operations, operation)) {
            throw new ServiceError("UnknownOperationException", `There is no operation ${operation} of ${service}.`);
        }
        if (fault?.kind === "refuse") throw new ServiceError(fault.code, fault.message, fault.status);
        const input = body ?? {};
        validate(model, operation, input);
        refuseParameters(operation, input);
        const call: Call = { ...callIn(region), ...(fault && { fault }) };
        const atRuntime = serving.handlers[operation];
        if (atRuntime) return { output: atRuntime(call, input as never) ?? undefined };
        const handler = handlers[operation];
        if (!handler) throw notEmulated(operation);
        forgetDeleted(call);
        endUpdates(call);
        const act = () => {
            const output = handler(call, input as never);
            return output ? withModelMembers(model, operation, output) : undefined;
        };
        if (!isLogged(request)) return { output: act() };
        serving.changed();
        // Store an accepted call and its log entry in one transaction.
        return store.transaction(() => {
            const output = act();
            return { output, logged: store.requests.add(request, "accepted", output) };
        });
    }

    function refused(request: EmulatorRequest, error: unknown): Answered {
        const { operation } = request;
        if (!(error instanceof ServiceError)) log(`${operation}: ${error instanceof Error ? error.stack : error}`);
        const refusal =
            error instanceof ServiceError
                ? error
                : new ServiceError("InternalFailure", "The local Personalize failed; its log has the reason.", 500);
        if (!isLogged(request)) return { refusal };
        try {
            return { refusal, logged: store.requests.add(request, refusal.code) };
        } catch (failure) {
            log(`${operation}: the outcome ${refusal.code} could not be recorded: ${failure}`);
            return { refusal };
        }
    }

    return function answer(request: EmulatorRequest): Answered {
        try {
            return run(request);
        } catch (error) {
            return refused(request, error);
        }
    };
}

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
function refuseParameters(operation: string, input: object): void {
    for (const path of parameters[operation] ?? []) {
        const value = path.split(".").reduce<unknown>((within, name) => toRecord(within)[name], input);
        if (value) throw notEmulated(`${path} of ${operation}`);
    }
}
