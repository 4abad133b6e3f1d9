import { oneOf, optional, type Refuse, text, texts } from "../kinds.ts";
import { checkTags } from "../tags.ts";

/** Resources that config `adopt` can name. The program always creates its own imports and versions. */
export const adoptables = ["schema", "datasetGroup", "dataset", "solution", "campaign", "eventTracker"] as const;
export type Adoptable = (typeof adoptables)[number];

/** Minimum length of a waiver's reason in characters. */
export const shortestReason = 20;

const everything =
    "+- Schema, +- DatasetGroup, +- Dataset, +- DatasetImportJob, +- Solution, +- SolutionVersion, +- Campaign, +- Filter, " +
    "+- EventTracker, +- MetadataDataset, +- BatchInferenceJob";

const metadata = {
    changes: "± Schema, ± MetadataDataset, ± DatasetImportJob, +- DatasetImportJob",
    effect:
        "policies of role and bucket follow, because the role may read exactly the uploaded files. New content: a new import but no " +
        "new version; filters see it (on AWS within 20 minutes), recipes learn from it at the next training. [Changes of the schema](#changes-of-a-schema)",
} as const;

/** Configuration keys for names, files and tags. */
export const dataKeys = {
    bucketName: text("", {
        description:
            "name of the data bucket; S3 bucket names are global. Empty: `my-movie-recommender-data-<account id>-<stack>`",
        changes: "+- Bucket, +- DatasetImportJob, ~ Trail, +- BatchInferenceJob",
        effect:
            "the buckets of data and page are replaced, with an import. An import of equal rows needs no training. The bucket " +
            "of the trail keeps its name and its records",
        other: "another-films-bucket",
    }),
    nameSuffix: text("auto", {
        description:
            "appended to all names; `auto` is empty on `dev` and `local`, else `-<stack>`; an empty value means no suffix. It " +
            "[pins the names of a renamed stack](stacks.md#rename-a-stack)",
        changes: `${everything}, +- Table, +- Trail, ~ RestApi`,
        effect:
            "also replaces roles, functions, queues, topic, log groups, alarms, dashboard and budget: import and training. " +
            "Buckets, API and its address stay",
        other: "-yy",
    }),
    interactionsFile: text("data/personalize_interactions_fixed.csv", {
        description:
            "CSV of interactions, written by data-prep; new content means a new import and a new solution version",
        changes: "+- DatasetImportJob, +- SolutionVersion, ~ Campaign, +- BatchInferenceJob",
        effect:
            "new content, or another file: import, training and a campaign that switches in place. With earlier content, `up` " +
            "imports it again and serves the version that was trained on it, without a training. With " +
            "`syncWithLatestSolutionVersion` only an import: Personalize trains on it at the next automatic training",
        isFile: true,
    }),
    dataOptionsFile: optional({
        description:
            "YAML file of [data-prep's options](data.md#options-in-a-file); `npm run data-prep -- --stack <stack>` reads it and " +
            "writes `interactionsFile`. Preview refuses interactions that other options made",
        effect: "none: preview reads it",
        isFile: true,
    }),
    itemsFile: optional({
        description:
            "CSV of items, for example `data/items.csv`, with its Avro schema in `<name>.schema.json` beside it ([data.md](data.md)); " +
            "used by filters and by recipes with item metadata",
        isFile: true,
        ...metadata,
    }),
    usersFile: optional({
        description:
            "CSV of users, in the same way. Empty: `--items` and `--users` of data-prep make datasets by the [manifest](data.md#manifest)",
        isFile: true,
        ...metadata,
    }),
    batchInferenceFile: optional({
        description:
            'users as JSON lines, `{"userId": "22"}` each; the results are in the bucket under `batch/output/`',
        changes: "± BatchInferenceJob, +- BatchInferenceJob",
        effect: "each new content is a new batch job, billed; results with the same file name replace the earlier ones",
        isFile: true,
    }),
    dataRetention: oneOf(["delete", "retain"], "delete", {
        description: "`retain`: `pulumi destroy` keeps bucket and objects",
        changes: "~ Bucket",
    }),
    dataWaiver: optional({
        description:
            "reason of at least 20 characters to train on data with [red checks](data.md#quality-report) of data-prep; without it " +
            "preview and up refuse such data",
        effect: "none: preview reads it",
        other: "a drill needs this for an hour",
        check(reason, refuse) {
            if (reason.trim().length < shortestReason) {
                refuse(`is "${reason}"; give a reason of at least ${shortestReason} characters`);
            }
        },
    }),
    tags: texts({
        description:
            "`pulumi config set --path tags.team films`; the program adds `pulumi:project`, `pulumi:stack` and, on new Personalize " +
            "resources, `pulumi-personalize:owner`; it recognises its own resources by them. At most 47; S3 objects get no tags, because S3 allows ten",
        changes:
            "~ DatasetGroup, ~ Dataset, ~ DatasetImportJob, ~ Solution, ~ SolutionVersion, ~ Campaign, ~ Filter, ~ EventTracker, " +
            "~ MetadataDataset, ~ BatchInferenceJob, ~ Bucket, ~ Table, ~ RestApi, ~ Distribution, ~ Trail",
        effect: "also all other resources that can have tags",
        other: { team: "films" },
        check: checkTags,
    }),
    adopt: texts({
        description:
            "ARNs of existing resources (`schema`, `datasetGroup`, `dataset`, `solution`, `campaign`, `eventTracker`) that this program " +
            "shall manage; `npm run adopt` prints them",
        changes: everything,
        effect:
            "the named resource is adopted, keeps its name and gets the stack's tags; the stack's own resource of this kind, and " +
            "those that depend on it, are replaced",
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
