import * as pulumi from "@pulumi/pulumi";
import { baseName } from "../job-names.ts";
import {
    Campaign,
    Dataset,
    DatasetGroup,
    type DatasetImportJob,
    EventTracker,
    Filter,
    type ResourceArgs,
    Schema,
    Solution,
    SolutionVersion,
} from "../resources.ts";
import type { SolutionInputs } from "../solution.ts";
import { commonInputs, createImport, type DataArgs, type ImportArgs, Metadata } from "./data.ts";

export interface CampaignChoice {
    /** Name. Default: the component's `resourceName`. */
    readonly name?: string | undefined;
    /** Minimum provisioned transactions per second, always billed. Default: 1. */
    readonly minProvisionedTPS?: pulumi.Input<number> | undefined;
    /** ARN of another version to serve. Default: the component's version, or the newest one. */
    readonly solutionVersionArn?: pulumi.Input<string> | undefined;
    /** A resource that must exist before the campaign, for example a budget. Default: none. */
    readonly dependsOn?: pulumi.Resource | undefined;
}

type SolutionArgs = Pick<
    ResourceArgs<SolutionInputs>,
    "recipeArn" | "performAutoML" | "performAutoTraining" | "schedulingExpression" | "eventParameters"
>;

/**
 * Kinds of resources of which the component has exactly one. Instead of creating it, the component can use an existing
 * resource, by its ARN.
 */
type Single = "schema" | "datasetGroup" | "dataset" | "solution" | "campaign" | "eventTracker";

export interface TrainedCampaignArgs extends ImportArgs, Partial<SolutionArgs> {
    /** The interactions of users with items. */
    readonly interactions: DataArgs;
    /** The items. Default: no dataset of items. */
    readonly items?: DataArgs | undefined;
    /** The users. Default: no dataset of users. */
    readonly users?: DataArgs | undefined;
    /** Name in Personalize of all resources without a name of their own. Default: the component's name. */
    readonly resourceName?: string | undefined;
    /** Names of single resources. Default: `resourceName`. */
    readonly names?: Readonly<Partial<Record<"datasetGroup" | "solution" | "eventTracker", string>>> | undefined;
    /**
     * Whether the campaign serves the newest version, which automatic training creates. Then the component starts no
     * training for new data. Default: false.
     */
    readonly syncWithLatestSolutionVersion?: boolean | undefined;
    /**
     * Creates resources that depend on a trained version and must exist before the campaign serves this version.
     * Default: none.
     * @param parent the component
     */
    readonly afterTraining?:
        | ((version: SolutionVersion, parent: pulumi.Resource) => readonly pulumi.Resource[])
        | undefined;
    /** The campaign, which is billed until its deletion; false: none. Default: a campaign with its defaults. */
    readonly campaign?: CampaignChoice | false | undefined;
    /** Filter expressions by name. Default: none. */
    readonly filters?: Readonly<Record<string, pulumi.Input<string>>> | undefined;
    /**
     * Suffix that the names of new filters in Personalize get, because these names are unique in an account and region.
     * A filter that is deployed without the suffix keeps its name. Default: none.
     */
    readonly filterSuffix?: string | undefined;
    /** Whether the dataset group has an event tracker. Default: false. */
    readonly eventTracker?: boolean | undefined;
    /** ARNs of existing resources that the component uses. Default: none. */
    readonly adopt?: Readonly<{ [K in Single]?: string | undefined }> | undefined;
}

/** The resources with the training data. */
interface Data {
    readonly group: DatasetGroup;
    readonly dataset: Dataset;
    readonly importJob: DatasetImportJob;
    readonly metadata: readonly Metadata[];
}

/**
 * All resources from interactions in S3 to recommendations: schema, dataset group, dataset, import, solution, version
 * and campaign, and optionally metadata, filters and an event tracker. A campaign is billed until its deletion.
 */
export class TrainedCampaign extends pulumi.ComponentResource {
    public readonly schemaArn: pulumi.Output<string>;
    public readonly datasetGroupArn: pulumi.Output<string>;
    public readonly datasetArn: pulumi.Output<string>;
    public readonly importJobArn: pulumi.Output<string>;
    /** Identifies the rows of the training data. Known at preview if the interactions have a `contentHash`. */
    public readonly rows: pulumi.Output<string>;
    public readonly solutionArn: pulumi.Output<string>;
    public readonly solutionVersionArn: pulumi.Output<string>;
    public readonly bestRecipeArn: pulumi.Output<string>;
    /** ARN of the campaign; empty without a campaign. */
    public readonly campaignArn: pulumi.Output<string>;
    /** Tracking ID of the event tracker for PutEvents; empty without an event tracker. */
    public readonly trackingId: pulumi.Output<string>;
    /** Names of the filters in Personalize, by name in the argument `filters`. */
    public readonly filterNames: Readonly<Record<string, pulumi.Output<string>>>;
    /** Datasets and imports, which must exist before a filter and be deleted after it. */
    public readonly data: readonly pulumi.Resource[];

    /** @param type the type of the component in Pulumi's state, for a subclass in a program */
    constructor(
        name: string,
        args: TrainedCampaignArgs,
        opts?: pulumi.ComponentResourceOptions,
        type = "pulumi-personalize:components:TrainedCampaign",
    ) {
        // The type in states of earlier releases.
        const former = { aliases: [{ type: "pulumi-personalize:components:Recommender" }] };
        super(type, name, {}, pulumi.mergeOptions(opts, former));
        const child = { parent: this };
        const { resourceName = name, names = {}, adopt = {}, interactions, filters = {}, filterSuffix = "" } = args;
        const { schema: text, name: datasetName = resourceName, jobNamePrefix = datasetName } = interactions;
        const common = commonInputs(args);
        const schemaName = interactions.schemaName ?? datasetName;
        const schema = new Schema(name, { ...common, name: schemaName, schema: text, adopt: adopt.schema }, child);
        const group = new DatasetGroup(
            name,
            { ...common, name: names.datasetGroup ?? resourceName, adopt: adopt.datasetGroup },
            child,
        );
        const ofGroup = { ...common, datasetGroupArn: group.id };
        const dataset = new Dataset(
            name,
            { ...ofGroup, name: datasetName, schemaArn: schema.id, datasetType: "INTERACTIONS", adopt: adopt.dataset },
            child,
        );
        const importJob = createImport(name, args, { ...interactions, jobNamePrefix }, dataset.id, child);
        const metadata = (["items", "users"] as const).flatMap((kind) => {
            const { [kind]: data } = args;
            const named = data && { ...data, name: data.name ?? `${resourceName}-${kind}` };
            const metadataType = `${type.slice(0, type.lastIndexOf(":"))}:Metadata`;
            return named
                ? [new Metadata(`${name}-${kind}`, { ...args, kind, data: named, group }, child, metadataType)]
                : [];
        });
        this.data = [dataset, importJob, ...metadata];
        const { contentHash } = interactions;
        this.rows =
            contentHash === undefined
                ? importJob.jobName.apply((job) => job.replace(/-\d+$/, ""))
                : pulumi.output(contentHash).apply((hash) => baseName(jobNamePrefix, hash));
        const model = this.model(name, args, { group, dataset, importJob, metadata });
        const campaign = args.campaign !== false && this.campaign(name, args, args.campaign ?? {}, model);
        const filterNames = Object.entries(filters).map(([filter, filterExpression]) => {
            const own = { name: `${filter}${filterSuffix}`, formerName: filter, filterExpression };
            const afterData = { ...child, dependsOn: [...this.data] };
            return [filter, new Filter(`${name}-${filter}`, { ...ofGroup, ...own }, afterData).name] as const;
        });
        const tracker =
            args.eventTracker &&
            new EventTracker(
                name,
                { ...ofGroup, name: names.eventTracker ?? resourceName, adopt: adopt.eventTracker },
                // The event tracker writes events into the interactions dataset, so that dataset must exist first.
                { ...child, dependsOn: dataset },
            );
        this.schemaArn = schema.id;
        this.datasetGroupArn = group.id;
        this.datasetArn = dataset.id;
        this.importJobArn = importJob.id;
        this.solutionArn = model.solution.id;
        this.solutionVersionArn = model.version.id;
        this.bestRecipeArn = model.version.bestRecipeArn;
        this.filterNames = Object.fromEntries(filterNames);
        this.campaignArn = campaign ? campaign.id : pulumi.output("");
        this.trackingId = tracker ? tracker.trackingId : pulumi.output("");
        this.registerOutputs({ campaignArn: this.campaignArn });
    }

    private model(name: string, args: TrainedCampaignArgs, { group, dataset, importJob, metadata }: Data) {
        const child = { parent: this };
        const { resourceName = name, names = {}, adopt = {}, deadlineMinutes = {} } = args;
        const { performAutoML = false, performAutoTraining = false, schedulingExpression, eventParameters } = args;
        const recipeIsDefault = args.recipeArn === undefined && !performAutoML;
        const recipeArn = recipeIsDefault ? defaultRecipe(args.roleArn) : args.recipeArn;
        const events = eventParameters && { eventParameters };
        const solution = new Solution(
            name,
            {
                ...commonInputs(args),
                name: names.solution ?? resourceName,
                datasetGroupArn: group.id,
                recipeArn,
                ...(recipeIsDefault && { recipeIsDefault }),
                performAutoML,
                performAutoTraining,
                schedulingExpression,
                ...events,
                adopt: adopt.solution,
            },
            // A dataset group cannot be deleted before its solutions, and a solution needs the datasets.
            { ...child, dependsOn: [dataset, ...metadata] },
        );
        const version = new SolutionVersion(
            name,
            {
                ...commonInputs(args, deadlineMinutes.training),
                solutionArn: solution.id,
                importJobArn: importJob.id,
                rows: this.rows,
                ...events,
            },
            // With automatic training, Personalize trains after a new import. If the program also started a training,
            // AWS would bill both.
            { ...child, ignoreChanges: args.syncWithLatestSolutionVersion ? ["rows", "eventParameters"] : [] },
        );
        return { solution, version, prepared: args.afterTraining?.(version, this) ?? [] };
    }

    private campaign(
        name: string,
        args: TrainedCampaignArgs,
        { dependsOn, ...own }: CampaignChoice,
        { solution, version, prepared }: ReturnType<TrainedCampaign["model"]>,
    ) {
        const { resourceName = name, adopt = {}, deadlineMinutes = {} } = args;
        const newest = args.syncWithLatestSolutionVersion ? pulumi.interpolate`${solution.id}/$LATEST` : version.id;
        return new Campaign(
            name,
            {
                ...commonInputs(args, deadlineMinutes.campaign),
                name: own.name ?? resourceName,
                solutionArn: solution.id,
                solutionVersionArn: own.solutionVersionArn ?? newest,
                minProvisionedTPS: own.minProvisionedTPS,
                adopt: adopt.campaign,
            },
            // Wait for the new version even if the campaign serves another one, so that trainings do not run in
            // parallel and the campaign changes after them.
            { parent: this, dependsOn: [version, ...prepared, ...(dependsOn ? [dependsOn] : [])] },
        );
    }
}

/**
 * Returns the recipe of new solutions, in the partition of the role. An idle campaign of `aws-user-personalization-v2`
 * costs more than twice as much.
 */
const defaultRecipe = (roleArn: pulumi.Input<string>) =>
    pulumi.output(roleArn).apply((arn) => `arn:${arn.split(":")[1]}:personalize:::recipe/aws-user-personalization`);
