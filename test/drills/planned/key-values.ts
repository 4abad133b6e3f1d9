import { join } from "node:path";

/** Another valid value of a config key and of keys that it requires, or the message that rejects it. */
export interface KeyCase {
    readonly set: Readonly<Record<string, unknown>>;
    /** The message with which preview and `up` reject the value. */
    readonly refused?: RegExp;
}

const v2 = { recipe: "aws-user-personalization-v2", monthlyLimitUsd: 1000 };
const waiver = "a drill needs this for an hour";

/**
 * Returns a non-default value for every config key. `files` are written by `prepareFiles`, and `arns` are of resources
 * outside the stack.
 */
export const keyCases = (
    { instance, stack }: { readonly instance: { readonly dir: string }; readonly stack: string },
    arns: {
        readonly boundary: string;
        readonly kmsKey: string;
        readonly datasetGroup: string;
        readonly issuer: string;
    },
): Readonly<Record<string, KeyCase>> => {
    const at = (name: string) => join(instance.dir, "data", name);
    const set = (values: Readonly<Record<string, unknown>>): KeyCase => ({ set: values });
    return {
        "aws:region": { set: { "aws:region": "us-east-1" }, refused: /this stack's resources are in eu-central-1/ },
        bucketName: set({ bucketName: `another-bucket-${stack}` }),
        nameSuffix: set({ nameSuffix: "-yy" }),
        interactionsFile: set({ interactionsFile: at("other/interactions.csv") }),
        dataOptionsFile: { set: { dataOptionsFile: at("options.yaml") }, refused: /was not made by the options of/ },
        itemsFile: set({ itemsFile: at("items.csv") }),
        usersFile: set({ usersFile: at("users.csv") }),
        batchInferenceFile: set({ batchInferenceFile: at("batch.jsonl") }),
        dataRetention: set({ dataRetention: "retain" }),
        recipe: set({ recipe: "aws-hrnn" }),
        performAutoML: set({ performAutoML: true, recipe: "" }),
        performAutoTraining: set({ performAutoTraining: true }),
        autoTrainingDays: set({ performAutoTraining: true, autoTrainingDays: 3 }),
        syncWithLatestSolutionVersion: set({ performAutoTraining: true, syncWithLatestSolutionVersion: true }),
        eventWeights: set({ ...v2, eventWeights: { Watch: 1 } }),
        campaignEnabled: set({ campaignEnabled: false }),
        eventTracker: set({ eventTracker: false }),
        watchedFilter: set({ watchedFilter: false }),
        filters: set({ filters: { recent: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Like")' } }),
        adopt: set({ adopt: { datasetGroup: arns.datasetGroup } }),
        maximumNdcgDropPercent: set({ maximumNdcgDropPercent: "20" }),
        minimumNdcgOverPopularityPercent: set({ minimumNdcgOverPopularityPercent: "5" }),
        minProvisionedTPS: set({ minProvisionedTPS: 2, monthlyLimitUsd: 1000 }),
        pollSeconds: set({ pollSeconds: "0.06" }),
        importDeadlineMinutes: set({ importDeadlineMinutes: 60 }),
        trainingDeadlineMinutes: set({ trainingDeadlineMinutes: 300 }),
        campaignDeadlineMinutes: set({ campaignDeadlineMinutes: 60 }),
        api: set({ api: false, storefront: "none" }),
        apiKey: set({ apiKey: true, storefront: "none" }),
        viewerAuth: set({ viewerAuth: "jwt", viewerIssuer: arns.issuer, viewerAudience: "films" }),
        viewerIssuer: set({ viewerAuth: "jwt", viewerIssuer: `${arns.issuer}/other`, viewerAudience: "films" }),
        viewerAudience: set({ viewerAuth: "jwt", viewerIssuer: arns.issuer, viewerAudience: "books" }),
        viewerClaim: set({
            viewerAuth: "jwt",
            viewerIssuer: arns.issuer,
            viewerAudience: "films",
            viewerClaim: "email",
        }),
        publicHistories: set({ publicHistories: true }),
        trackUnproven: set({ trackUnproven: false }),
        apiRequestsPerSecond: set({ apiRequestsPerSecond: 50 }),
        apiBurst: set({ apiBurst: 100 }),
        eventsPerSecond: set({ eventsPerSecond: 5 }),
        eventsBurst: set({ eventsBurst: 20 }),
        allowedOrigins: set({ allowedOrigins: ["https://films.example"] }),
        apiAccessLogs: set({ apiAccessLogs: true, apiGatewayLogRole: true }),
        apiGatewayLogRole: set({ apiGatewayLogRole: true }),
        rankingCampaign: set({ rankingCampaign: true, monthlyLimitUsd: 1000 }),
        prefetchUsers: set({ prefetchUsers: 10 }),
        storefront: set({ storefront: "cloudfront" }),
        monthlyLimitUsd: set({ monthlyLimitUsd: 400 }),
        expectedRequestsPerDay: set({ expectedRequestsPerDay: 20_000 }),
        guardMinutes: set({ guardMinutes: 30 }),
        idleHours: set({ idleHours: "48" }),
        idleGraceHours: set({ idleGraceHours: "12" }),
        idleAction: set({ idleAction: "park" }),
        unusedDays: set({ unusedDays: "7" }),
        unusedAction: set({ unusedAction: "delete" }),
        alertEmail: set({ alertEmail: "ann@films.example" }),
        chatWebhookParameter: set({ chatWebhookParameter: "/films/webhook" }),
        budget: set({ budget: false }),
        budgetByTag: set({ budgetByTag: true }),
        observability: set({ observability: false }),
        auditTrail: set({ auditTrail: false }),
        permissionsBoundary: set({ permissionsBoundary: arns.boundary }),
        kmsKeyArn: set({ kmsKeyArn: arns.kmsKey }),
        bucketPolicyConditions: set({
            bucketPolicyConditions: false,
            waivers: { "service-without-condition": waiver },
        }),
        dataWaiver: set({ dataWaiver: waiver }),
        waivers: set({ waivers: { "wildcard-action": waiver } }),
        tags: set({ tags: { team: "films" } }),
    };
};
