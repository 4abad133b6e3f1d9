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

/** Resource types of Personalize, in the order in which the texts `changes` list them. */
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
    effect: "policies of role and bucket. New content serves filters (on AWS within 20 minutes) and the next training. [Schemas](#changes-of-a-schema)",
} as const;

/** Configuration keys for names, files and tags. */
export const dataKeys = {
    bucketName: text("", {
        description: "name of the data bucket, unique in S3. Empty: `my-movie-recommender-data-<account id>-<stack>`",
        changes: "+- Bucket, +- DatasetImportJob, ~ Trail, +- BatchInferenceJob",
        effect: "also the page's bucket; an import without training",
        other: "another-films-bucket",
    }),
    nameSuffix: text("auto", {
        description:
            "end of all names; `auto`: none on `dev` and `local`, else `-<stack>`. Set it before you [rename a stack](stacks.md#rename-a-stack)",
        changes: `${everything}, +- Table, +- Trail, ~ RestApi`,
        effect: "everything else except buckets and the API's address",
        other: "-yy",
    }),
    interactionsFile: text("data/personalize_interactions_fixed.csv", {
        description: "interactions as CSV from data-prep",
        changes: "+- DatasetImportJob, +- SolutionVersion, ~ Campaign, +- BatchInferenceJob",
        effect: "also for new content. Earlier content needs no training; with `syncWithLatestSolutionVersion` only automatic trainings use it",
        isFile: true,
    }),
    dataOptionsFile: optional({
        description:
            "YAML file of [data-prep's options](data.md#options-in-a-file), for `npm run data-prep -- --stack <stack>`. Preview " +
            "refuses interactions of other options",
        isFile: true,
    }),
    itemsFile: optional({
        description:
            "CSV of [items](data.md#items) with its schema in `<name>.schema.json`, for filters and recipes. Empty: `--items` of data-prep",
        isFile: true,
        ...metadata,
    }),
    usersFile: optional({
        description: "CSV of [users](data.md#users), likewise. Empty: `--users` of data-prep",
        isFile: true,
        ...metadata,
    }),
    batchInferenceFile: optional({
        description: 'users as JSON lines, `{"userId": "22"}`; results are in the bucket under `batch/output/`',
        changes: "± BatchInferenceJob, +- BatchInferenceJob",
        effect: "new content is a new billed job",
        isFile: true,
    }),
    dataRetention: oneOf(["delete", "retain"], "delete", {
        description: "`retain`: `pulumi destroy` keeps the bucket",
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
            "at most 47 tags, beside `pulumi:project`, `pulumi:stack` and `pulumi-personalize:owner`, which the program adds. S3 " +
            "objects get none",
        changes:
            "~ DatasetGroup, ~ Dataset, ~ DatasetImportJob, ~ Solution, ~ SolutionVersion, ~ Campaign, ~ Filter, ~ EventTracker, " +
            "~ MetadataDataset, ~ BatchInferenceJob, ~ Bucket, ~ Table, ~ RestApi, ~ Distribution, ~ Trail",
        effect: "every other resource with tags",
        other: { team: "films" },
        check: checkTags,
    }),
    adopt: texts({
        description:
            "ARNs of existing resources to manage (`schema`, `datasetGroup`, `dataset`, `solution`, `campaign`, `eventTracker`), from " +
            "`npm run adopt`",
        changes: everything,
        effect: "the named resource gets the stack's tags, and replaces the stack's own and what depends on it",
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
