import {
    type Budget,
    type BudgetsClient,
    CreateBudgetCommand,
    CreateNotificationCommand,
    DeleteBudgetCommand,
    DeleteNotificationCommand,
    DescribeBudgetCommand,
    ListTagsForResourceCommand,
    type Notification,
    paginateDescribeNotificationsForBudget,
    paginateDescribeSubscribersForNotification,
    type Subscriber,
    TagResourceCommand,
    UntagResourceCommand,
    UpdateBudgetCommand,
} from "@aws-sdk/client-budgets";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import {
    type AnyEntry,
    awsKeys,
    canonical,
    entry,
    goneKeys,
    named,
    type Properties,
    plainTags,
    pulumiKeys,
    type Resolved,
    sameMembers,
    tagList,
    withoutDefaults,
} from "./entry.ts";

const gone = "NotFoundException";

type Args = Resolved<aws.budgets.BudgetArgs>;
type BudgetNotification = NonNullable<Args["notifications"]>[number];

/** Budgets and their subscribers. A budget's id is its account and name. */
export function budgetEntries(client: BudgetsClient, accountId: () => Promise<string>): Record<string, AnyEntry> {
    const find = (id: string) => ({ AccountId: id.split(":", 1)[0], BudgetName: id.slice(id.indexOf(":") + 1) });
    const arnOf = (id: string) => `arn:aws:budgets::${id.replace(":", ":budget/")}`;
    const tagsOf = async (ResourceARN: string) =>
        plainTags((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).ResourceTags);

    async function notificationsOf(id: string): Promise<BudgetNotification[]> {
        const notifications = [];
        for await (const page of paginateDescribeNotificationsForBudget({ client }, find(id))) {
            for (const Notification of page.Notifications ?? []) {
                const subscribers: Subscriber[] = [];
                const of = { ...find(id), Notification };
                for await (const { Subscribers = [] } of paginateDescribeSubscribersForNotification({ client }, of)) {
                    subscribers.push(...Subscribers);
                }
                notifications.push(observedNotification(Notification, subscribers));
            }
        }
        return notifications;
    }

    return {
        "aws:budgets/budget:Budget": entry<aws.budgets.BudgetArgs>({
            properties: {
                name: "replace",
                accountId: "replace",
                budgetType: "update",
                limitAmount: "update",
                limitUnit: "update",
                timeUnit: "update",
                costFilters: "update",
                costTypes: "update",
                notifications: "update",
                tags: "update",
            },
            nested: [
                "costFilters.name",
                "costFilters.values",
                "costTypes.*",
                "notifications.comparisonOperator",
                "notifications.threshold",
                "notifications.thresholdType",
                "notifications.notificationType",
                "notifications.subscriberSnsTopicArns",
                "notifications.subscriberEmailAddresses",
            ],
            async create(args) {
                const AccountId = args.accountId ?? (await accountId());
                const id = `${AccountId}:${named(args.name, "name")}`;
                const command = new CreateBudgetCommand({
                    AccountId,
                    Budget: budgetOf(args),
                    NotificationsWithSubscribers: (args.notifications ?? []).map(wantedNotification),
                    ResourceTags: tagList(args.tags),
                });
                await client.send(command);
                return id;
            },
            computed: async (id) => ({ arn: arnOf(id) }),
            async read(id, state) {
                const found = (await unlessGone(client.send(new DescribeBudgetCommand(find(id))), gone))?.Budget;
                if (!found) {
                    return undefined;
                }
                const notifications = await notificationsOf(id);
                const isAsWas = sameMembers(ordered(state.notifications), notifications) !== notifications;
                return withoutDefaults(
                    {
                        ...observedBudget(found, state),
                        notifications: isAsWas ? state.notifications : notifications,
                        tags: await tagsOf(arnOf(id)),
                    },
                    state as Properties,
                    { notifications: [], costFilters: [], tags: {} },
                );
            },
            async update(id, args, olds) {
                await client.send(
                    new UpdateBudgetCommand({ AccountId: find(id).AccountId, NewBudget: budgetOf(args) }),
                );
                const there = await notificationsOf(id);
                const wanted = ordered(args.notifications) ?? [];
                const isIn = (list: readonly BudgetNotification[], one: BudgetNotification) =>
                    list.some((other) => canonical(other) === canonical(one));
                for (const { Notification } of there.filter((one) => !isIn(wanted, one)).map(wantedNotification)) {
                    await client.send(new DeleteNotificationCommand({ ...find(id), Notification }));
                }
                for (const notification of wanted.filter((one) => !isIn(there, one))) {
                    await client.send(
                        new CreateNotificationCommand({ ...find(id), ...wantedNotification(notification) }),
                    );
                }
                const ResourceTagKeys = goneKeys(olds.tags, args.tags);
                if (ResourceTagKeys.length > 0) {
                    await client.send(new UntagResourceCommand({ ResourceARN: arnOf(id), ResourceTagKeys }));
                }
                const ResourceTags = tagList(args.tags);
                if (ResourceTags.length > 0) {
                    await client.send(new TagResourceCommand({ ResourceARN: arnOf(id), ResourceTags }));
                }
            },
            async delete(id) {
                await unlessGone(client.send(new DeleteBudgetCommand(find(id))), gone);
            },
        }),
    };
}

function budgetOf(args: Args): Budget {
    return {
        BudgetName: args.name,
        BudgetType: args.budgetType as "COST",
        TimeUnit: args.timeUnit as "MONTHLY",
        ...(args.limitAmount && { BudgetLimit: { Amount: args.limitAmount, Unit: args.limitUnit } }),
        ...(args.costFilters && {
            CostFilters: Object.fromEntries(args.costFilters.map(({ name, values }) => [name, [...values]])),
        }),
        ...(args.costTypes && { CostTypes: awsKeys(args.costTypes) as object }),
    };
}

/** Only the kinds of cost that the program names: AWS fills in all others. */
function observedBudget(found: Budget, state: Args): Properties {
    const types = pulumiKeys(found.CostTypes ?? {}) as Properties;
    const { Amount, Unit } = found.BudgetLimit ?? {};
    const filters = Object.entries(found.CostFilters ?? {}).map(([name, values]) => ({ name, values }));
    return {
        name: found.BudgetName,
        budgetType: found.BudgetType,
        timeUnit: found.TimeUnit,
        limitAmount: Number(Amount) === Number(state.limitAmount) ? state.limitAmount : Amount,
        limitUnit: Unit,
        costFilters: sameMembers(state.costFilters as typeof filters | undefined, filters),
        costTypes:
            state.costTypes && Object.fromEntries(Object.keys(state.costTypes).map((type) => [type, types[type]])),
    };
}

function wantedNotification(notification: BudgetNotification) {
    const subscribers = (SubscriptionType: "SNS" | "EMAIL", addresses: readonly string[] | undefined) =>
        (addresses ?? []).map((Address) => ({ SubscriptionType, Address }));
    return {
        Notification: {
            NotificationType: notification.notificationType as "ACTUAL",
            ComparisonOperator: notification.comparisonOperator as "GREATER_THAN",
            Threshold: notification.threshold,
            ThresholdType: notification.thresholdType as "PERCENTAGE",
        },
        Subscribers: [
            ...subscribers("SNS", notification.subscriberSnsTopicArns),
            ...subscribers("EMAIL", notification.subscriberEmailAddresses),
        ],
    };
}

function observedNotification(of: Notification, subscribers: readonly Subscriber[]): BudgetNotification {
    const addresses = (type: string) =>
        subscribers.filter(({ SubscriptionType }) => SubscriptionType === type).map(({ Address = "" }) => Address);
    return tidy({
        comparisonOperator: of.ComparisonOperator ?? "",
        threshold: of.Threshold ?? 0,
        thresholdType: of.ThresholdType ?? "PERCENTAGE",
        notificationType: of.NotificationType ?? "",
        subscriberSnsTopicArns: addresses("SNS"),
        subscriberEmailAddresses: addresses("EMAIL"),
    });
}

const ordered = (notifications: Args["notifications"]) => notifications?.map(tidy);

/** A notification with its addresses sorted; an empty list equals a missing one. */
function tidy({
    subscriberSnsTopicArns: topics = [],
    subscriberEmailAddresses: mails = [],
    ...notification
}: BudgetNotification): BudgetNotification {
    return {
        ...notification,
        ...(topics.length > 0 && { subscriberSnsTopicArns: [...topics].sort() }),
        ...(mails.length > 0 && { subscriberEmailAddresses: [...mails].sort() }),
    };
}
