import { BudgetsClient, DescribeBudgetsCommand } from "@aws-sdk/client-budgets";
import { IAMClient } from "@aws-sdk/client-iam";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type DatasetGroupSummary, PersonalizeClient, paginateListDatasetGroups } from "@aws-sdk/client-personalize";
import { paginateListServiceQuotas, type ServiceQuota, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { ListSubscriptionsByTopicCommand, paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { STSClient } from "@aws-sdk/client-sts";
import { fetchEntityArn, simulate } from "access-doctor";
import { isRoot } from "policy-evaluator";
import { hasName, isTransient } from "pulumi-personalize/errors";
import { hasCode, shell, toError } from "terminal-text";
import type { StackConfig } from "../../../config/config.ts";
import { readPages } from "../cli/pages.ts";
import type { AllStacks } from "../stack/all-stacks.ts";
import { whoAmI } from "../stack/who-am-i.ts";
import { type Check, type Finding, fail, ok, oneLine, unknown, warn } from "./check.ts";

export interface AccountDeps {
    readonly config: StackConfig;
    /** Reads the resources in the stack's state; undefined if the state cannot be read. */
    held(): Promise<Pick<AllStacks, "arns" | "ids"> | undefined>;
    /** Returns the current time in epoch milliseconds. */
    now(): number;
}

/** Hours that a slow `pulumi up` takes. The credentials must be valid for this time. */
const runHours = 2;

const resumes = "If they expire, AWS continues the work: log in again and run `pulumi up` again, which resumes";
const again = "aws sso login";

/** The default quota of active dataset groups per region, used if the account's quota cannot be read. */
const defaultGroupQuota = 5;

/** The limit of concurrent executions in a new account, instead of 1,000. */
const newAccountConcurrency = 10;
/** Service Quotas' code of "Concurrent executions". */
const concurrencyQuota = "L-B99A9384";

/** Checks that credentials are valid for the duration of the first `up`. */
export const identity: Check<AccountDeps> = async ({ config, now }) => {
    let expiration: Date | undefined;
    let sessionToken: string | undefined;
    let arn: string;
    try {
        ({ expiration, sessionToken } = await new STSClient({ region: config.region }).config.credentials());
        ({ arn } = await whoAmI(config.region));
    } catch (error) {
        const { name, message } = toError(error);
        if (
            /Credential|ExpiredToken|UnrecognizedClient|InvalidClientToken|Signature|AuthFailure/.test(name + message)
        ) {
            return fail(
                `AWS rejected the credentials: ${oneLine(error)}`,
                "aws sso login   # or set AWS_PROFILE, then try again",
            );
        }
        if (isTransient(error)) {
            return fail(`AWS does not answer: ${oneLine(error)}`, "# check the network and its proxy, then try again");
        }
        throw error;
    }
    if (expiration === undefined) {
        return sessionToken === undefined
            ? ok(`${arn}, without expiry`)
            : warn(`${arn}, valid for an unknown time: \`pulumi up\` may take ${runHours} hours. ${resumes}`, again);
    }
    const minutes = Math.floor((expiration.getTime() - now()) / 60_000);
    return minutes >= runHours * 60
        ? ok(`${arn}, valid for ${Math.floor(minutes / 60)} more hours`)
        : warn(`${arn}, valid for ${minutes} minutes, and \`pulumi up\` may take ${runHours} hours. ${resumes}`, again);
};

/** Checks that the region has Personalize and that the caller has access. */
export const personalize: Check<AccountDeps> = async ({ config: { region } }) => {
    try {
        const groups = await datasetGroups(region);
        return ok(`Personalize answers in ${region}, and lists its dataset groups: ${groups.length}`);
    } catch (error) {
        if (hasCode(error, "ENOTFOUND")) {
            return fail(
                `there is no Personalize in ${region}, or no network`,
                "pulumi config set aws:region eu-central-1   # or another region that has it",
            );
        }
        if (hasName(error, "AccessDeniedException")) {
            return fail(
                oneLine(error),
                "aws sts get-caller-identity   # this identity needs personalize:*, or the narrower policy of your administrator",
            );
        }
        throw error;
    }
};

/** Checks that the quota allows one more dataset group. */
export const groupQuota: Check<AccountDeps> = async ({ config }) => {
    const { region, names } = config;
    const [groups, quota] = await Promise.all([datasetGroups(region), fetchGroupQuota(region)]);
    const limit = quota?.Value ?? defaultGroupQuota;
    const of = `${groups.length} of ${limit}${quota === undefined ? " (the default quota; Service Quotas did not answer)" : ""}`;
    if (groups.some(({ name }) => name === names.datasetGroup)) {
        return ok(`${of}, including ours`);
    }
    if (groups.length < limit) {
        return ok(of);
    }
    const ask =
        quota?.QuotaCode === undefined
            ? shell("aws", "service-quotas", "list-service-quotas", "--region", region, "--service-code", "personalize")
            : shell(
                  ...["aws", "service-quotas", "request-service-quota-increase", "--region", region],
                  ...["--service-code", "personalize", "--quota-code", quota.QuotaCode],
                  ...["--desired-value", String(limit + 1)],
              );
    return fail(`${of}: ${groups.map(({ name }) => name).join(", ")}. Delete one, or ask for more`, ask);
};

/** Checks how many concurrent Lambda executions can be reserved. */
export const lambdaConcurrency: Check<AccountDeps> = async ({ config: { region } }) => {
    const { AccountLimit } = await new LambdaClient({ region }).send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.ConcurrentExecutions;
    if (limit === undefined) {
        return unknown("Lambda does not return its limit of concurrent executions");
    }
    return limit > newAccountConcurrency
        ? ok(`${limit} concurrent executions`)
        : warn(
              `${limit} concurrent executions, the limit of a new account, so no function can reserve concurrency`,
              shell(
                  ...["aws", "service-quotas", "request-service-quota-increase", "--region", region],
                  ...["--service-code", "lambda", "--quota-code", concurrencyQuota, "--desired-value", "1000"],
              ),
          );
};

/**
 * Checks that the account can create budgets. A member account of an organization cannot until its payer account
 * enables them (org-formation-cli pull request 198 quotes AWS's message). A policy of the organization can also deny
 * budgets.
 */
export const budgets: Check<AccountDeps> = async ({ config }) => {
    const { region, names, stack } = config;
    if (!config.budget) {
        return ok("not needed: only the cost guard watches the spend (config budget)");
    }
    const without = `pulumi config set --stack ${stack} budget false   # only the cost guard watches the spend then`;
    const { arn, accountId, partition } = await whoAmI(config.region);
    try {
        const list = new DescribeBudgetsCommand({ AccountId: accountId, MaxResults: 1 });
        await new BudgetsClient({ region }).send(list);
    } catch (error) {
        if (hasName(error, "AccessDeniedException")) {
            return fail(
                `AWS denies access to budgets, and the program creates no campaign without a budget: ${oneLine(error)}`,
                without,
            );
        }
        throw error;
    }
    const budget = `arn:${partition}:budgets::${accountId}:budget/${names.budget}`;
    return (await isForbidden(arn, "budgets:ModifyBudget", budget, region))
        ? fail(`${arn} may not create a budget: a policy denies budgets:ModifyBudget`, without)
        : ok("the account allows budgets");
};

/**
 * Checks whether an identity or organization policy explicitly denies an action. False if the caller cannot use the
 * simulator.
 */
async function isForbidden(caller: string, action: string, resource: string, region: string): Promise<boolean> {
    if (isRoot(caller)) {
        return false;
    }
    const iam = new IAMClient({ region });
    const request = { action, resources: [resource], context: {} };
    const results = await fetchEntityArn(iam, caller)
        .then((source) => simulate(iam, source, request))
        .catch(() => []);
    return results.some(({ decision, byOrganisation }) => decision === "explicitDeny" || byOrganisation === false);
}

/** Checks that email subscriptions are confirmed, because SNS sends nothing before. */
export const subscriptions: Check<AccountDeps> = async ({ config: { region, project }, held }) => {
    const client = new SNSClient({ region });
    const topics = await readPages(paginateListTopics({ client }, {}), (page) => page.Topics);
    const recorded = (await held())?.arns;
    const ours = topics
        .map(({ TopicArn = "" }) => TopicArn)
        .filter((arn) => recorded?.has(arn) || (arn.split(":").at(-1) ?? "").startsWith(project));
    return checkConfirmation(client, ours, region);
};

/** Returns the check's finding: whether the email subscriptions of these topics are confirmed. */
export async function checkConfirmation(client: SNSClient, ours: readonly string[], region: string): Promise<Finding> {
    const pending = (
        await Promise.all(
            ours.map(async (TopicArn) => {
                const { Subscriptions = [] } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
                return Subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn === "PendingConfirmation").map(
                    ({ Protocol = "email", Endpoint = "" }) => ({ TopicArn, Protocol, Endpoint }),
                );
            }),
        )
    ).flat();
    const [first] = pending;
    if (first === undefined) {
        return ok(ours.length === 0 ? "no topic yet" : "all confirmed");
    }
    return warn(
        `not confirmed yet: ${pending.map(({ Endpoint }) => Endpoint).join(", ")}. Open the link in the confirmation mail; the command sends this mail again`,
        shell(
            ...["aws", "sns", "subscribe", "--region", region, "--topic-arn", first.TopicArn],
            ...["--protocol", first.Protocol, "--notification-endpoint", first.Endpoint],
        ),
    );
}

function datasetGroups(region: string): Promise<DatasetGroupSummary[]> {
    const client = new PersonalizeClient({ region });
    return readPages(paginateListDatasetGroups({ client }, {}), (page) => page.datasetGroups);
}

/** Reads the account's quota of active dataset groups; undefined if Service Quotas does not return it. */
async function fetchGroupQuota(region: string): Promise<ServiceQuota | undefined> {
    const client = new ServiceQuotasClient({ region, maxAttempts: 1 });
    const quotas = await readPages(
        paginateListServiceQuotas({ client }, { ServiceCode: "personalize" }),
        (page) => page.Quotas,
    ).catch(() => []);
    return quotas.find(({ QuotaName = "", Value }) => /dataset groups/i.test(QuotaName) && Value !== undefined);
}
