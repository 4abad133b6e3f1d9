import * as budgets from "@aws-sdk/client-budgets";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type AnyEntry, canonical, sameMembers, tagList } from "./entry.ts";
import { elementsOf, type Kind, list, memberAt, memberOf, ownCalls, struct, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

/** A budget notification, with the sorted ARNs of the topics to which it goes. */
interface BudgetNotification {
    readonly Notification: budgets.Notification;
    readonly SNS: readonly string[];
}

const amount: Kind = { from: (awsValue, state) => (Number(awsValue) === Number(state) ? state : awsValue) };

const costFilters: Kind = {
    ...list(struct({ name: value, values: value })),
    to: (given) =>
        Object.fromEntries(elementsOf(given).map((each) => [memberOf(each, "name"), memberOf(each, "values")])),
    from(awsValue, state) {
        const observed = Object.entries(Object(awsValue)).map(([name, values]) => ({ name, values }));
        return Array.isArray(state) ? sameMembers(state, observed) : observed;
    },
};

const inOrder = list(
    struct({
        comparisonOperator: memberAt("Notification.ComparisonOperator"),
        threshold: memberAt("Notification.Threshold"),
        thresholdType: memberAt("Notification.ThresholdType"),
        notificationType: memberAt("Notification.NotificationType"),
        subscriberSnsTopicArns: memberAt("SNS", { ...list(), to: (given) => elementsOf(given).toSorted() }, []),
    }),
);
/**
 * Conversion of a budget's notifications. Ignores the order of the notifications and of their addresses, because AWS
 * returns both in no fixed order.
 */
const notifications: Kind = {
    ...inOrder,
    from(awsValue, state) {
        const given = elementsOf(inOrder.to?.(state));
        return sameMembers(given, elementsOf(awsValue)) === given ? state : inOrder.from?.(awsValue, []);
    },
};

/**
 * Returns the plugin's resource type for AWS Budgets with their subscribers. The resource id is
 * `<account>:<budget name>`.
 */
export function budgetEntries(
    client: budgets.BudgetsClient,
    accountId: () => Promise<string>,
): Record<string, AnyEntry> {
    const call = createSender(client);
    const keyOf = (id: string) => ({ AccountId: id.split(":", 1)[0], BudgetName: id.slice(id.indexOf(":") + 1) });

    async function listNotices(id: string): Promise<BudgetNotification[]> {
        const notices: BudgetNotification[] = [];
        const [key, pages] = [keyOf(id), budgets.paginateDescribeNotificationsForBudget({ client }, keyOf(id))];
        for await (const { Notifications = [] } of pages) {
            for (const { NotificationState, ...Notification } of Notifications) {
                const subscribers: budgets.Subscriber[] = [];
                const of = budgets.paginateDescribeSubscribersForNotification({ client }, { ...key, Notification });
                for await (const page of of) subscribers.push(...(page.Subscribers ?? []));
                const SNS = subscribers.map(({ Address = "" }) => Address).sort();
                notices.push({ Notification: { ThresholdType: "PERCENTAGE", ...Notification }, SNS });
            }
        }
        return notices;
    }
    const withSubscribers = (notice: unknown) => ({
        Notification: memberOf(notice, "Notification"),
        Subscribers: elementsOf(memberOf(notice, "SNS")).map((Address) => ({ SubscriptionType: "SNS", Address })),
    });

    return {
        "aws:budgets/budget:Budget": resource<aws.budgets.BudgetArgs>({
            replace: { name: memberAt("BudgetName"), accountId: ownCalls },
            update: {
                budgetType: value,
                limitAmount: memberAt("BudgetLimit.Amount", amount),
                limitUnit: memberAt("BudgetLimit.Unit"),
                timeUnit: value,
                costFilters,
                notifications: withDefault([], notifications),
            },
            outputs: (id) => ({ arn: `arn:aws:budgets::${id.replace(":", ":budget/")}` }),
            gone: ["NotFoundException"],
            tags: {
                member: "ResourceTags",
                form: tagList,
                list: async (ResourceARN) =>
                    (await call(budgets.ListTagsForResourceCommand)({ ResourceARN })).ResourceTags,
                add: (ResourceARN, ResourceTags) => call(budgets.TagResourceCommand)({ ResourceARN, ResourceTags }),
                remove: (ResourceARN, ResourceTagKeys) =>
                    call(budgets.UntagResourceCommand)({ ResourceARN, ResourceTagKeys }),
            },
            async create({ Notifications, ResourceTags, ...Budget }, args) {
                const AccountId = args.accountId ?? (await accountId());
                const NotificationsWithSubscribers = elementsOf(Notifications).map(withSubscribers);
                await call(budgets.CreateBudgetCommand)({
                    AccountId,
                    Budget,
                    NotificationsWithSubscribers,
                    ResourceTags,
                });
                return `${AccountId}:${args.name}`;
            },
            key: keyOf,
            async get(key, id) {
                const { Budget } = await call(budgets.DescribeBudgetCommand)(key);
                return { ...Budget, Notifications: await listNotices(id) };
            },
            async put({ AccountId, Notifications, ...NewBudget }, { id, key }) {
                await call(budgets.UpdateBudgetCommand)({ AccountId, NewBudget });
                const [there, wanted] = [await listNotices(id), elementsOf(Notifications)];
                const hasNotice = (notices: readonly unknown[], one: unknown) =>
                    notices.some((other) => canonical(other) === canonical(one));
                for (const { Notification } of there.filter((one) => !hasNotice(wanted, one))) {
                    await call(budgets.DeleteNotificationCommand)({ ...key, Notification });
                }
                for (const one of wanted.filter((each) => !hasNotice(there, each))) {
                    await call(budgets.CreateNotificationCommand)({ ...key, ...withSubscribers(one) });
                }
            },
            delete: call(budgets.DeleteBudgetCommand),
        }),
    };
}
