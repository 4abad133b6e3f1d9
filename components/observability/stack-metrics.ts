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
    /** Names of the API and its stage; undefined for a stack without an API. */
    readonly api: { readonly name: string; readonly stage: string } | undefined;
}

type JobMetric = (typeof jobMetrics)[keyof typeof jobMetrics];

/** Returns a Personalize metric of the stack's campaign. */
export const servingMetric = ({ campaignArn }: MetricSources, name: string): StackMetric => ({
    namespace: personalizeNamespace,
    name,
    dimensions: { CampaignArn: campaignArn },
});

/** Returns a custom metric that the cost guard or `publish-metrics` publishes. */
export const ownMetric = ({ stack }: Pick<MetricSources, "stack">, name: string): StackMetric => ({
    namespace: ownNamespace,
    name,
    dimensions: { Stack: stack },
});

/** Returns a metric that CloudWatch extracts from the logs of the stack's functions. */
export const loggedMetric = ({ stack }: Pick<MetricSources, "stack">, name: string): StackMetric => ({
    namespace: functionsNamespace,
    name,
    dimensions: { Stack: stack },
});

/** Returns an API Gateway metric of the stack's API. */
export const gatewayMetric = (api: NonNullable<MetricSources["api"]>, name: string): StackMetric => ({
    namespace: gatewayNamespace,
    name,
    dimensions: { ApiName: api.name, Stage: api.stage },
});

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
