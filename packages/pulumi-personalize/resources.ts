import * as pulumi from "@pulumi/pulumi";
import type { BatchInferenceJobInputs } from "./batch-inference-job.ts";
import type { CampaignInputs } from "./campaign.ts";
import type { DatasetInputs } from "./dataset.ts";
import type { DatasetGroupInputs } from "./dataset-group.ts";
import type { DatasetImportJobInputs } from "./dataset-import-job.ts";
import type { EventTrackerInputs } from "./event-tracker.ts";
import type { FilterInputs } from "./filter.ts";
import { forward } from "./forward.ts";
import { formerKinds, type ResourceKindName } from "./kinds.ts";
import { pluginModule } from "./plugin.ts";
import type { RecommenderInputs } from "./recommender.ts";
import type { CommonInputs, Defaults } from "./resource.ts";
import type { SchemaInputs } from "./schema.ts";
import type { SolutionInputs } from "./solution.ts";
import type { SolutionVersionInputs } from "./solution-version.ts";
import { minutesOf } from "./wait.ts";

/** The arguments of a resource whose inputs have the type `T`. */
export type ResourceArgs<T> = {
    readonly [K in keyof T]: undefined extends T[K] ? pulumi.Input<T[K]> | undefined : pulumi.Input<T[K]>;
};

/**
 * The arguments of a Personalize resource. The common inputs have defaults, and so have the inputs whose names are in
 * `D`.
 */
type PersonalizeArgs<I extends CommonInputs, D extends keyof I = never> = ResourceArgs<
    Omit<I, keyof CommonInputs | D> & Partial<Pick<I, keyof CommonInputs | D>>
>;

let handlersModule: string | undefined = "pulumi-personalize/handlers";

/**
 * Makes the resources that the program creates from now on use the handlers of another module, which `processHandlers`
 * created with kinds and advice of the program. The program's package.json must list the module in `imports`.
 */
export function useHandlers(module: string): void {
    handlersModule = module;
}

/**
 * Makes the resources that the program creates from now on use the plugin `pulumi-resource-personalize` on PATH instead
 * of dynamic providers: then Pulumi can import them by ARN (`pulumi import`, option `import`).
 */
export function usePlugin(): void {
    handlersModule = undefined;
}

/**
 * A resource whose dynamic provider forwards each call to the installed handlers. `outputs` lists the properties that
 * the handlers compute. The aliases keep a deployed resource if the program starts or stops to use the plugin, and a
 * resource of a former kind.
 */
export abstract class HandledResource<I extends object> extends pulumi.CustomResource {
    protected constructor(
        kind: string,
        name: string,
        args: ResourceArgs<I>,
        outputs: readonly string[],
        opts?: pulumi.CustomResourceOptions,
    ) {
        const computed = Object.fromEntries(outputs.map((key) => [key, undefined]));
        const former = Object.keys(formerKinds).filter((one) => formerKinds[one] === kind);
        const plugin = [kind, ...former].map((one) => `${pluginModule}:${one}`);
        const dynamic = [kind, ...former].map((one) => `pulumi-nodejs:dynamic/personalize:${one}`);
        const [[type = "", ...others], otherTypes, provider] =
            handlersModule === undefined
                ? [plugin, dynamic, {}]
                : [dynamic, plugin, { __provider: forward(handlersModule, kind) }];
        const aliases = { aliases: [...others, ...otherTypes].map((one) => ({ type: one })) };
        super(type, name, { ...computed, ...args, ...provider }, pulumi.mergeOptions(opts, aliases));
    }
}

/**
 * The owner of a stack's Personalize resources: its ID is random. Every resource has the ID in a tag, so the handlers
 * recognize the resources of the stack. Declare it before the resources, once in a stack.
 */
export class Owner extends HandledResource<object> {
    constructor(name: string, opts?: pulumi.CustomResourceOptions) {
        super("Owner", name, {}, [], opts);
    }
}

/** The owners of the programs that run in this process, by the root resource of the program's stack. */
const owners = new WeakMap<object, Owner>();

/** Returns the ID of the program's owner. Creates the owner for the first resource without the argument `owner`. */
function ownerOfProgram(): pulumi.Output<string> {
    const stack = pulumi.runtime.getStackResource() ?? owners;
    const owner = owners.get(stack) ?? new Owner("personalize-owner");
    owners.set(stack, owner);
    return owner.id;
}

/** The arguments for which the handlers have defaults. */
interface StatedInputs {
    readonly name?: unknown;
    readonly region?: unknown;
    readonly defaults?: pulumi.Input<Defaults> | undefined;
}

/** Returns the defaults of a resource. If it states no region, the default is that of the program's AWS provider. */
function completeDefaults(stated: unknown, defaults: StatedInputs["defaults"]): StatedInputs["defaults"] {
    const region = stated === undefined ? new pulumi.Config("aws").get("region") : undefined;
    if (region === undefined) return defaults;
    return defaults === undefined ? { region } : pulumi.output(defaults).apply((given) => ({ region, ...given }));
}

/**
 * A Personalize resource. Its ID is the ARN. The class has no output `arn`: a preview does not know outputs of a
 * resource that is updated in place, and would announce replacements of its dependents that do not happen.
 */
abstract class PersonalizeResource extends HandledResource<object> {
    /** Personalize's status, for example `ACTIVE`. */
    declare public readonly status: pulumi.Output<string>;
}

type Constructor<I extends CommonInputs, D extends keyof I, T> = new (
    name: string,
    args: PersonalizeArgs<I, D>,
    opts?: pulumi.CustomResourceOptions,
) => T;

/** The class of a kind's resources. The inputs `N` are also outputs. */
interface ResourceClass<I extends CommonInputs, D extends keyof I, N extends keyof I>
    extends Constructor<I, D, PersonalizeResource & { readonly [K in N]: pulumi.Output<I[K]> }> {
    /**
     * Reads an existing resource by its ARN, in the region of the ARN, without managing it.
     *
     * @throws Error from Pulumi if Personalize has no such resource
     */
    get<T>(this: Constructor<I, D, T>, name: string, arn: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): T;
}

/**
 * Returns a function that creates the class of a kind's resources. `I` are the inputs of the kind, and `D` the names of
 * those with a default. `inputs` lists the inputs that are also outputs, and `outputs` the properties that the handlers
 * compute besides the status.
 */
const resourceClass =
    <I extends CommonInputs, D extends keyof I = never>() =>
    <N extends keyof I & string>(kind: ResourceKindName, inputs: readonly N[], ...outputs: readonly string[]) => {
        const computed = ["status", ...outputs, ...inputs];
        class Handled extends PersonalizeResource {
            constructor(name: string, args: PersonalizeArgs<I, D>, opts?: pulumi.CustomResourceOptions) {
                if (opts?.id !== undefined) {
                    const region = pulumi.output(opts.id).apply((arn) => String(arn).split(":")[3]);
                    super(kind, name, { region }, computed, opts);
                    return;
                }
                const { create, update = create, delete: removal } = opts?.customTimeouts ?? {};
                const {
                    owner = ownerOfProgram(),
                    deadlineMinutes = update && Math.max(minutesOf(create ?? update), minutesOf(update)),
                    deleteDeadlineMinutes = removal && minutesOf(removal),
                } = args;
                const { name: given, region, defaults } = args as StatedInputs;
                const isNamed = given !== undefined || !computed.includes("name");
                const common = {
                    ...{ owner, deadlineMinutes, deleteDeadlineMinutes, defaults: completeDefaults(region, defaults) },
                    ...(!isNamed && { logicalName: name }),
                };
                super(kind, name, { ...args, ...common }, computed, opts);
            }

            static get(name: string, arn: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions) {
                // With an ID, the constructor uses no arguments.
                return new this(name, {} as PersonalizeArgs<I, D>, { ...opts, id: arn });
            }
        }
        return Handled as unknown as ResourceClass<I, D, N>;
    };

/** An Avro schema of a dataset. Any change replaces it. */
export class Schema extends resourceClass<SchemaInputs, "name">()("Schema", ["name", "schema", "domain"]) {}

/** A container of datasets and solutions. A new name replaces it with everything in it. */
export class DatasetGroup extends resourceClass<DatasetGroupInputs, "name">()("DatasetGroup", ["name", "domain"]) {}

/**
 * A dataset of interactions, items or users. New nullable fields of items and users are added in place; any other change
 * replaces the dataset.
 */
export class Dataset extends resourceClass<DatasetInputs, "name">()("Dataset", [
    "name",
    "datasetGroupArn",
    "schemaArn",
    "datasetType",
]) {}

/** One import of one version of the data. New content starts a new job. A deletion changes nothing in AWS. */
export class DatasetImportJob extends resourceClass<DatasetImportJobInputs, "contentHash">()(
    "DatasetImportJob",
    ["datasetArn", "dataLocation", "roleArn", "contentHash"],
    "jobName",
) {
    /** Name of the job: prefix, hash and number. */
    declare public readonly jobName: pulumi.Output<string>;
}

/** The configuration of trainings. Automatic training is updated in place; any other change replaces the solution. */
export class Solution extends resourceClass<SolutionInputs, "name" | "performAutoML" | "performAutoTraining">()(
    "Solution",
    [
        "name",
        "datasetGroupArn",
        "recipeArn",
        "performAutoML",
        "performAutoTraining",
        "schedulingExpression",
        "eventParameters",
    ],
) {}

/** One billed training. A deletion changes nothing in AWS: Personalize deletes the version with its solution. */
export class SolutionVersion extends resourceClass<SolutionVersionInputs, "rows">()(
    "SolutionVersion",
    ["solutionArn", "importJobArn", "rows"],
    "bestRecipeArn",
    "trainingHours",
) {
    /** The recipe of the training; with AutoML, the recipe that Personalize chose. */
    declare public readonly bestRecipeArn: pulumi.Output<string>;
    /** Billed training hours. */
    declare public readonly trainingHours: pulumi.Output<number>;
}

/**
 * A campaign, which serves a version. It is billed from ACTIVE until its deletion. Version and minimum TPS are updated
 * in place.
 */
export class Campaign extends resourceClass<CampaignInputs, "name" | "minProvisionedTPS">()("Campaign", [
    "name",
    "solutionVersionArn",
    "minProvisionedTPS",
]) {}

/** A filter for recommendation requests. A change of any input except its tags replaces it. */
export class Filter extends resourceClass<FilterInputs, "name">()("Filter", [
    "name",
    "datasetGroupArn",
    "filterExpression",
]) {}

/**
 * An event tracker, which receives events. A change of any input except its tags replaces it, and the new event tracker
 * has another tracking ID.
 */
export class EventTracker extends resourceClass<EventTrackerInputs, "name">()(
    "EventTracker",
    ["name", "datasetGroupArn"],
    "trackingId",
) {
    /** Tracking ID for PutEvents. */
    declare public readonly trackingId: pulumi.Output<string>;
}

/**
 * Recommendations for the users in a file, billed once. Any change starts a new job. A deletion changes nothing in AWS.
 */
export class BatchInferenceJob extends resourceClass<BatchInferenceJobInputs>()(
    "BatchInferenceJob",
    ["solutionVersionArn", "inputLocation", "outputLocation", "roleArn", "filterArn"],
    "jobName",
) {
    /** Name of the job: prefix, hash and number. */
    declare public readonly jobName: pulumi.Output<string>;
}

/**
 * A recommender for a use case of a domain. It is billed from ACTIVE until its deletion, except while it is stopped.
 * `recommenderConfig` and `stopped` are updated in place. It needs imported data: set `dependsOn` to the import.
 */
export class Recommender extends resourceClass<RecommenderInputs, "name" | "recommenderConfig" | "stopped">()(
    "Recommender",
    ["name", "datasetGroupArn", "recipeArn", "recommenderConfig", "stopped"],
) {}

/** The arguments of a class. */
type ArgsOf<C extends new (...args: never[]) => unknown> = ConstructorParameters<C>[1];

export type SchemaArgs = ArgsOf<typeof Schema>;
export type DatasetGroupArgs = ArgsOf<typeof DatasetGroup>;
export type DatasetArgs = ArgsOf<typeof Dataset>;
export type DatasetImportJobArgs = ArgsOf<typeof DatasetImportJob>;
export type SolutionArgs = ArgsOf<typeof Solution>;
export type SolutionVersionArgs = ArgsOf<typeof SolutionVersion>;
export type CampaignArgs = ArgsOf<typeof Campaign>;
export type FilterArgs = ArgsOf<typeof Filter>;
export type EventTrackerArgs = ArgsOf<typeof EventTracker>;
export type BatchInferenceJobArgs = ArgsOf<typeof BatchInferenceJob>;
export type RecommenderArgs = ArgsOf<typeof Recommender>;
