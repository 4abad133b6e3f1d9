import { type KeyName, type KeyValues, keys } from "./keys.ts";
import { bucketEndings, bucketNameFor, endings, type Names, suffixFor, watchedFilterName } from "./names.ts";
import { approximately, campaignUsdPerMonth, isV2 } from "./prices.ts";
import { regionProblem } from "./regions.ts";

/** The stack that the configuration belongs to. */
export interface StackContext {
    readonly project: string;
    readonly stack: string;
    readonly region: string | undefined;
    /** All keys that are set, with their namespace. */
    readonly keys: readonly string[];
    /** Keys that `pulumi config set --secret` encrypts. */
    readonly secretKeys: readonly string[];
}

/** A broken rule. It is not reported if there is another problem with a key in `follows`. */
export interface Broken {
    readonly path: string;
    readonly reason: string;
    readonly follows?: readonly (KeyName | `adopt.${string}` | "aws:region")[];
}

/** Checks all rules about several keys and about the stack, and returns the broken ones. */
export const brokenRules = (values: KeyValues, names: Names, stack: StackContext): readonly Broken[] =>
    [
        ...trainingRules(values),
        ...servingRules(values),
        bucketRule(values, stack),
        suffixRule(values, names, stack),
        ...regionRules(values, stack),
    ].filter((rule) => rule !== false);

type Rules = readonly (Broken | false)[];

/** Names of general purpose buckets (S3 User Guide, "General purpose bucket naming rules"). */
const bucketNamePattern = /^(?!.*\.\.)(?!\d+(\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const reservedBucketPart = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;
/** Names of trails (CloudTrail User Guide, "Naming requirements"). */
const trailNamePattern = /^[a-z0-9]+([._-][a-z0-9]+)*$/i;
const v2Recipe = "aws-user-personalization-v2";

function trainingRules(values: KeyValues): Rules {
    const { recipe, performAutoML, minProvisionedTPS } = values;
    return [
        performAutoML &&
            recipe !== undefined && {
                path: "performAutoML",
                reason:
                    `is true while recipe is "${recipe}": with AutoML Personalize chooses the recipe. ` +
                    'Run `pulumi config set recipe ""`, or `pulumi config set performAutoML false`',
                follows: ["recipe"],
            },
        !performAutoML &&
            recipe === undefined && {
                path: "recipe",
                reason: `is ""; it must be ${keys.recipe.type}`,
                follows: ["performAutoML"],
            },
        values.syncWithLatestSolutionVersion &&
            !values.performAutoTraining && {
                path: "syncWithLatestSolutionVersion",
                reason:
                    "is true while performAutoTraining is false: without automatic training `pulumi up` creates every new version " +
                    "and switches to it. Set both or neither",
                follows: ["performAutoTraining"],
            },
        Object.keys(values.eventWeights).length > 0 &&
            !isV2(recipe ?? "") && {
                path: "eventWeights",
                reason:
                    `is set, and only recipes of version 2 have event weights. Run \`pulumi config set recipe ${v2Recipe}\` ` +
                    `(its idle campaign costs ${approximately(campaignUsdPerMonth(v2Recipe, minProvisionedTPS))} a month), ` +
                    "or `pulumi config rm eventWeights`",
                follows: ["recipe", "performAutoML", "minProvisionedTPS"],
            },
        values.watchedFilter &&
            watchedFilterName in values.filters && {
                path: `filters.${watchedFilterName}`,
                reason: "has the name of the filter that watchedFilter creates. Choose another name, or run `pulumi config set watchedFilter false`",
                follows: ["watchedFilter"],
            },
    ];
}

const servingRules = ({ api, apiKey, storefront, serving, experiment, ...values }: KeyValues): Rules => [
    experiment.name !== "" &&
        !api && {
            path: "experiment.name",
            reason: `is "${experiment.name}" while api is false: an experiment compares lists of the API. Run \`pulumi config set --path experiment.name ""\``,
            follows: ["api"],
        },
    experiment.name !== "" &&
        serving.mode === "batch" && {
            path: "experiment.name",
            reason:
                `is "${experiment.name}" while serving.mode is batch: an experiment compares the campaign's lists with lists that cost ` +
                'nothing. Run `pulumi config set --path experiment.name ""`',
            follows: ["serving"],
        },
    serving.mode === "batch" &&
        !api && {
            path: "serving.mode",
            reason: "is batch while api is false: the lists are in the API's table. Run `pulumi config set api true`",
            follows: ["api"],
        },
    serving.mode === "batch" &&
        values.syncWithLatestSolutionVersion && {
            path: "syncWithLatestSolutionVersion",
            reason:
                "is true while serving.mode is batch: there is no campaign to switch, and each job uses the newest version that passes " +
                "the quality gate. Run `pulumi config set syncWithLatestSolutionVersion false`",
            follows: ["serving"],
        },
    apiKey &&
        storefront !== "none" && {
            path: "apiKey",
            reason: `is true while storefront is ${storefront}: every visitor could read the key in the page. Run \`pulumi config set storefront none\``,
            follows: ["storefront"],
        },
];

/**
 * Checks the data bucket's name, together with the suffix that the program appends to it for the trail's or the page's
 * bucket.
 */
function bucketRule({ bucketName, auditTrail, api, storefront }: KeyValues, { stack }: StackContext): Broken | false {
    const ending = auditTrail
        ? bucketEndings.trail
        : api && storefront === "cloudfront"
          ? bucketEndings.storefront
          : "";
    const effective = bucketNameFor({ bucketName, stack }, "012345678901");
    const longest = 63 - ending.length;
    const [reserved] = reservedBucketPart.exec(effective) ?? [];
    const fault = [
        !bucketNamePattern.test(effective) &&
            "S3 requires 3 to 63 lower-case letters, digits, single dots and hyphens, and not an IP address",
        reserved !== undefined &&
            `S3 reserves names that ${effective.startsWith(reserved) ? "start" : "end"} with ${reserved}`,
        auditTrail &&
            /\.-|-\./.test(effective) &&
            "CloudTrail refuses the name of the trail's bucket, because a dot is next to a hyphen",
        effective.length > longest && `it is too long for the bucket "…${ending}": at most ${longest} characters`,
    ].find((each) => each !== false);
    const which =
        bucketName === ""
            ? `is not set, and the default of stack ${stack} would be "${effective}"`
            : `is "${bucketName}"`;
    const reason = `${which}; ${fault}. Set another name: \`pulumi config set bucketName <name>\``;
    return fault !== undefined && { path: "bucketName", reason };
}

/** Checks the suffix of the stack's names, with the strictest rules of all services. */
function suffixRule({ nameSuffix, auditTrail }: KeyValues, names: Names, { stack }: StackContext): Broken | false {
    const suffix = suffixFor(stack, nameSuffix);
    const room = Math.min(
        ...Object.entries(names).map(([kind, name]) => {
            const longest = /role$/i.test(kind) ? 64 : 63 - (endings[kind] ?? 0);
            return longest - name.length;
        }),
    );
    const fault =
        !/^[a-zA-Z0-9_-]*$/.test(suffix) || room < 0
            ? `it must be at most ${suffix.length + room} letters, digits, - and _`
            : auditTrail &&
              !trailNamePattern.test(names.trail) &&
              `CloudTrail refuses "${names.trail}", because - and _ must be between letters or digits. Set another suffix: ` +
                  "`pulumi config set nameSuffix -- -<name>`, or `pulumi config set auditTrail false`";
    const which = suffix === nameSuffix ? `is "${suffix}"` : `is "${nameSuffix}", for stack ${stack} "${suffix}"`;
    return fault !== false && { path: "nameSuffix", reason: `${which}; ${fault}` };
}

/** Checks the region and the regions of ARNs. */
function regionRules({ kmsKeyArn = "", adopt }: KeyValues, { region }: StackContext): Rules {
    const adopted = Object.entries(adopt).map(([kind, arn]) => [`adopt.${kind}`, arn] as const);
    const unknown = region && regionProblem(region);
    return [
        region === undefined && {
            path: "aws:region",
            reason: "is not set. Run `pulumi config set aws:region eu-central-1`",
        },
        unknown !== undefined && unknown !== "" && { path: "aws:region", reason: unknown },
        ...([["kmsKeyArn", kmsKeyArn], ...adopted] as const).map(([path, arn]): Broken | false => {
            const { 3: itsRegion = region } = arn.split(":");
            const reason =
                `is "${arn}", in ${itsRegion}; the resource must be in the stack's region, ${region}. ` +
                `Set the ARN of another one: \`pulumi config set --path ${path} <ARN>\``;
            return itsRegion !== region && { path, reason, follows: ["aws:region", path] };
        }),
    ];
}
