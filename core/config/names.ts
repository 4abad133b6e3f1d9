/** Keys and prefixes in the data bucket. */
export const objectKeys = {
    interactions: "personalize_interactions_fixed.csv",
    items: "items.csv",
    users: "users.csv",
    listsInput: "batch/input/lists/",
    listsOutput: "batch/output/lists/",
    deletion: "deletion/",
    tables: "tables/",
} as const;

/** Key of the fallback tables of a solution version; `version` is the last part of its ARN. */
export const tablesKey = (version: string) => `${objectKeys.tables}${version}.json`;
/**
 * Keys of the input and output of a batch inference job, in a stack with config `serving.mode` set to `batch`.
 * Personalize appends `.out` to the input's name.
 */
export const listsInputKey = (jobName: string) => `${objectKeys.listsInput}${jobName}.json`;
export const listsOutputFolder = (jobName: string) => `${objectKeys.listsOutput}${jobName}/`;
export const listsOutputKey = (jobName: string) => `${listsOutputFolder(jobName)}${jobName}.json.out`;
/** Key of the input of a data deletion job. */
export const deletionKey = (jobName: string) => `${objectKeys.deletion}${jobName}.csv`;
/** Key of the object that contains the id of the newest `pulumi up`'s solution version. */
export const newestTablesKey = `${objectKeys.tables}newest`;

/** Physical names that do not depend on the account. */
export type Names = Readonly<ReturnType<typeof namesFor>>;

/** Default of config `nameSuffix`. The suffix depends on the stack's name. */
const automaticSuffix = "auto";

/**
 * Returns the suffix of a stack's names: config `nameSuffix`; otherwise empty on `dev` and `local`, and `-<stack>` on
 * other stacks.
 */
export function suffixFor(stack: string, nameSuffix: string = automaticSuffix): string {
    if (nameSuffix !== automaticSuffix) return nameSuffix;
    return stack === "dev" || stack === "local" ? "" : `-${stack}`;
}

/** Name of the filter of config `watchedFilter`, without the stack's suffix. */
export const watchedFilterName = "movie-recommender-unwatched";

/** Returns the names of a stack. IAM and Personalize names are unique per account, so other stacks get a suffix. */
export function namesFor(stack: string, nameSuffix?: string) {
    const suffix = suffixFor(stack, nameSuffix);
    return {
        role: `AmazonPersonalize-ExecutionRole${suffix}`,
        schema: `item_interactions_schema${suffix}`,
        datasetGroup: `movie_recommendation${suffix}`,
        dataset: `item_interactions${suffix}`,
        importJobPrefix: `item_interactions_import_job${suffix}`,
        solution: `movie-recommender-solution${suffix}`,
        campaign: `movie-recommender-campaign${suffix}`,
        /** Start of the schema's name. The name ends with a hash, so that a new schema can exist beside the old one. */
        itemsSchema: `movie_items_schema${suffix}`,
        usersSchema: `movie_users_schema${suffix}`,
        items: `movie_items${suffix}`,
        users: `movie_users${suffix}`,
        itemsImportJobPrefix: `movie_items_import_job${suffix}`,
        usersImportJobPrefix: `movie_users_import_job${suffix}`,
        deletionJobPrefix: `movie_viewers_deletion_job${suffix}`,
        eventTracker: `movie-recommender-events${suffix}`,
        /** Name of the filter of config `watchedFilter`. */
        watchedFilter: `${watchedFilterName}${suffix}`,
        /** Name of the Lambda function and its schedule, and end of its log group's name. */
        costGuard: `movie-recommender-cost-guard${suffix}`,
        costGuardRole: `MovieRecommender-CostGuard${suffix}`,
        /** Role that EventBridge Scheduler uses to start the cost guard. */
        scheduleRole: `MovieRecommender-Schedule${suffix}`,
        /** The SNS topic of all notifications and the SQS queue that keeps them. */
        notifications: `movie-recommender-notifications${suffix}`,
        /** The SQS queue of failed deliveries and runs. */
        failures: `movie-recommender-failures${suffix}`,
        /** The Lambda function that forwards notifications to a chat. */
        notifier: `movie-recommender-notifier${suffix}`,
        notifierRole: `MovieRecommender-Notifier${suffix}`,
        budget: `movie-recommender-budget${suffix}`,
        dashboard: `movie-recommender${suffix}`,
        /** Start of the names of the alarms. */
        alarmPrefix: `movie-recommender-alarm${suffix}`,
        trail: `movie-recommender-trail${suffix}`,
        trailRole: `MovieRecommender-Trail${suffix}`,
        /** The REST API, its Lambda function and the DynamoDB table of its lists. */
        api: `movie-recommender-api${suffix}`,
        apiRole: `MovieRecommender-Api${suffix}`,
        /** The Lambda function that precomputes lists of the busiest viewers, and its schedule. */
        prefetch: `movie-recommender-prefetch${suffix}`,
        prefetchRole: `MovieRecommender-Prefetch${suffix}`,
        prefetchScheduleRole: `MovieRecommender-PrefetchSchedule${suffix}`,
        /** The Lambda function of config `serving.mode` `batch`, its schedule, and the start of its jobs' names. */
        batchLists: `movie-recommender-lists${suffix}`,
        batchListsRole: `MovieRecommender-Lists${suffix}`,
        batchListsScheduleRole: `MovieRecommender-ListsSchedule${suffix}`,
        /** The Lambda function that changes the API's table for an operator. */
        tableOperations: `movie-recommender-table-operations${suffix}`,
        tableOperationsRole: `MovieRecommender-TableOperations${suffix}`,
        /** Comment of the CloudFront distribution, and names of its origin access control and policies. */
        storefront: `movie-recommender-storefront${suffix}`,
    };
}

/** Length of the generated end of a name: `-<hash8>-<n>` of an import, `-<hash8>` of a schema or a deletion. */
export const endings: Readonly<Record<string, number>> = {
    importJobPrefix: "-01234567-9999".length,
    itemsImportJobPrefix: "-01234567-9999".length,
    usersImportJobPrefix: "-01234567-9999".length,
    deletionJobPrefix: "-01234567".length,
    batchLists: "-99999-01234567".length,
    itemsSchema: "-01234567".length,
    usersSchema: "-01234567".length,
};

/**
 * Returns the name of the data bucket: from the config, otherwise with account id and stack, because S3 names are
 * global.
 */
export function bucketNameFor(
    config: { readonly bucketName: string; readonly stack: string },
    accountId: string,
): string {
    return config.bucketName !== "" ? config.bucketName : `my-movie-recommender-data-${accountId}-${config.stack}`;
}

/** Endings that make the names of other buckets from a data bucket's name. */
export const bucketEndings = { trail: "-trail", storefront: "-page" } as const;

/** Returns the name of the bucket for CloudTrail's files. */
export const trailBucketNameFor = (bucketName: string) => `${bucketName}${bucketEndings.trail}`;

/** Returns the name of the bucket for the page's files. */
export const storefrontBucketNameFor = (bucketName: string) => `${bucketName}${bucketEndings.storefront}`;

/** Name of the API's stage, and first part of the API's path behind CloudFront. */
export const apiStage = "api";

/**
 * State flags of a stack: SSM parameters `/movie-recommender/<stack>/<key>`, which runbooks and the cost guard write.
 */
export const stateFlagKeys = ["closed", "parked", "reimport", "sent", "serving"] as const;
