import type { Update } from "./updates.ts";

/** Stored properties of resources that several families read. */

export interface DatasetProperties {
    datasetType: string;
    schemaArn: string;
    /** Number of rows after the finished imports. */
    rows: number;
    /** The last UpdateDataset. */
    update?: Update & { schemaArn: string };
}

export interface FilterProperties {
    filterExpression: string;
    /** The distinct fields of the expression, such as `Items.GENRES`: a dataset group has a quota of them. */
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
