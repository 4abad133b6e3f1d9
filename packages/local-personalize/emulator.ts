import { runBatch } from "./batch/run-batch.ts";
import { runExport } from "./batch/run-export.ts";
import type { Emulator, EmulatorOptions, Forms } from "./contract.ts";
import { createAutoTraining } from "./control/auto-training.ts";
import { datasetReady } from "./control/import-jobs.ts";
import { createMetering } from "./control/metering.ts";
import { isLogged } from "./control/request-log.ts";
import type { Call } from "./control/resources.ts";
import { hasWork } from "./control/states.ts";
import { openStore, type Resource } from "./control/store.ts";
import { createWorks } from "./control/works.ts";
import { createDispatch } from "./dispatch.ts";
import { openEventStore } from "./events/event-store.ts";
import { createStreams } from "./events/streams.ts";
import { runDeletion } from "./importing/run-deletion.ts";
import { runImport } from "./importing/run-import.ts";
import { createServing } from "./serving/serving.ts";
import { runTraining, trainingOfRecommender, trainingOfVersion } from "./training/run-training.ts";
import { failure, inOtherForms, success } from "./wire/http.ts";
import { loadServiceModels } from "./wire/validate.ts";

export type * from "./contract.ts";

/**
 * Creates a local Personalize with the data in `options.dataDir`. It continues the jobs that an earlier process left
 * unfinished. Throws when the folder cannot be used or the service model is missing.
 */
export function createEmulator(options: EmulatorOptions): Emulator {
    const models = loadServiceModels(options.serviceModelDir);
    const store = openStore(options.dataDir);
    const events = openEventStore(options.dataDir);
    events.keepOnly(store.everywhere("dataset").map(({ id }) => id));
    const streams = createStreams(events);
    const { clock } = store;
    const metering = options.meter && createMetering(store, options.speed, options.meter);
    const opened = { options, store, events, streams };
    const serving = createServing(opened, metering?.attributed);
    const schedule = (job: Resource) => {
        works.schedule(job);
        metering?.started(job);
    };
    const callIn = (region: string): Call => {
        const { cancel } = works;
        return { options, store, region, now: clock.now(), lastEvent: streams.lastEvent, schedule, cancel };
    };
    const works = createWorks({
        store,
        speed: options.speed,
        work: {
            "dataset-import-job": (job) => runImport(callIn(job.region), events, serving.attribution, job),
            "data-deletion-job": (job) => runDeletion(callIn(job.region), streams, job),
            "solution-version": (version, signal) => runTraining(opened, trainingOfVersion(version), signal),
            recommender: (resource, signal) => runTraining(opened, trainingOfRecommender(resource), signal),
            "batch-inference-job": (job, signal) => runBatch(callIn(job.region), job, serving.inferenceOf, signal),
            "batch-segment-job": (job, signal) => runBatch(callIn(job.region), job, serving.segmentOf, signal),
            "dataset-export-job": (job) => runExport(callIn(job.region), events, job),
        },
        notBefore: (job) => datasetReady(store, job, options.speed),
        log: options.log,
        ended(job) {
            serving.jobEnded();
            metering?.ended(job);
        },
    });
    // An earlier process may have ended between a change of a campaign and its report.
    metering?.provisioned();
    works.resume();
    const autoTraining = createAutoTraining(store, callIn, options.log);
    autoTraining.plan();

    const answer = createDispatch({ models, store, serving, callIn, log: options.log });

    let closed = false;
    let forms: Forms = "received";
    return {
        async handle(request) {
            const { output, refusal, ...logged } = answer(request);
            if (refusal) return { ...failure(request.service, refusal), ...logged };
            if (isLogged(request)) {
                autoTraining.plan();
                metering?.provisioned();
            }
            const worded = forms === "other" ? (inOtherForms(output) as typeof output) : output;
            return { ...success(request.service, worded), ...logged };
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
            // Imports may have waited for a dataset that a test held in CREATE IN_PROGRESS.
            works.replan();
            autoTraining.plan();
            metering?.provisioned();
            return released.length;
        },
        clock,
        advance(milliseconds) {
            clock.advance(milliseconds);
            works.replan();
            autoTraining.plan();
        },
        observe: (...call) => metering?.called(...call),
        async close() {
            autoTraining.close();
            await works.close();
            closed = true;
            events.close();
            store.close();
        },
    };
}
