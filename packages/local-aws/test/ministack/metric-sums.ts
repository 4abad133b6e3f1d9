import type { CloudWatch } from "@aws-sdk/client-cloudwatch";

/** Returns the sum of a metric in the last hour; 0 without data. */
export async function fetchSum(
    client: CloudWatch,
    Namespace: string,
    MetricName: string,
    dimensions: Readonly<Record<string, string>>,
): Promise<number> {
    const { Datapoints = [] } = await client.getMetricStatistics({
        Namespace,
        MetricName,
        Period: 3600,
        Statistics: ["Sum"],
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 60_000),
    });
    return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
}
