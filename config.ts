import * as pulumi from "@pulumi/pulumi";

/** The stack's configuration, checked; descriptions and defaults stand in Pulumi.yaml. */
export interface StackConfig {
    readonly project: string;
    readonly stack: string;
    readonly region: string;
    /** Empty: the default name, which needs the account id. */
    readonly bucketName: string;
    readonly names: Names;
    readonly interactionsFile: string;
    readonly dataRetention: "delete" | "retain";
    /** Recipe name without its ARN; undefined with AutoML. */
    readonly recipe: string | undefined;
    readonly performAutoML: boolean;
    readonly performAutoTraining: boolean;
    /** Transactions per second. */
    readonly minProvisionedTPS: number;
    readonly pollSeconds: number;
    /** Minutes. */
    readonly deadlines: { readonly import: number; readonly training: number; readonly campaign: number };
    readonly tags: Readonly<Record<string, string>>;
}

/** Physical names that are the same on every account. */
export interface Names {
    readonly objectKey: string;
    readonly role: string;
    readonly schema: string;
    readonly datasetGroup: string;
    readonly dataset: string;
    readonly importJobPrefix: string;
    readonly solution: string;
    readonly campaign: string;
}

export const recipes = ["aws-user-personalization", "aws-user-personalization-v2", "aws-hrnn"] as const;

/** Names of a stack; IAM and Personalize names are unique by account, so other stacks get a suffix. */
export function namesFor(stack: string, nameSuffix: string): Names {
    const suffix = nameSuffix !== "" ? nameSuffix : stack === "dev" || stack === "local" ? "" : `-${stack}`;
    return {
        objectKey: "personalize_interactions_fixed.csv",
        role: `AmazonPersonalize-ExecutionRole${suffix}`,
        schema: `item_interactions_schema${suffix}`,
        datasetGroup: `movie_recommendation${suffix}`,
        dataset: `item_interactions${suffix}`,
        importJobPrefix: `item_interactions_import_job${suffix}`,
        solution: `movie-recommender-solution${suffix}`,
        campaign: `movie-recommender-campaign${suffix}`,
    };
}

/** Name of the data bucket: as configured, else made unique by account and stack, since S3 names are global. */
export function bucketNameFor(config: Pick<StackConfig, "bucketName" | "stack">, accountId: string): string {
    return config.bucketName !== "" ? config.bucketName : `my-movie-recommender-data-${accountId}-${config.stack}`;
}

/** General purpose bucket names (S3 User Guide, "Bucket naming rules"), as far as a user meets them. */
const bucketNamePattern = /^(?!xn--)(?!.*\.\.)(?!\d+(\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** A bad configuration value: where, and what is wrong. */
export interface ConfigProblem {
    readonly path: string;
    readonly reason: string;
}

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
    const problems: ConfigProblem[] = [];
    const bad = (path: string, reason: string) => problems.push({ path, reason });
    const text = (key: string) => get(key) ?? "";
    const oneOf = <T extends string>(key: string, allowed: readonly T[]): T => {
        const value = text(key) as T;
        if (!allowed.includes(value)) {
            bad(key, `is "${value}"; it must be ${allowed.join(" or ")}`);
        }
        return value;
    };
    const number = (key: string, minimum: number, whole: boolean): number => {
        const value = Number(text(key) || Number.NaN);
        if (!(value >= minimum && Number.isFinite(value)) || (whole && !Number.isInteger(value))) {
            bad(key, `is "${text(key)}"; it must be a ${whole ? "whole number" : "number"} of at least ${minimum}`);
        }
        return value;
    };
    const flag = (key: string): boolean => oneOf(key, ["true", "false"]) === "true";

    const bucketName = text("bucketName");
    const effective = bucketNameFor({ bucketName, stack: stack.stack }, "012345678901");
    if (!bucketNamePattern.test(effective)) {
        const which =
            bucketName === ""
                ? `is not set, and stack ${stack.stack} would make it "${effective}"`
                : `is "${bucketName}"`;
        bad(
            "bucketName",
            `${which}; S3 wants 3 to 63 lower-case letters, digits, single dots and hyphens, and no IP address`,
        );
    }
    const names = namesFor(stack.stack, text("nameSuffix"));
    for (const [kind, name] of Object.entries(names).filter(([kind]) => kind !== "objectKey")) {
        // An import job's name goes on with -<hash8>-<n>.
        const longest = kind === "importJobPrefix" ? 63 - "-01234567-9999".length : kind === "role" ? 64 : 63;
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
    const tags = parseTags(get("tags"), bad);
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
        dataRetention: oneOf("dataRetention", ["delete", "retain"]),
        recipe: recipe === "" ? undefined : recipe,
        performAutoML,
        performAutoTraining: flag("performAutoTraining"),
        minProvisionedTPS: number("minProvisionedTPS", 1, true),
        pollSeconds: number("pollSeconds", 0.05, false),
        deadlines: {
            import: number("importDeadlineMinutes", 1, true),
            training: number("trainingDeadlineMinutes", 1, true),
            campaign: number("campaignDeadlineMinutes", 1, true),
        },
        tags: { ...tags, "pulumi:project": stack.project, "pulumi:stack": stack.stack },
    };
    return problems.length > 0 ? problems : config;
}

function parseTags(json: string | undefined, bad: (path: string, reason: string) => void): Record<string, string> {
    let tags: unknown;
    try {
        tags = JSON.parse(json ?? "{}");
    } catch {
        tags = undefined;
    }
    if (tags === null || typeof tags !== "object" || Array.isArray(tags)) {
        bad("tags", "is not an object of names and values");
        return {};
    }
    for (const [key, value] of Object.entries(tags)) {
        if (typeof value !== "string") {
            bad(`tags.${key}`, "must be a text");
        }
    }
    return tags as Record<string, string>;
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
