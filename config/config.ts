import { type CostConfig, parseCostConfig } from "./cost.ts";
import { parseEventWeights } from "./event-weights.ts";
import { bucketNameFor, endings, type Names, namesFor, storefrontEnding, suffixFor, trailEnding } from "./names.ts";
import { regionProblem } from "./regions.ts";
import { redacted, secretProblems } from "./secret-keys.ts";
import { parseServingConfig, type ServingConfig } from "./serving.ts";
import { parseTags } from "./tags.ts";
import { parseTraining, type TrainingConfig } from "./training.ts";
import { declaredKeys, unknownKeys } from "./unknown-keys.ts";
import { type ConfigProblem, configValues, shortestReason } from "./values.ts";

export type { CostConfig } from "./cost.ts";
export * from "./names.ts";
export type { ServingConfig } from "./serving.ts";
export { type Adoptable, adoptables, recipes } from "./training.ts";
export type { ConfigProblem } from "./values.ts";

/** The stack's validated configuration; Pulumi.yaml has the descriptions and defaults. */
export interface StackConfig extends TrainingConfig {
    readonly project: string;
    readonly stack: string;
    readonly region: string;
    /** Empty: the default name, which needs the account id. */
    readonly bucketName: string;
    readonly names: Names;
    /** The end of all names; empty on `dev` and `local` by default. */
    readonly nameSuffix: string;
    readonly interactionsFile: string;
    /** Options by which data-prep makes the interactions; undefined: any options. */
    readonly dataOptionsFile: string | undefined;
    /** CSV files, each with its Avro schema in `<name>.schema.json` beside it; undefined if there is none. */
    readonly metadataFiles: { readonly items: string | undefined; readonly users: string | undefined };
    /** Users for batch inference, as JSON lines; undefined if there are none. */
    readonly batchInferenceFile: string | undefined;
    readonly dataRetention: "delete" | "retain";
    readonly campaignEnabled: boolean;
    /** Transactions per second. */
    readonly minProvisionedTPS: number;
    /** Weight of each event type in training, from 0 to 1; undefined: all events count equally. */
    readonly eventWeights: Readonly<Record<string, number>> | undefined;
    readonly eventTracker: boolean;
    /** Whether the program creates a filter that leaves out what a user has watched, and uses it by default. */
    readonly watchedFilter: boolean;
    readonly pollSeconds: number;
    /** Minutes. */
    readonly deadlines: { readonly import: number; readonly training: number; readonly campaign: number };
    readonly tags: Readonly<Record<string, string>>;
    /** Limit, notifications, and automatic actions of the cost guard. */
    readonly cost: CostConfig;
    /** API, page and precomputing in front of the campaign. */
    readonly serving: ServingConfig;
    /** Whether the program creates the dashboard and the alarms. */
    readonly observability: boolean;
    /** Whether the program creates a CloudTrail trail. */
    readonly auditTrail: boolean;
    /** ARN of the permissions boundary for the roles of this program; undefined: no boundary. */
    readonly permissionsBoundary: string | undefined;
    /** ARN of the customer's KMS key that encrypts the bucket; undefined: S3 managed keys. */
    readonly kmsKeyArn: string | undefined;
    /** Whether the bucket policy limits Personalize to this account's resources. */
    readonly bucketPolicyConditions: boolean;
    /** The reason to train on data with red checks; undefined: such data is refused. */
    readonly dataWaiver: string | undefined;
    /** The reason for each waived resource rule, by the rule's name. */
    readonly waivers: Readonly<Record<string, string>>;
}

/** The campaign's name; an adopted campaign keeps its original name. */
export const campaignNameOf = ({ adopt, names }: Pick<StackConfig, "adopt" | "names">): string =>
    adopt.campaign?.split("/").at(-1) ?? names.campaign;

/** Pattern for general purpose bucket names (S3 User Guide, "Bucket naming rules"), without the rare rules. */
const bucketNamePattern = /^(?!xn--)(?!.*\.\.)(?!\d+(\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The stack that the configuration belongs to. */
interface StackPlace {
    readonly project: string;
    readonly stack: string;
    readonly region: string | undefined;
    /** All keys that are set, with their namespace. */
    readonly keys: readonly string[];
    /** Those keys that `pulumi config set --secret` encrypts. */
    readonly secretKeys: readonly string[];
}

type Values = ReturnType<typeof configValues>;

/**
 * Reads and checks every value. Pure: `get` returns the text of a key in the project's namespace.
 *
 * @returns the configuration, or all problems at once.
 */
export function parseConfig(
    get: (key: string) => string | undefined,
    stack: StackPlace,
): StackConfig | readonly ConfigProblem[] {
    const values = configValues(get);
    const { text, oneOf, number, texts, flag } = values;
    const declared = declaredKeys();
    for (const { path, reason } of [
        ...unknownKeys(stack.keys, stack.project, declared),
        ...secretProblems(stack.secretKeys, stack.project, declared),
    ]) {
        values.bad(path, reason);
    }
    const auditTrail = flag("auditTrail");
    const serving = parseServingConfig(values);
    const names = parseNames(values, stack);
    const training = parseTraining(values);
    const minProvisionedTPS = number("minProvisionedTPS", 1, true);
    const watchedFilter = flag("watchedFilter");
    if (watchedFilter && names.watchedFilter in training.filters) {
        values.bad(
            `filters.${names.watchedFilter}`,
            "has the name of the filter that watchedFilter creates. Choose another name, or run `pulumi config set watchedFilter false`",
            ["nameSuffix", "watchedFilter"],
        );
    }
    const config: StackConfig = {
        project: stack.project,
        stack: stack.stack,
        bucketName: parseBucketName(values, stack, longestEnding(auditTrail, serving)),
        names,
        nameSuffix: suffixFor(stack.stack, text("nameSuffix")),
        ...training,
        ...parseAccess(values, stack),
        interactionsFile: text("interactionsFile"),
        dataOptionsFile: text("dataOptionsFile") || undefined,
        metadataFiles: { items: text("itemsFile") || undefined, users: text("usersFile") || undefined },
        batchInferenceFile: text("batchInferenceFile") || undefined,
        dataRetention: oneOf("dataRetention", ["delete", "retain"]),
        campaignEnabled: flag("campaignEnabled"),
        minProvisionedTPS,
        eventWeights: parseEventWeights(values, training.recipe ?? "", minProvisionedTPS),
        eventTracker: flag("eventTracker"),
        watchedFilter,
        pollSeconds: number("pollSeconds", 0.05, false),
        deadlines: {
            import: number("importDeadlineMinutes", 1, true),
            training: number("trainingDeadlineMinutes", 1, true),
            campaign: number("campaignDeadlineMinutes", 1, true),
        },
        cost: parseCostConfig(values),
        serving,
        auditTrail,
        observability: flag("observability"),
        bucketPolicyConditions: flag("bucketPolicyConditions"),
        waivers: texts("waivers"),
        dataWaiver: parseDataWaiver(values),
        tags: parseTags(values, stack),
    };
    const secrets = stack.secretKeys
        .map((key) => text(key.slice(key.indexOf(":") + 1)))
        .filter((value) => value !== "");
    const problems = values.problems();
    return problems.length > 0 ? redacted(problems, secrets) : config;
}

function parseDataWaiver({ bad, text }: Values): string | undefined {
    const reason = text("dataWaiver").trim();
    if (reason !== "" && reason.length < shortestReason) {
        bad("dataWaiver", `is "${reason}"; give a reason of at least ${shortestReason} characters`);
    }
    return reason || undefined;
}

/** The longest ending that the program appends to the bucket's name, for the buckets of trail and page. */
function longestEnding(auditTrail: boolean, { storefront }: ServingConfig): string {
    const endings = [auditTrail ? trailEnding : "", storefront === "cloudfront" ? storefrontEnding : ""];
    return endings.toSorted((a, b) => b.length - a.length)[0] ?? "";
}

function parseBucketName({ bad, text }: Values, { stack }: StackPlace, ending: string): string {
    const bucketName = text("bucketName");
    const effective = bucketNameFor({ bucketName, stack }, "012345678901");
    const longest = 63 - ending.length;
    if (!bucketNamePattern.test(effective)) {
        const which =
            bucketName === ""
                ? `is not set, and the default of stack ${stack} would be "${effective}"`
                : `is "${bucketName}"`;
        bad(
            "bucketName",
            `${which}; S3 requires 3 to 63 lower-case letters, digits, single dots and hyphens, and not an IP address`,
        );
    } else if (effective.length > longest) {
        bad("bucketName", `gives "${effective}", too long for the bucket "…${ending}": at most ${longest} characters`);
    }
    return bucketName;
}

function parseNames({ bad, text }: Values, { stack }: StackPlace): Names {
    const nameSuffix = text("nameSuffix");
    const names = namesFor(stack, nameSuffix);
    const suffix = suffixFor(stack, nameSuffix);
    const room = Object.entries(names).map(([kind, name]) => {
        const longest = /role$/i.test(kind) ? 64 : 63 - (endings[kind] ?? 0);
        return longest - name.length;
    });
    if (!/^[a-zA-Z0-9_-]*$/.test(suffix) || Math.min(...room) < 0) {
        const which = suffix === nameSuffix ? `is "${suffix}"` : `is "${nameSuffix}", for stack ${stack} "${suffix}"`;
        const longest = suffix.length + Math.min(...room);
        bad("nameSuffix", `${which}; it must be at most ${longest} letters, digits, - and _`);
    }
    return names;
}

/** Region, permissions boundary and key; rejects credentials in the configuration. */
function parseAccess(
    { bad, text }: Values,
    { region, keys }: StackPlace,
): Pick<StackConfig, "region" | "permissionsBoundary" | "kmsKeyArn"> {
    const permissionsBoundary = text("permissionsBoundary");
    if (permissionsBoundary !== "" && !/^arn:[^:]+:iam::\d{12}:policy\/.+$/.test(permissionsBoundary)) {
        bad("permissionsBoundary", `is "${permissionsBoundary}", which is not the ARN of a customer managed policy`);
    }
    const kmsKeyArn = text("kmsKeyArn");
    const keyRegion = /^arn:[^:]+:kms:([^:]+):\d{12}:key\/.+$/.exec(kmsKeyArn)?.[1];
    if (kmsKeyArn !== "" && keyRegion === undefined) {
        bad("kmsKeyArn", `is "${kmsKeyArn}", which is not the ARN of a KMS key (a policy cannot use an alias)`);
    } else if (keyRegion !== undefined && region !== undefined && keyRegion !== region) {
        bad("kmsKeyArn", `is in ${keyRegion}; the key must be in the bucket's region, ${region}`, ["aws:region"]);
    }
    if (region === undefined) {
        bad("aws:region", "is not set. Run `pulumi config set aws:region eu-central-1`");
    }
    const unknown = region && regionProblem(region);
    if (unknown) {
        bad("aws:region", unknown);
    }
    for (const key of ["profile", "accessKey", "assumeRoles"].filter((one) => keys.includes(`aws:${one}`))) {
        bad(
            `aws:${key}`,
            "would affect only a part of the program: Personalize and the runbooks use the environment's credentials. " +
                `Run \`pulumi config rm aws:${key}\`, and set AWS_PROFILE, for example`,
        );
    }
    return {
        region: region ?? "",
        permissionsBoundary: permissionsBoundary || undefined,
        kmsKeyArn: kmsKeyArn || undefined,
    };
}
