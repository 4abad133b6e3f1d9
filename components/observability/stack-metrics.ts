import {
    functionsNamespace,
    gatewayNamespace,
    type jobMetrics,
    ownNamespace,
    personalizeNamespace,
} from "../../config/metrics.ts";

/** One metric with exactly its dimensions. */
export interface StackMetric {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
}

/** The resources that the metrics of a stack describe. */
export interface MetricsPlace {
    readonly stack: string;
    readonly campaignArn: string;
    readonly datasetGroupArn: string;
    readonly solutionArn: string;
    /** Undefined for a stack without an API. */
    readonly api: { readonly name: string; readonly stage: string } | undefined;
}

type JobMetric = (typeof jobMetrics)[keyof typeof jobMetrics];

/** A Personalize metric of the stack's campaign. */
export const servingMetric = ({ campaignArn }: MetricsPlace, name: string): StackMetric => ({
    namespace: personalizeNamespace,
    name,
    dimensions: { CampaignArn: campaignArn },
});

/** A custom metric of the cost guard or publish-metrics. */
export const ownMetric = ({ stack }: Pick<MetricsPlace, "stack">, name: string): StackMetric => ({
    namespace: ownNamespace,
    name,
    dimensions: { Stack: stack },
});

/** A metric that CloudWatch extracts from the logs of the stack's functions. */
export const loggedMetric = ({ stack }: Pick<MetricsPlace, "stack">, name: string): StackMetric => ({
    namespace: functionsNamespace,
    name,
    dimensions: { Stack: stack },
});

/** An API Gateway metric of the stack's API. */
export const gatewayMetric = (api: NonNullable<MetricsPlace["api"]>, name: string): StackMetric => ({
    namespace: gatewayNamespace,
    name,
    dimensions: { ApiName: api.name, Stage: api.stage },
});

/**
 * A metric of each published version, one line each, as a search (CloudWatch User Guide, "Use search expressions in
 * graphs"). Its text names no version, so that a switch of versions changes nothing in the program.
 */
export const modelSearch = ({ stack }: Pick<MetricsPlace, "stack">, name: string, period: number): string =>
    `SEARCH('{${ownNamespace},Stack,SolutionVersion} MetricName="${name}" Stack="${stack}"', 'Average', ${period})`;

/**
 * The sum of an error metric over all jobs of the stack, as a query of CloudWatch Metrics Insights. Each job has its
 * own dimension, unknown before the job exists, and an alarm cannot use SEARCH (CloudWatch User Guide, "Alarms on
 * Metrics Insights queries").
 */
export function jobErrors(place: MetricsPlace, name: JobMetric): string {
    const { datasetGroupArn, solutionArn } = place;
    const [dimensions, key, arn] =
        name === "DatasetImportJobError"
            ? ["DatasetArn, DatasetGroupArn, DatasetImportJobArn", "DatasetGroupArn", datasetGroupArn]
            : ["SolutionArn, SolutionVersionArn", "SolutionArn", solutionArn];
    return `SELECT SUM(${name}) FROM SCHEMA("${personalizeNamespace}", ${dimensions}) WHERE ${key} = '${arn}'`;
}
