import { gatewayNamespace, type jobMetrics, ownNamespace, personalizeNamespace } from "../../config/metrics.ts";

/** One metric with exactly its dimensions. */
export interface StackMetric {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
}

/** What the metrics of a stack are about. */
export interface MetricsPlace {
    readonly stack: string;
    readonly campaignArn: string;
    readonly datasetGroupArn: string;
    readonly solutionArn: string;
    /** Undefined for a stack without one. */
    readonly api: { readonly name: string; readonly stage: string } | undefined;
}

type JobMetric = (typeof jobMetrics)[keyof typeof jobMetrics];

/** A metric that the service has of the stack's campaign. */
export const servingMetric = ({ campaignArn }: MetricsPlace, name: string): StackMetric => ({
    namespace: personalizeNamespace,
    name,
    dimensions: { CampaignArn: campaignArn },
});

/** A metric that the cost guard or publish-metrics has of the stack. */
export const ownMetric = ({ stack }: Pick<MetricsPlace, "stack">, name: string): StackMetric => ({
    namespace: ownNamespace,
    name,
    dimensions: { Stack: stack },
});

/** A metric that API Gateway has of the stack's API. */
export const gatewayMetric = (api: NonNullable<MetricsPlace["api"]>, name: string): StackMetric => ({
    namespace: gatewayNamespace,
    name,
    dimensions: { ApiName: api.name, Stage: api.stage },
});

/** A metric of one trained version, by its id. */
export const modelMetric = ({ stack }: Pick<MetricsPlace, "stack">, name: string, version: string): StackMetric => ({
    namespace: ownNamespace,
    name,
    dimensions: { Stack: stack, SolutionVersion: version },
});

/**
 * The sum of an error metric over all jobs of the stack, as a query of CloudWatch Metrics Insights: each job has a
 * dimension of its own, which nobody knows before the job is there, and an alarm takes no SEARCH (CloudWatch User Guide,
 * "Alarms on Metrics Insights queries").
 */
export function jobErrors(place: MetricsPlace, name: JobMetric): string {
    const { datasetGroupArn, solutionArn } = place;
    const [dimensions, key, arn] =
        name === "DatasetImportJobError"
            ? ["DatasetArn, DatasetGroupArn, DatasetImportJobArn", "DatasetGroupArn", datasetGroupArn]
            : ["SolutionArn, SolutionVersionArn", "SolutionArn", solutionArn];
    return `SELECT SUM(${name}) FROM SCHEMA("${personalizeNamespace}", ${dimensions}) WHERE ${key} = '${arn}'`;
}
