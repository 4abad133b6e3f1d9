import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Properties } from "pulumi-personalize/core";
import type { StackConfig } from "../../../core/config/config.ts";
import { type PlannedStack, plannedByConfig } from "../../../core/cost/planned-stack.ts";
import { readColumns } from "../../../data-prep/columns.ts";
import type { ExportedStack } from "../stack/stack.ts";

const projectDir = resolve(import.meta.dirname, "..", "..", "..");

/** The size of the stack's files; 0 for files that are not on this machine. */
export interface PlannedData {
    readonly interactions: number;
    readonly bytes: number;
}

/** Reads the size of the stack's files on this machine. */
export async function readPlannedData(config: StackConfig): Promise<PlannedData> {
    const readFileSize = async (file: string | undefined) =>
        file === undefined ? 0 : ((await stat(resolve(projectDir, file)).catch(() => undefined))?.size ?? 0);
    const { items, users } = config.metadataFiles;
    const files = [config.interactionsFile, items, users];
    const sizes = await Promise.all(files.map(readFileSize));
    const interactions =
        sizes[0] === 0 ? 0 : (await readColumns(resolve(projectDir, config.interactionsFile))).users.length;
    return { interactions, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Returns the input of the estimate: a campaign that always runs, and the other resources of the state. */
export function estimateInput(config: StackConfig, { deployment }: ExportedStack, data: PlannedData): PlannedStack {
    const resources = deployment?.resources ?? [];
    const countOf = (type: string) => resources.filter((resource) => resource.type === type).length;
    return {
        ...plannedByConfig(config),
        ...data,
        alarmMetrics: alarmMetricsIn(resources),
        dashboards: countOf("aws:cloudwatch/dashboard:Dashboard"),
    };
}

/** Counts the metrics of all recorded alarms. An alarm without queries has one metric. */
function alarmMetricsIn(resources: readonly { readonly type: string; readonly inputs?: Properties }[]): number {
    const alarms = resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
    return alarms.reduce((sum, { inputs }) => {
        const queries = (inputs?.metricQueries ?? []) as readonly { readonly metric?: object }[];
        return sum + Math.max(1, queries.filter(({ metric }) => metric !== undefined).length);
    }, 0);
}
