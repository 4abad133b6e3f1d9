import * as pulumi from "@pulumi/pulumi";
import { regionalArn } from "policy-evaluator";
import type { Experiment } from "../../app/serving/experiment.ts";
import { pickPrefetchValues } from "../../app/serving/prefetch.ts";
import { prefetchPolicy } from "../../core/iam/api-access.ts";
import { scheduledFunction } from "../common/lambda-function.ts";
import { createApiScope, watchedFilterNames } from "./api-function.ts";
import type { BatchListsArgs } from "./batch-lists.ts";

export interface PrefetchArgs
    extends Pick<BatchListsArgs, "config" | "caller" | "tableName" | "watchedFilterArn" | "failuresArn"> {
    /** The running experiment; undefined without one. */
    readonly experiment: Experiment | undefined;
}

/**
 * A function that precomputes the lists of the busiest viewers every hour, within the campaign's minimum TPS, which is
 * billed anyway.
 */
export class Prefetch extends pulumi.ComponentResource {
    constructor(name: string, args: PrefetchArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:serving:Prefetch", name, {}, opts);
        const { config, caller, tableName, watchedFilterArn, failuresArn } = args;
        const { names } = config;
        const scope = createApiScope(config, caller);
        scheduledFunction(
            name,
            {
                code: "prefetch",
                functionName: names.prefetch,
                roleName: names.prefetchRole,
                description: "Precomputes the lists of the busiest viewers",
                // The prefetch function calls the campaign slowly, to stay below the minimum provisioned TPS.
                timeoutSeconds: 300,
                caller,
                policy: prefetchPolicy(scope, { filters: watchedFilterNames(config) }),
                environment: {
                    PREFETCH_CONFIG: pulumi.jsonStringify({
                        stack: config.stack,
                        campaignArn: regionalArn(caller, "personalize", `campaign/${scope.campaign}`),
                        tableName,
                        watchedFilterArn,
                        ...pickPrefetchValues(config),
                        experiment: args.experiment,
                    }),
                },
                failuresArn,
                config,
                schedule: {
                    roleName: names.prefetchScheduleRole,
                    starts: "the prefetch",
                    sid: "StartsPrefetch",
                    expression: "rate(1 hour)",
                },
            },
            { parent: this },
        );
        this.registerOutputs({});
    }
}
