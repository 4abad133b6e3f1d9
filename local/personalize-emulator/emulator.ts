import { campaignHandlers } from "./control/campaigns.ts";
import { datasetGroupHandlers } from "./control/dataset-groups.ts";
import { datasetHandlers } from "./control/datasets.ts";
import { eventTrackerHandlers } from "./control/event-trackers.ts";
import { importJobHandlers } from "./control/import-jobs.ts";
import { recipeHandlers } from "./control/recipes.ts";
import { type Call, forgetDeleted, type Handler } from "./control/resources.ts";
import { schemaHandlers } from "./control/schemas.ts";
import { versionHandlers } from "./control/solution-versions.ts";
import { solutionHandlers } from "./control/solutions.ts";
import { openStore } from "./control/store.ts";
import { tagHandlers } from "./control/tags.ts";
import { createWorks } from "./control/works.ts";
import { notEmulated, ServiceError } from "./errors.ts";
import { runImport } from "./importing/run-import.ts";
import { createCampaignModels } from "./serving/campaign-models.ts";
import { checkRecommendInput, type RecommendInput, recommend, recommendationId } from "./serving/recommend.ts";
import { runTraining } from "./training/run-training.ts";
import { failure, success } from "./wire/response.ts";
import { loadServiceModels } from "./wire/service-model.ts";
import { validate } from "./wire/validate.ts";

export { operationOf } from "./wire/routes.ts";

/** How long resources stay in their states: none, about a second a resource, or the minutes that AWS typically takes. */
export type Speed = "instant" | "demo" | "real";

/** One read of the caller's bucket that an import job is about to make, for the gateway to judge. */
export interface ImportRequest {
    roleArn: string | undefined;
    bucket: string;
    /** The object's key, or the prefix when `isPrefix`. */
    key: string;
    isPrefix: boolean;
    /** The import job's ARN: `aws:SourceArn`. */
    sourceArn: string;
    sourceAccount: string;
    region: string;
}

/** Whether the import may read; when not, which of the three steps said no, and why. */
export type ImportJudgement = { allowed: true } | { allowed: false; step: string; reason: string };

/** The caller's S3, as the emulator sees it: given by the gateway. */
export interface ImportAccess {
    /** Role may be assumed by the service; role may list and get; the service principal may, by bucket policy. */
    judge(request: ImportRequest): Promise<ImportJudgement>;
    /** All keys of the bucket that start with `prefix`, at any depth. Throws when the bucket does not exist. */
    list(bucket: string, prefix: string): Promise<{ key: string; size: number }[]>;
    /** The bytes of one object. Throws when it does not exist. */
    read(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
}

export interface EmulatorOptions {
    /** SQLite and model artefacts live here; it is created when absent. */
    dataDir: string;
    speed: Speed;
    accountId: string;
    partition: string;
    /** botocore's data folder; see `serviceModelDirOf`. */
    serviceModelDir: string;
    access: ImportAccess;
    log(message: string): void;
}

export type ServiceName = "personalize" | "personalize-runtime" | "personalize-events";

export interface EmulatorRequest {
    service: ServiceName;
    /** As the service model names it, e.g. `CreateSchema`. */
    operation: string;
    region: string;
    /** The parsed JSON body; `undefined` is taken as `{}`. */
    body: unknown;
}

export interface EmulatorResponse {
    status: number;
    headers: Record<string, string>;
    body: string;
}

export interface Emulator {
    /** Answers one call. It never rejects: what goes wrong inside is a 500 `InternalFailure` and a line in the log. */
    handle(request: EmulatorRequest): Promise<EmulatorResponse>;
    /** Stops timers and training, and closes the database. Jobs in progress go on when the folder is opened again. */
    close(): Promise<void>;
}

const handlers: Record<string, Handler> = {
    ...schemaHandlers,
    ...datasetGroupHandlers,
    ...datasetHandlers,
    ...importJobHandlers,
    ...eventTrackerHandlers,
    ...recipeHandlers,
    ...solutionHandlers,
    ...versionHandlers,
    ...campaignHandlers,
    ...tagHandlers,
};

/**
 * The local Personalize over `options.dataDir`; it takes up the jobs that an earlier process left undone. Throws when
 * the folder cannot be used or the service model is missing.
 */
export function createEmulator(options: EmulatorOptions): Emulator {
    const models = loadServiceModels(options.serviceModelDir);
    const store = openStore(options.dataDir);
    const campaignModels = createCampaignModels();
    const works = createWorks({
        store,
        speed: options.speed,
        work: {
            "dataset-import-job": (job) => runImport(options, store, job),
            "solution-version": (version, signal) => runTraining(options, store, version, signal),
        },
        log: options.log,
        ended: campaignModels.forget,
    });
    works.resume();

    const answer = ({ service, operation, region, body }: EmulatorRequest): object | undefined => {
        const model = models[service];
        if (!Object.hasOwn(model.operations, operation)) {
            throw new ServiceError("UnknownOperationException", `There is no operation ${operation} of ${service}.`);
        }
        const input = body ?? {};
        validate(model, operation, input);
        const { schedule, cancel } = works;
        const call: Call = { options, store, region, now: Date.now(), schedule, cancel };
        if (operation === "GetRecommendations") return getRecommendations(call, input);
        const handler = handlers[operation];
        if (!handler) throw notEmulated(operation);
        forgetDeleted(call);
        const output = handler(call, input as never) ?? undefined;
        if (!/^(Describe|List|Get)/.test(operation)) campaignModels.forget();
        return output;
    };

    const getRecommendations = (call: Call, input: RecommendInput) => {
        const { campaignArn, count } = checkRecommendInput(input);
        const itemList = recommend(campaignModels.modelOf(call, campaignArn), input.userId, count);
        return { itemList, recommendationId: recommendationId(campaignArn) };
    };

    return {
        async handle(request) {
            try {
                return success(request.service, answer(request));
            } catch (error) {
                if (error instanceof ServiceError) return failure(request.service, error);
                options.log(`${request.operation}: ${error instanceof Error ? error.stack : error}`);
                const internal = new ServiceError(
                    "InternalFailure",
                    "The local Personalize failed; its log says why.",
                    500,
                );
                return failure(request.service, internal);
            }
        },
        async close() {
            await works.close();
            store.close();
        },
    };
}
