import { setTimeout as sleep } from "node:timers/promises";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { campaign } from "./campaign.ts";
import { dataset } from "./dataset.ts";
import { datasetGroup } from "./dataset-group.ts";
import { datasetImportJob } from "./dataset-import-job.ts";
import { assertEngineAlive } from "./engine.ts";
import { type Handler, type LifecycleDeps, lifecycle } from "./lifecycle.ts";
import { schema } from "./schema.ts";
import { solution } from "./solution.ts";
import { solutionVersion } from "./solution-version.ts";

/**
 * The handlers that the forwarder in Pulumi's state calls by kind. This file never moves and no kind is ever
 * renamed: state that older releases wrote names both.
 */
export const handlers: Readonly<Record<ResourceKindName, Handler>> = createHandlers(realDeps());

export type ResourceKindName =
    | "Schema"
    | "DatasetGroup"
    | "Dataset"
    | "DatasetImportJob"
    | "Solution"
    | "SolutionVersion"
    | "Campaign";

/** The handlers over any world; tests bring their own clock and log. */
export function createHandlers(deps: LifecycleDeps): Record<ResourceKindName, Handler> {
    return {
        Schema: lifecycle(schema, deps),
        DatasetGroup: lifecycle(datasetGroup, deps),
        Dataset: lifecycle(dataset, deps),
        DatasetImportJob: lifecycle(datasetImportJob, deps),
        Solution: lifecycle(solution, deps),
        SolutionVersion: lifecycle(solutionVersion, deps),
        Campaign: lifecycle(campaign, deps),
    };
}

function realDeps(): LifecycleDeps {
    const clients = new Map<string, PersonalizeClient>();
    return {
        client(region) {
            const client = clients.get(region) ?? new PersonalizeClient({ region, maxAttempts: 8 });
            clients.set(region, client);
            return client;
        },
        sleep: (seconds) => sleep(seconds * 1000),
        now: () => performance.now() / 1000,
        // Pulumi shows what a dynamic provider prints as information on the stack.
        log: (message) => console.log(message),
        assertEngineAlive: () => assertEngineAlive(),
        random: Math.random,
    };
}
