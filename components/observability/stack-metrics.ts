import { apiStage } from "../../core/config/config.ts";
import {
    functionsNamespace,
    gatewayNamespace,
    type jobMetrics,
    ownNamespace,
    personalizeNamespace,
} from "../../core/config/metrics.ts";

/** A metric with all of its dimensions. */
export interface StackMetric {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
}

/** The resources whose metrics the stack observes. */
export interface MetricSources {
    readonly stack: string;
    readonly campaignArn: string;
    readonly datasetGroupArn: string;
    readonly solutionArn: string;
    /** Name of the API; undefined for a stack without an API. */
    readonly apiName: string | undefined;
}

type JobMetric = (typeof jobMetrics)[keyof typeof jobMetrics];

/** Returns functions that describe a metric of the stack by its name, for each source of metrics. */
export function metricsOf({ stack, campaignArn, apiName = "" }: MetricSources) {
    const from =
        (namespace: string, dimensions: StackMetric["dimensions"]) =>
        (name: string): StackMetric => ({ namespace, name, dimensions });
    return {
        /** Personalize, about the campaign. */
        serving: from(personalizeNamespace, { CampaignArn: campaignArn }),
        /** Custom metrics that the cost guard or `publish-metrics` publishes. */
        own: from(ownNamespace, { Stack: stack }),
        /** Metrics that CloudWatch extracts from the logs of the stack's functions. */
        logged: from(functionsNamespace, { Stack: stack }),
        /** API Gateway, about the stack's API. */
        gateway: from(gatewayNamespace, { ApiName: apiName, Stage: apiStage }),
    };
}

/**
 * Returns a search for a metric of all published versions, one line each (CloudWatch User Guide, "Use search
 * expressions in graphs"). The search contains no version's ID, so that a new version does not change the dashboard.
 */
export const modelSearch = ({ stack }: Pick<MetricSources, "stack">, name: string, period: number): string =>
    `SEARCH('{${ownNamespace},Stack,SolutionVersion} MetricName="${name}" Stack="${stack}"', 'Average', ${period})`;

/**
 * Returns a CloudWatch Metrics Insights query for the sum of an error metric over all jobs of the stack. Each job has
 * its own dimension, which is unknown before the job exists, and an alarm cannot use SEARCH (CloudWatch User Guide,
 * "Alarms on Metrics Insights queries").
 */
export function jobErrors(place: MetricSources, name: JobMetric): string {
    const { datasetGroupArn, solutionArn } = place;
    const [dimensions, key, arn] =
        name === "DatasetImportJobError"
            ? ["DatasetArn, DatasetGroupArn, DatasetImportJobArn", "DatasetGroupArn", datasetGroupArn]
            : ["SolutionArn, SolutionVersionArn", "SolutionArn", solutionArn];
    return `SELECT SUM(${name}) FROM SCHEMA("${personalizeNamespace}", ${dimensions}) WHERE ${key} = '${arn}'`;
}
