import * as pulumi from "@pulumi/pulumi";
import { type CostConfig, parseCostConfig } from "./cost.ts";
import { bucketNameFor, endings, type Names, namesFor, storefrontEnding, trailEnding } from "./names.ts";
import { parseServingConfig, type ServingConfig } from "./serving.ts";
import { type ConfigProblem, configValues } from "./values.ts";

export type { CostConfig } from "./cost.ts";
export * from "./names.ts";
export type { ServingConfig } from "./serving.ts";
export type { ConfigProblem } from "./values.ts";

/** The stack's configuration, checked; descriptions and defaults stand in Pulumi.yaml. */
export interface StackConfig {
    readonly project: string;
    readonly stack: string;
    readonly region: string;
    /** Empty: the default name, which needs the account id. */
    readonly bucketName: string;
    readonly names: Names;
    readonly interactionsFile: string;
    /** CSV files, each with its Avro schema beside it in `<name>.schema.json`; undefined where there is none. */
    readonly metadataFiles: { readonly items: string | undefined; readonly users: string | undefined };
    /** JSON lines of users that are to be recommended to in one go; undefined where there are none. */
    readonly batchInferenceFile: string | undefined;
    readonly dataRetention: "delete" | "retain";
    /** Recipe name without its ARN; undefined with AutoML. */
    readonly recipe: string | undefined;
    readonly performAutoML: boolean;
    readonly performAutoTraining: boolean;
    /** Days between two automatic trainings. */
    readonly autoTrainingDays: number;
    /** The campaign follows the newest version, also one that the service trained by itself. */
    readonly syncWithLatestSolutionVersion: boolean;
    readonly campaignEnabled: boolean;
    /** Transactions per second. */
    readonly minProvisionedTPS: number;
    readonly eventTracker: boolean;
    /** Filter expressions by their name. */
    readonly filters: Readonly<Record<string, string>>;
    /** ARNs of what was made outside and is to come under this program. */
    readonly adopt: Readonly<Partial<Record<Adoptable, string>>>;
    /** What a retrained version must be worth to be switched to; percent. */
    readonly qualityGate: { readonly maximumNdcgDrop: number; readonly minimumNdcgOverPopularity: number };
    readonly pollSeconds: number;
    /** Minutes. */
    readonly deadlines: { readonly import: number; readonly training: number; readonly campaign: number };
    readonly tags: Readonly<Record<string, string>>;
    /** What it may cost, who is told, and what the cost guard does by itself. */
    readonly cost: CostConfig;
    /** What stands between people and the campaign. */
    readonly serving: ServingConfig;
    /** Whether CloudTrail keeps who did what. */
    readonly auditTrail: boolean;
    /** ARN of the managed policy that limits the roles of this program; undefined: none does. */
    readonly permissionsBoundary: string | undefined;
    /** ARN of the customer's KMS key that encrypts the bucket; undefined: S3's own keys do. */
    readonly kmsKeyArn: string | undefined;
    /** Why a guard rule does not hold here, by the rule's name. */
    readonly waivers: Readonly<Record<string, string>>;
}

/** The campaign's name: of one that was made outside, the name that it had there. */
export const campaignNameOf = ({ adopt, names }: Pick<StackConfig, "adopt" | "names">): string =>
    adopt.campaign?.split("/").at(-1) ?? names.campaign;

/** What can come under the program by config `adopt`; imports and versions it makes itself. */
export const adoptables = ["schema", "datasetGroup", "dataset", "solution", "campaign", "eventTracker"] as const;
export type Adoptable = (typeof adoptables)[number];

export const recipes = ["aws-user-personalization", "aws-user-personalization-v2", "aws-hrnn"] as const;

/** General purpose bucket names (S3 User Guide, "Bucket naming rules"), as far as a user meets them. */
const bucketNamePattern = /^(?!xn--)(?!.*\.\.)(?!\d+(\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Reads and checks every value. Pure: `get` answers a key of the project's namespace as text.
 * Returns the configuration, or all problems at once.
 */
export function parseConfig(
    get: (key: string) => string | undefined,
    stack: {
        readonly project: string;
        readonly stack: string;
        readonly region: string | undefined;
        /** Keys of `aws:` that choose credentials, as far as they are set. */
        readonly awsCredentials: readonly string[];
    },
): StackConfig | readonly ConfigProblem[] {
    const values = configValues(get);
    const { problems, bad, text, oneOf, number, texts, flag } = values;
    const bucketName = text("bucketName");
    const effective = bucketNameFor({ bucketName, stack: stack.stack }, "012345678901");
    const auditTrail = flag("auditTrail");
    const serving = parseServingConfig(values);
    if (!bucketNamePattern.test(effective)) {
        const which =
            bucketName === ""
                ? `is not set, and stack ${stack.stack} would make it "${effective}"`
                : `is "${bucketName}"`;
        bad(
            "bucketName",
            `${which}; S3 wants 3 to 63 lower-case letters, digits, single dots and hyphens, and no IP address`,
        );
    } else {
        const neighbours = [auditTrail ? trailEnding : "", serving.storefront === "cloudfront" ? storefrontEnding : ""];
        const ending = neighbours.toSorted((a, b) => b.length - a.length)[0] ?? "";
        const longest = 63 - ending.length;
        if (effective.length > longest) {
            bad(
                "bucketName",
                `makes "${effective}", too long for its neighbour "…${ending}": ${longest} characters at most`,
            );
        }
    }
    const names = namesFor(stack.stack, text("nameSuffix"));
    for (const [kind, name] of Object.entries(names)) {
        const longest = /role$/i.test(kind) ? 64 : 63 - (endings[kind] ?? 0);
        if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/.test(name) || name.length > longest) {
            bad("nameSuffix", `makes the ${kind} name "${name}"; letters, digits, - and _, at most ${longest} of them`);
        }
    }
    const performAutoML = flag("performAutoML");
    const recipe = text("recipe");
    if (performAutoML && recipe !== "") {
        bad(
            "performAutoML",
            `is true while recipe is "${recipe}": with AutoML the service chooses the recipe. ` +
                'Run `pulumi config set recipe ""`, or `pulumi config set performAutoML false`',
        );
    }
    if (!performAutoML) {
        oneOf("recipe", recipes);
    }
    const performAutoTraining = flag("performAutoTraining");
    const syncWithLatestSolutionVersion = flag("syncWithLatestSolutionVersion");
    if (syncWithLatestSolutionVersion && !performAutoTraining) {
        bad(
            "syncWithLatestSolutionVersion",
            "is true while performAutoTraining is false: without automatic training every new version comes by `pulumi up`, " +
                "which switches to it. Set both, or neither",
        );
    }
    const adopt = texts("adopt");
    for (const [key, arn] of Object.entries(adopt)) {
        if (!adoptables.includes(key as Adoptable)) {
            bad(`adopt.${key}`, `cannot be adopted; what can is ${adoptables.join(", ")}`);
        } else if (!/^arn:[^:]+:personalize:[^:]+:\d{12}:.+\/.+$/.test(String(arn))) {
            bad(`adopt.${key}`, `is "${arn}", which is no ARN of a Personalize resource. See: npm run adopt`);
        }
    }
    const filters = texts("filters");
    for (const name of Object.keys(filters)) {
        if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/.test(name)) {
            bad(`filters.${name}`, "is no name for a filter: 1 to 63 letters, digits, - and _");
        }
    }
    const permissionsBoundary = text("permissionsBoundary");
    if (permissionsBoundary !== "" && !/^arn:[^:]+:iam::\d{12}:policy\/.+$/.test(permissionsBoundary)) {
        bad("permissionsBoundary", `is "${permissionsBoundary}", which is no ARN of a managed policy of the account`);
    }
    const kmsKeyArn = text("kmsKeyArn");
    const keyRegion = /^arn:[^:]+:kms:([^:]+):\d{12}:key\/.+$/.exec(kmsKeyArn)?.[1];
    if (kmsKeyArn !== "" && keyRegion === undefined) {
        bad("kmsKeyArn", `is "${kmsKeyArn}", which is no ARN of a KMS key (an alias is not enough for a policy)`);
    } else if (keyRegion !== undefined && stack.region !== undefined && keyRegion !== stack.region) {
        bad("kmsKeyArn", `is of ${keyRegion}; the bucket's key must be of its region, ${stack.region}`);
    }
    if (stack.region === undefined) {
        bad("aws:region", "is not set. Run `pulumi config set aws:region eu-central-1`");
    }
    for (const key of stack.awsCredentials) {
        bad(
            `aws:${key}`,
            "would be for a part of the program only: Personalize and the runbooks take the environment's credentials. " +
                `Run \`pulumi config rm aws:${key}\`, and set AWS_PROFILE for instance`,
        );
    }
    const config: StackConfig = {
        project: stack.project,
        stack: stack.stack,
        region: stack.region ?? "",
        bucketName,
        names,
        interactionsFile: text("interactionsFile"),
        metadataFiles: { items: text("itemsFile") || undefined, users: text("usersFile") || undefined },
        batchInferenceFile: text("batchInferenceFile") || undefined,
        dataRetention: oneOf("dataRetention", ["delete", "retain"]),
        recipe: recipe === "" ? undefined : recipe,
        performAutoML,
        performAutoTraining,
        autoTrainingDays: number("autoTrainingDays", 1, true, 30),
        syncWithLatestSolutionVersion,
        campaignEnabled: flag("campaignEnabled"),
        minProvisionedTPS: number("minProvisionedTPS", 1, true),
        eventTracker: flag("eventTracker"),
        filters,
        adopt,
        qualityGate: {
            maximumNdcgDrop: number("maximumNdcgDropPercent", 0, false, 100),
            minimumNdcgOverPopularity: number("minimumNdcgOverPopularityPercent", -100, false),
        },
        pollSeconds: number("pollSeconds", 0.05, false),
        deadlines: {
            import: number("importDeadlineMinutes", 1, true),
            training: number("trainingDeadlineMinutes", 1, true),
            campaign: number("campaignDeadlineMinutes", 1, true),
        },
        cost: parseCostConfig(values),
        serving,
        auditTrail,
        permissionsBoundary: permissionsBoundary || undefined,
        kmsKeyArn: kmsKeyArn || undefined,
        waivers: texts("waivers"),
        tags: { ...texts("tags"), "pulumi:project": stack.project, "pulumi:stack": stack.stack },
    };
    return problems.length > 0 ? problems : config;
}

/**
 * The configuration of the stack that is being deployed.
 *
 * @throws pulumi.RunError with every bad value, each with its path, so that preview shows all of them at once.
 */
export function loadConfig(): StackConfig {
    const own = new pulumi.Config();
    const aws = new pulumi.Config("aws");
    const result = parseConfig((key) => own.get(key), {
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        region: aws.get("region"),
        awsCredentials: ["profile", "accessKey", "assumeRoles"].filter((key) => aws.get(key) !== undefined),
    });
    if ("names" in result) {
        return result;
    }
    const lines = result.map(
        ({ path, reason }) => `  ${path.includes(":") ? path : `movie-recommender:${path}`} ${reason}`,
    );
    throw new pulumi.RunError(`the configuration of stack ${pulumi.getStack()} has problems:\n${lines.join("\n")}`);
}
