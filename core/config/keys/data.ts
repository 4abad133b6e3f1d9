import { oneOf, optional, type Refuse, text, texts } from "../kinds.ts";

/**
 * Resources that config `adopt` accepts, each with its kind and the end of its ARN. Imports and solution versions cannot
 * be adopted: the program creates its own.
 */
export const adoptables = {
    schema: { kind: "Schema", end: "schema/<name>" },
    datasetGroup: { kind: "DatasetGroup", end: "dataset-group/<name>" },
    dataset: { kind: "Dataset", end: "dataset/<group>/INTERACTIONS" },
    solution: { kind: "Solution", end: "solution/<name>" },
    campaign: { kind: "Campaign", end: "campaign/<name>" },
    eventTracker: { kind: "EventTracker", end: "event-tracker/<id>" },
} as const;
export type Adoptable = keyof typeof adoptables;

/** Minimum length of a reason in characters. */
const shortestReason = 20;

const metadata = {
    changes: ["± Schema, Dataset, DatasetImportJob", "+- DatasetImportJob"],
    effect: "a changed file replaces the import; filters and the next training use it. See [Changes of a schema](#changes-of-a-schema)",
} as const;

/** Configuration keys for names, files and tags. */
export const dataKeys = {
    bucketName: text("", {
        description: "name of the data bucket. Empty: `my-movie-recommender-data-<account id>-<stack>`",
        changes: ["+- Bucket, DatasetImportJob", "~ Trail"],
        effect: "starts an import, but no training",
        other: "another-films-bucket",
    }),
    nameSuffix: text("auto", {
        description:
            "suffix of all names; `auto`: none for the stacks `dev` and `local`, else `-<stack>`. Set it before you [rename a stack](stacks.md#rename-a-stack)",
        changes: ["+- Personalize, Table, Trail", "~ RestApi"],
        effect: "replaces other resources except buckets; the API keeps its address",
        other: "-yy",
    }),
    interactionsFile: text("data/personalize_interactions_fixed.csv", {
        description: "interactions as CSV from data-prep",
        changes: ["+- DatasetImportJob, SolutionVersion", "~ Campaign"],
        effect: "new content has the same effect. With `syncWithLatestSolutionVersion`, only automatic trainings use new content",
        isFile: true,
    }),
    dataOptionsFile: optional({
        description:
            "YAML file of [data-prep's options](data.md#options-in-a-file), for `npm run data-prep -- --stack <stack>`",
        isFile: true,
    }),
    itemsFile: optional({
        description:
            "CSV of [items](data.md#items), for filters and recipes. Empty: the file that data-prep made with `--items`",
        isFile: true,
        ...metadata,
    }),
    usersFile: optional({
        description: "CSV of [users](data.md#users). Empty: the file that data-prep made with `--users`",
        isFile: true,
        ...metadata,
    }),
    dataRetention: oneOf(["delete", "retain"], "delete", {
        description: "`retain`: `pulumi destroy` keeps the data bucket",
        changes: ["~ Bucket"],
    }),
    dataWaiver: optional({
        description: "reason, at least 20 characters, to train on data with [red checks](data.md#quality-report)",
        other: "a drill needs this for an hour",
        check(reason, refuse) {
            if (reason.trim().length < shortestReason) {
                refuse(`is "${reason}"; give a reason of at least ${shortestReason} characters`);
            }
        },
    }),
    tags: texts({
        description: "at most 47 tags of all resources except S3 objects",
        changes: ["~ Personalize (not Schema), Bucket, Table, RestApi, Distribution, Trail"],
        other: { team: "films" },
        check: checkTags,
    }),
    adopt: texts({
        description: "ARNs of existing resources to manage",
        changes: ["+- Personalize"],
        effect: "the adopted resource replaces the stack's own",
        check: checkAdopted,
    }),
};

const isAdoptable = (key: string): key is Adoptable => Object.hasOwn(adoptables, key);

function checkAdopted(adopt: Readonly<Record<string, string>>, refuse: Refuse): void {
    for (const [key, arn] of Object.entries(adopt)) {
        if (!isAdoptable(key)) {
            refuse(`cannot be adopted; allowed are ${Object.keys(adoptables).join(", ")}`, key);
            continue;
        }
        const { end } = adoptables[key];
        const pattern = new RegExp(`^arn:[^:]+:personalize:[^:]+:\\d{12}:${end.replaceAll(/<\w+>/g, "[^/]+")}$`);
        if (!pattern.test(arn)) {
            const form = `arn:<partition>:personalize:<region>:<account>:${end}`;
            refuse(`is "${arn}"; it must be an ARN ${form}`, key);
        }
    }
}

/** Maximum number of a resource's tags (API references of IAM and Personalize, TagResource). */
const maxTags = 50;
/** Number of tags that the program adds: `pulumi:project`, `pulumi:stack` and `pulumi-personalize:owner`. */
const addedTags = 3;
/** Keys that the program sets. Ignores case, because IAM refuses two keys that differ only in case. */
const ownKey = /^(pulumi:(project|stack)$|pulumi-personalize:)/i;

/**
 * Characters that every AWS service accepts (Tagging AWS Resources User Guide, "Tag naming limits and requirements").
 */
const accepted = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const characters = "letters, digits, spaces and _ . : / = + - @";
const longestKey = 128;
const longestValue = 256;

/** Checks config `tags` as AWS does. S3 objects get no tags, because S3 allows only ten. */
function checkTags(tags: Readonly<Record<string, string>>, refuse: Refuse): void {
    const keys = Object.keys(tags);
    for (const key of keys) {
        const value = tags[key] ?? "";
        const twin = keys.find((other) => other !== key && other.toLowerCase() === key.toLowerCase());
        if (/^aws:/i.test(key)) {
            refuse("has a key that starts with aws:, which AWS reserves. Choose another key", key);
        } else if (ownKey.test(key)) {
            const command = `\`pulumi config rm --path tags.${key}\``;
            refuse(`has a key that the program sets itself. Choose another key, and remove this one: ${command}`, key);
        } else if (key === "" || key.length > longestKey || !accepted.test(key)) {
            refuse(`has the key "${key}"; a key must be 1 to ${longestKey} ${characters}`, key);
        } else if (twin !== undefined && key > twin) {
            refuse(`differs from tags.${twin} only in case, and IAM refuses both together. Remove one`, key);
        }
        if (value.length > longestValue || !accepted.test(value)) {
            refuse(`is "${value}"; a value must be at most ${longestValue} ${characters}`, key);
        }
    }
    if (keys.length > maxTags - addedTags) {
        const most = maxTags - addedTags;
        refuse(
            `has ${keys.length} tags; AWS allows ${maxTags}, of which the program uses ${addedTags}: at most ${most}`,
        );
    }
}
