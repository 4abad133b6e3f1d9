import type { Update } from "./updates.ts";

/** What the store keeps of resources that other families read, too. */

export interface DatasetProperties {
    datasetType: string;
    schemaArn: string;
    /** How many rows the finished imports left in it. */
    rows: number;
    /** The last UpdateDataset. */
    update?: Update & { schemaArn: string };
}

export interface FilterProperties {
    filterExpression: string;
    /** The distinct fields of the expression, as `Items.GENRES`: a dataset group has a quota of them. */
    fields: string[];
}

interface DataConfig {
    path: string;
    kmsKeyArn?: string;
}

export interface BatchJobProperties {
    solutionVersionArn: string;
    filterArn?: string;
    numResults?: number;
    jobInput: { s3DataSource: DataConfig };
    jobOutput: { s3DataDestination: DataConfig };
    roleArn: string;
    batchInferenceJobConfig?: object;
}
