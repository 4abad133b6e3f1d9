/** Shapes of stored resources. This file imports nothing, so that store, handlers and metering can share it. */

/** A tag in Personalize's form. */
export interface Tag {
    tagKey: string;
    tagValue: string;
}

/** Common fields of the updates of all resources. */
export interface Update {
    /** Epoch milliseconds. */
    createdAt: number;
    /** Why the update will fail, if a test requested that. */
    failure?: string;
}

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
    /** The distinct fields of the expression, such as `Items.GENRES`. A dataset group has a quota for them. */
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
    batchInferenceJobConfig?: { itemExplorationConfig?: Record<string, string> };
}

export interface ExportJobProperties {
    /** Which rows to export: imported rows (BULK), rows of PutEvents, PutItems and PutUsers (PUT), or both (ALL). */
    ingestionMode: "BULK" | "PUT" | "ALL";
    roleArn: string;
    jobOutput: { s3DataDestination: DataConfig };
}

/** Columns that a training excludes or includes, by dataset type. */
export interface TrainingDataConfig {
    excludedDatasetColumns?: Record<string, string[]>;
    includedDatasetColumns?: Record<string, string[]>;
}

export interface RecommenderConfig {
    enableMetadataWithRecommendations?: boolean;
    trainingDataConfig?: TrainingDataConfig;
    itemExplorationConfig?: Record<string, string>;
    minRecommendationRequestsPerSecond?: number;
}

export interface RecommenderProperties {
    recipeArn: string;
    recommenderConfig?: RecommenderConfig;
    /** The last UpdateRecommender. Its configuration takes effect when the update is ACTIVE. */
    update?: Update & { recommenderConfig: RecommenderConfig };
    /** The last StopRecommender or StartRecommender; epoch milliseconds. */
    switched?: { to: "STOP" | "START"; at: number };
    /** Metrics of the training; absent until it has finished. */
    metrics?: Record<string, number>;
    /** ID of the last streamed event in the training data. */
    lastEvent?: number;
}

export interface DatasetGroupProperties {
    domain?: string;
    roleArn?: string;
    kmsKeyArn?: string;
}

/** The deployed version and its configuration. */
export interface Deployment {
    solutionVersionArn: string;
    minProvisionedTPS: number;
    campaignConfig?: {
        syncWithLatestSolutionVersion?: boolean;
        itemExplorationConfig?: Record<string, string>;
        enableMetadataWithRecommendations?: boolean;
    };
}

export interface CampaignProperties extends Deployment {
    /**
     * The last UpdateCampaign. Its configuration is deployed when the update is ACTIVE. `failure` is the reason why the
     * update will fail, if a test requested that.
     */
    update?: Deployment & { createdAt: number; failure?: string };
}

export interface SchemaProperties {
    schema: string;
    domain?: string;
}
