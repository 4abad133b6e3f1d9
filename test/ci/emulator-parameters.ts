/**
 * What the emulator of Personalize does with each optional parameter of the operations that it emulates. An entry is
 * valid for a parameter and its members in all operations, or in one: `filterArn of CreateBatchInferenceJob`.
 */

/** Parameters with an effect, by the spec file in packages/local-personalize/test that proves it. */
export const effective: Readonly<Record<string, readonly string[]>> = {
    "attribution.spec.ts": [
        "addMetrics",
        "eventList[].metricAttribution",
        "eventList[].recommendationId",
        "metricAttributionArn",
        "metricsOutputConfig.roleArn",
        "metricsOutputConfig.s3DataDestination.path",
        "publishAttributionMetricsToS3",
        "removeMetrics",
    ],
    "auto-training.spec.ts": [
        "performAutoTraining",
        "solutionConfig.autoTrainingConfig",
        "solutionUpdateConfig.autoTrainingConfig",
    ],
    "batch.spec.ts": ["batchInferenceJobMode", "filterArn of CreateBatchInferenceJob"],
    "control.spec.ts": ["maxResults", "nextToken", "tags"],
    "deletion.spec.ts": ["domain of ListRecipes", "filterArn of CreateBatchSegmentJob"],
    "domains.spec.ts": [
        "promotions",
        "recommenderArn",
        "recommenderConfig.enableMetadataWithRecommendations",
        "recommenderConfig.itemExplorationConfig",
        "recommenderConfig.minRecommendationRequestsPerSecond",
        "recommenderConfig.trainingDataConfig",
    ],
    "event-weights.spec.ts": [
        "eventList[].eventValue",
        "eventType",
        "solutionConfig.eventsConfig",
        "solutionUpdateConfig.eventsConfig",
    ],
    "events.spec.ts": ["eventList[].eventId", "eventList[].itemId", "userId of PutEvents"],
    "filters.spec.ts": ["filterArn", "filterValues", "items[].properties", "users[].properties"],
    "import.spec.ts": ["dataSource.dataLocation", "importMode", "roleArn"],
    "journey.spec.ts": ["campaignArn", "numResults", "userId"],
    "metadata.spec.ts": ["campaignConfig.enableMetadataWithRecommendations", "metadataColumns"],
    "real-code.spec.ts": ["name", "trainingMode"],
    "recipes.spec.ts": [
        "batchInferenceJobConfig.itemExplorationConfig",
        "campaignConfig.itemExplorationConfig",
        "itemId",
        "performAutoML",
        "recipeArn",
    ],
    "resume.spec.ts": ["campaignConfig.syncWithLatestSolutionVersion", "solutionVersionArn of UpdateCampaign"],
    "solution-settings.spec.ts": [
        "context",
        "eventList[].impression",
        "eventList[].properties",
        "ingestionMode",
        "performHPO",
        "solutionConfig.algorithmHyperParameters",
        "solutionConfig.featureTransformationParameters",
        "solutionConfig.hpoConfig.algorithmHyperParameterRanges",
        "solutionConfig.hpoConfig.hpoResourceConfig.maxNumberOfTrainingJobs",
        "solutionConfig.optimizationObjective",
        "solutionConfig.trainingDataConfig",
    ],
    "strict.spec.ts": ["domain", "minProvisionedTPS", "solutionConfig.eventValueThreshold"],
};

/** ARNs of a parent: List operations return only its resources. */
export const parents: readonly string[] = ["datasetArn", "datasetGroupArn", "solutionArn", "solutionVersionArn"];

/** Parameters that the emulator refuses by name, with the reason. */
export const refused: Readonly<Record<string, string>> = {
    "batchInferenceJobConfig.rankingInfluence": "only aws-semantic-similarity has it",
    "campaignConfig.rankingInfluence": "only aws-semantic-similarity has it",
    performIncrementalUpdate: "only aws-semantic-similarity has it",
    "recommenderConfig.trainingDataConfig of UpdateRecommender":
        "AWS trains a new model for such an update; the emulator does not",
    "solutionConfig.autoMLConfig": "AutoML always chooses aws-user-personalization",
    "solutionConfig.hpoConfig.hpoObjective": "AWS does not support it either",
    themeGenerationConfig: "text generation is not emulated",
};

/** Parameters without an effect, which the emulator stores and returns, with the reason. */
export const storedOnly: Readonly<Record<string, string>> = {
    "jobInput.s3DataSource.kmsKeyArn": "the local S3 decrypts for every reader",
    "jobOutput.s3DataDestination.kmsKeyArn": "the local S3 does not encrypt with a job's key",
    kmsKeyArn: "the emulator does not encrypt",
    "metricsOutputConfig.s3DataDestination.kmsKeyArn": "the local S3 does not encrypt with a job's key",
    recipeProvider: "SERVICE is the only value",
    "roleArn of CreateDatasetGroup": "the role is only for kmsKeyArn, and the emulator does not encrypt",
    "solutionConfig.hpoConfig.hpoResourceConfig.maxParallelTrainingJobs":
        "trainings run one after the other; a value above the quota is refused",
};
