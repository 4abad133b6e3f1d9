import { runBatch } from "./batch/run-batch.ts";
import { runExport } from "./batch/run-export.ts";
import type { Emulator, EmulatorOptions, EmulatorRequest, Forms } from "./contract.ts";
import { batchJobHandlers } from "./control/batch-inference-jobs.ts";
import { segmentJobHandlers } from "./control/batch-segment-jobs.ts";
import { campaignHandlers } from "./control/campaigns.ts";
import { deletionJobHandlers } from "./control/data-deletion-jobs.ts";
import { exportJobHandlers } from "./control/dataset-export-jobs.ts";
import { datasetGroupHandlers } from "./control/dataset-groups.ts";
import { datasetUpdateHandlers, endUpdates } from "./control/dataset-updates.ts";
import { datasetHandlers } from "./control/datasets.ts";
import { eventTrackerHandlers } from "./control/event-trackers.ts";
import { filterHandlers } from "./control/filters.ts";
import { datasetReady, importJobHandlers } from "./control/import-jobs.ts";
import { attributionHandlers } from "./control/metric-attributions.ts";
import { recipeHandlers } from "./control/recipes.ts";
import { recommenderHandlers } from "./control/recommenders.ts";
import { isLogged } from "./control/request-log.ts";
import { type Call, forgetDeleted, type Handler } from "./control/resources.ts";
import { schemaHandlers } from "./control/schemas.ts";
import { solutionUpdateHandlers } from "./control/solution-updates.ts";
import { versionHandlers } from "./control/solution-versions.ts";
import { solutionHandlers } from "./control/solutions.ts";
import { hasWork } from "./control/states.ts";
import { openStore, type Resource } from "./control/store.ts";
import { tagHandlers } from "./control/tags.ts";
import { createWorks } from "./control/works.ts";
import { notEmulated, ServiceError } from "./errors.ts";
import { openEventStore } from "./events/event-store.ts";
import { createStreams } from "./events/streams.ts";
import { runDeletion } from "./importing/run-deletion.ts";
import { runImport } from "./importing/run-import.ts";
import { createMeter } from "./metering/meter.ts";
import { createCallMetrics, createJobMetrics, createServiceMetrics } from "./metering/service-metrics.ts";
import { createServing } from "./serving/serving.ts";
import { createAutoTraining } from "./training/auto-training.ts";
import { runRecommender, runTraining } from "./training/run-training.ts";
import { failure, inOtherForms, success } from "./wire/http.ts";
import { refuseParameters } from "./wire/refuse.ts";
import { loadServiceModels, validate } from "./wire/validate.ts";

export type * from "./contract.ts";

const handlers: Record<string, Handler> = {
    ...schemaHandlers,
    ...datasetGroupHandlers,
    ...datasetHandlers,
    ...datasetUpdateHandlers,
    ...importJobHandlers,
    ...eventTrackerHandlers,
    ...recipeHandlers,
    ...solutionHandlers,
    ...solutionUpdateHandlers,
    ...versionHandlers,
    ...campaignHandlers,
    ...filterHandlers,
    ...batchJobHandlers,
    ...segmentJobHandlers,
    ...exportJobHandlers,
    ...recommenderHandlers,
    ...tagHandlers,
    ...attributionHandlers,
    ...deletionJobHandlers,
};

const changesCampaign = /^(Update|Delete)Campaign$/;

/**
 * Returns the local Personalize over `options.dataDir`. It continues the jobs that an earlier process left unfinished.
 * Throws when the folder cannot be used or the service model is missing.
 */
export function createEmulator(options: EmulatorOptions): Emulator {
    const models = loadServiceModels(options.serviceModelDir);
    const store = openStore(options.dataDir);
    const events = openEventStore(options.dataDir);
    events.keepOnly(store.idsOf("dataset"));
    const streams = createStreams(events);
    const { clock } = store;
    const meter = createMeter({ store, speed: options.speed, log: options.log });
    const metrics = createServiceMetrics();
    const callMetrics = createCallMetrics(store, metrics);
    const jobMetrics = createJobMetrics(store, options.speed, metrics);
    const serving = createServing(options, store, events, streams, meter, metrics);
    const schedule = (job: Resource) => {
        works.schedule(job);
        jobMetrics.begun(job);
    };
    const callIn = (region: string): Call => {
        const { cancel } = works;
        return { options, store, region, now: clock.now(), lastEvent: streams.lastEvent, schedule, cancel };
    };
    const context = { options, store, events, streams };
    const works = createWorks({
        store,
        speed: options.speed,
        work: {
            "dataset-import-job": (job) => runImport(callIn(job.region), events, meter, serving.attribution, job),
            "data-deletion-job": (job) => runDeletion(callIn(job.region), streams, job),
            "solution-version": (version, signal) => runTraining(context, meter, version, signal),
            recommender: (recommender, signal) => runRecommender(context, recommender, signal),
            "batch-inference-job": (job, signal) => runBatch(callIn(job.region), job, serving.inferenceOf, signal),
            "batch-segment-job": (job, signal) => runBatch(callIn(job.region), job, serving.segmentOf, signal),
            "dataset-export-job": (job) => runExport(callIn(job.region), events, job),
        },
        notBefore: (job) => datasetReady(store, job, options.speed),
        log: options.log,
        ended(job) {
            serving.jobEnded();
            jobMetrics.ended(job);
        },
    });
    works.resume();
    const autoTraining = createAutoTraining({ store, callIn, log: options.log });
    autoTraining.plan();

    const answer = (request: EmulatorRequest): { output: object | undefined; logged?: number } => {
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
        const act = () => handler(call, input as never) ?? undefined;
        if (!isLogged(request)) return { output: act() };
        serving.changed();
        callMetrics.forget();
        // Write the campaign's capacity up to now, because the change makes it unknown.
        if (changesCampaign.test(operation)) meter.settle(call.now);
        // Store an accepted call and its log entry in one transaction.
        return store.transaction(() => {
            const output = act();
            return { output, logged: store.requests.add(request, "accepted", output) };
        });
    };

    const internalFailure = ({ operation }: EmulatorRequest, error: unknown) => {
        options.log(`${operation}: ${error instanceof Error ? error.stack : error}`);
        return new ServiceError("InternalFailure", "The local Personalize failed; its log has the reason.", 500);
    };

    const noted = (request: EmulatorRequest, { code }: ServiceError): { logged?: number } => {
        if (!isLogged(request)) return {};
        try {
            return { logged: store.requests.add(request, code) };
        } catch (error) {
            options.log(`${request.operation}: its end (${code}) could not be recorded: ${error}`);
            return {};
        }
    };

    let closed = false;
    let forms: Forms = "received";
    return {
        async handle(request) {
            try {
                const { output, ...logged } = answer(request);
                if (isLogged(request)) autoTraining.plan();
                const worded = forms === "other" ? (inOtherForms(output) as typeof output) : output;
                return { ...success(request.service, worded), ...logged };
            } catch (error) {
                const refusal = error instanceof ServiceError ? error : internalFailure(request, error);
                return { ...failure(request.service, refusal), ...noted(request, refusal) };
            }
        },
        setForms(wanted) {
            forms = wanted;
        },
        operations: new Set(Object.values(models).flatMap(({ operations }) => Object.keys(operations))),
        answered(logged) {
            try {
                if (!closed) store.requests.answered(logged);
            } catch (error) {
                options.log(`The answer to call ${logged} could not be recorded: ${error}`);
            }
        },
        requests: (after) => store.requests.after(after),
        release() {
            const released = store.release(clock.now());
            for (const resource of released) {
                if (hasWork(resource.kind) && resource.stoppedAt === null) works.schedule(resource);
            }
            // Imports may have waited for a dataset that was hanging.
            works.replan();
            autoTraining.plan();
            return released.length;
        },
        clock,
        advance(milliseconds) {
            meter.settle();
            clock.advance(milliseconds);
            works.replan();
            autoTraining.plan();
        },
        usage: meter.usage,
        observe: callMetrics.observe,
        takeMetrics: metrics.take,
        async close() {
            autoTraining.close();
            await works.close();
            closed = true;
            meter.close();
            events.close();
            store.close();
        },
    };
}
