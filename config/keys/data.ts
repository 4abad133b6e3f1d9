import { oneOf, optional, type Refuse, text, texts } from "../kinds.ts";
import { checkTags } from "../tags.ts";

/**
 * Resource kinds that config `adopt` accepts. Imports and solution versions cannot be adopted: the program creates its
 * own.
 */
export const adoptables = ["schema", "datasetGroup", "dataset", "solution", "campaign", "eventTracker"] as const;
export type Adoptable = (typeof adoptables)[number];

/** Minimum length of a waiver's reason in characters. */
export const shortestReason = 20;

/** Resource types of Personalize, in the order in which the column "changes" of the configuration table lists them. */
export const personalizeKinds = [
    "Schema",
    "DatasetGroup",
    "Dataset",
    "DatasetImportJob",
    "Solution",
    "SolutionVersion",
    "Campaign",
    "Filter",
    "EventTracker",
    "MetadataDataset",
    "BatchInferenceJob",
] as const;

const everything = personalizeKinds.map((kind) => `+- ${kind}`).join(", ");

const metadata = {
    changes: "± Schema, ± MetadataDataset, ± DatasetImportJob, +- DatasetImportJob",
    effect: "policies of role and bucket. Filters (on AWS within 20 minutes) and the next training use new content. See [Changes of a schema](#changes-of-a-schema)",
} as const;

/** Configuration keys for names, files and tags. */
export const dataKeys = {
    bucketName: text("", {
        description: "name of the data bucket, unique in S3. Empty: `my-movie-recommender-data-<account id>-<stack>`",
        changes: "+- Bucket, +- DatasetImportJob, ~ Trail, +- BatchInferenceJob",
        effect: "also the page's bucket; starts an import, but no training",
        other: "another-films-bucket",
    }),
    nameSuffix: text("auto", {
        description:
            "suffix of the names of all resources; `auto`: no suffix for the stacks `dev` and `local`, else `-<stack>`. Set it before you [rename a stack](stacks.md#rename-a-stack)",
        changes: `${everything}, +- Table, +- Trail, ~ RestApi`,
        effect: "all other resources except buckets; the API keeps its address",
        other: "-yy",
    }),
    interactionsFile: text("data/personalize_interactions_fixed.csv", {
        description: "interactions as CSV from data-prep",
        changes: "+- DatasetImportJob, +- SolutionVersion, ~ Campaign, +- BatchInferenceJob",
        effect: "new content in the file has the same effect. Content that was imported before needs no training. With `syncWithLatestSolutionVersion`, only automatic trainings use new content",
        isFile: true,
    }),
    dataOptionsFile: optional({
        description:
            "YAML file of [data-prep's options](data.md#options-in-a-file), for `npm run data-prep -- --stack <stack>`. Preview " +
            "refuses interactions that were prepared with other options",
        isFile: true,
    }),
    itemsFile: optional({
        description:
            "CSV of [items](data.md#items) with its schema in `<name>.schema.json`, for filters and recipes. Empty: the file that data-prep made with `--items`",
        isFile: true,
        ...metadata,
    }),
    usersFile: optional({
        description:
            "CSV of [users](data.md#users), with its schema in `<name>.schema.json`. Empty: the file that data-prep made with `--users`",
        isFile: true,
        ...metadata,
    }),
    batchInferenceFile: optional({
        description:
            'users for one batch inference job, as JSON Lines: `{"userId": "22"}`. The results are in the bucket under `batch/output/`',
        changes: "± BatchInferenceJob, +- BatchInferenceJob",
        effect: "new content starts a new job, which AWS bills",
        isFile: true,
    }),
    dataRetention: oneOf(["delete", "retain"], "delete", {
        description: "`retain`: `pulumi destroy` keeps the data bucket",
        changes: "~ Bucket",
    }),
    dataWaiver: optional({
        description:
            "reason, at least 20 characters, to train on data with [red checks](data.md#quality-report), which preview refuses otherwise",
        other: "a drill needs this for an hour",
        check(reason, refuse) {
            if (reason.trim().length < shortestReason) {
                refuse(`is "${reason}"; give a reason of at least ${shortestReason} characters`);
            }
        },
    }),
    tags: texts({
        description:
            "at most 47 tags, in addition to `pulumi:project`, `pulumi:stack` and `pulumi-personalize:owner`, which the program adds. S3 " +
            "objects get none",
        changes:
            "~ DatasetGroup, ~ Dataset, ~ DatasetImportJob, ~ Solution, ~ SolutionVersion, ~ Campaign, ~ Filter, ~ EventTracker, " +
            "~ MetadataDataset, ~ BatchInferenceJob, ~ Bucket, ~ Table, ~ RestApi, ~ Distribution, ~ Trail",
        effect: "all other resources that have tags",
        other: { team: "films" },
        check: checkTags,
    }),
    adopt: texts({
        description:
            "ARNs of existing resources to manage (`schema`, `datasetGroup`, `dataset`, `solution`, `campaign`, `eventTracker`), from " +
            "`npm run adopt`",
        changes: everything,
        effect: "the adopted resource gets the stack's tags; it replaces the stack's own resource and those that depend on it",
        check: checkAdopted,
    }),
};

function checkAdopted(adopt: Readonly<Record<string, string>>, refuse: Refuse): void {
    for (const [key, arn] of Object.entries(adopt)) {
        if (!adoptables.some((each) => each === key)) {
            refuse(`cannot be adopted; allowed are ${adoptables.join(", ")}`, `.${key}`);
        } else if (!/^arn:[^:]+:personalize:[^:]+:\d{12}:[^/]+\/.+$/.test(arn)) {
            refuse(`is "${arn}", which is not the ARN of a Personalize resource. See: npm run adopt`, `.${key}`);
        }
    }
}
